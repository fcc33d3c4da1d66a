// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"path/filepath"
	"testing"

	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

func TestJournal_failedWriteChangesNothing(t *testing.T) {
	t.Parallel()
	keys := directKeys()
	s, err := newServer(
		Config{SigningKeys: keys[:2], Data: filepath.Join(t.TempDir(), "tenant.db")},
		"http://127.0.0.1:1",
	)
	if err != nil {
		t.Fatal(err)
	}
	before := string(s.Snapshot())
	if err := s.store.Close(); err != nil { // All writes fail from here on.
		t.Fatal(err)
	}
	const wanted = `{"statusCode":500,"error":"Internal Server Error","message":"An internal server error occurred"}`
	const sample = "/api/v2/resource-servers/" + tenant.SampleAPIID
	for _, call := range [][3]string{
		{"POST", "/api/v2/resource-servers", `{"identifier":"https://a"}`},
		{"PATCH", sample, `{"name":"Changed"}`},
		{"DELETE", sample, ``},
		{
			"POST", "/api/v2/client-grants",
			`{"client_id":"` + tenant.MachineClientID + `","audience":"` +
				tenant.SampleAPIAudience + `"}`,
		},
		{"DELETE", "/api/v2/client-grants/" + tenant.ManagementGrantID, ``},
	} {
		if status, body := s.Dashboard(call[0], call[1], call[2]); status != 500 ||
			string(body) != wanted {
			t.Errorf("%s %s: %d %s", call[0], call[1], status, body)
		}
	}
	if err := s.Reset(); !errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		t.Errorf("reset: %v", err)
	}
	if after := string(s.Snapshot()); after != before {
		t.Errorf("before %s\nafter %s", before, after)
	}
}
