// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"bytes"
	"crypto/rsa"
	"math/big"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// TestClient_survivesASnapshot looks at a client that has a value in every field, secrets included.
func TestClient_survivesASnapshot(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	s.SetPublicKey(tenant.MachineClientID, "RS256", "", &rsa.PublicKey{
		N: new(big.Int).Lsh(big.NewInt(1), 2047),
		E: 65537,
	})
	status, body := s.Dashboard("PATCH", "/api/v2/clients/"+
		tenant.MachineClientID, `{"description":"","callbacks":[],"client_metadata":{"a":"b"},`+
		`"addons":{"a":{"b":1}},"encryption_key":{"pub":"p"},"token_quota":{"client_credentials":{"enforce":false}}}`)
	if status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	saved := s.Snapshot()
	restored := newTestServer(t)
	if err := restored.Restore(saved); err != nil {
		t.Fatal(err)
	}
	if again := restored.Snapshot(); !bytes.Equal(saved, again) {
		t.Errorf("%s\n%s", saved, again)
	}
	one, err := restored.store.Client(tenant.Present, tenant.MachineClientID)
	if err != nil {
		t.Fatal(err)
	}
	if keys := one.Keys(s.clock.Now()); one.Secret != tenant.MachineClientSecret ||
		len(keys) != 1 || keys[0].PEM == "" {
		t.Errorf("secret %q, keys %v", one.Secret, keys)
	}
}
