// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
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

func TestJournal_lostFileRefusesChanges(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tenant.db")
	keys := directKeys()
	var log bytes.Buffer
	s, err := newServer(
		Config{
			SigningKeys: keys[:2], Data: path, Log: slog.New(slog.NewTextHandler(&log, nil)),
		}, "http://127.0.0.1:1",
	)
	if err != nil {
		t.Fatal(err)
	}
	before := string(s.Snapshot())
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	const wanted = `{"statusCode":503,"error":"Service Unavailable","message":"Service Unavailable"}`
	for range 2 {
		if status, body := s.Dashboard(
			"POST", "/api/v2/resource-servers", `{"identifier":"https://a"}`,
		); status != 503 || string(body) != wanted {
			t.Errorf("%d %s", status, body)
		}
	}
	if !strings.Contains(log.String(), "the data file "+path+" of the running server was cut "+
		"from") || !strings.Contains(log.String(), "every change is refused from now on") {
		t.Errorf("the log says %s", log.String())
	}
	if err := s.Reset(); !errors.Is(err, tenant.ErrFileLost) || !errors.Is(err, tenant.ErrNotStored) {
		t.Errorf("reset: %v", err)
	}
	if after := string(s.Snapshot()); after != before {
		t.Errorf("before %s\nafter %s", before, after)
	}
	if err := s.store.Close(); !errors.Is(err, tenant.ErrFileLost) {
		t.Errorf("close: %v", err)
	}
}
