// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestSeed_pinnedIDsAreChecked(t *testing.T) {
	t.Parallel()
	for id, refused := range map[string]bool{
		"a": false, "A-b_9": false, strings.Repeat("x", 64): false,
		strings.Repeat("x", 65): true, "a b": true, "a/b": true, `a\u0000`: true, "é": true,
	} {
		server, err := testserver.Listen(testserver.Config{
			SigningKeys: servertest.SigningKeys()[:2],
			Tenant:      []byte(`{"clients":[{"name":"c","client_id":"` + id + `"}]}`),
		})
		if (err != nil) != refused {
			t.Errorf("%q: %v", id, err)
		}
		if err == nil {
			_ = server.Close()
		}
	}
	// A secret may equal the id of another object: nothing is looked up by secret.
	server, err := testserver.Listen(testserver.Config{
		SigningKeys: servertest.SigningKeys()[:2],
		Tenant: []byte(
			`{"clients":[{"name":"a","client_id":"one"},{"name":"b","client_id":"two","client_secret":"one"}]}`,
		),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
}
