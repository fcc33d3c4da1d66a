// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"slices"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

func wantDashboard(t *testing.T, s *Server, method, path, body string, status int, wanted string) {
	t.Helper()
	gotStatus, got := s.Dashboard(method, path, body)
	if gotStatus != status || string(got) != wanted {
		t.Errorf("%s %s: %d %s, want %d %s", method, path, gotStatus, got, status, wanted)
	}
}

func TestSystemGrant_cannotBeChangedOrDeleted(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	grant := tenant.ClientGrant{
		ID: "cgr_System0000000001", ClientID: tenant.MachineClientID,
		Audience: tenant.SampleAPIAudience, Scope: []string{"read:orders"},
		SubjectType: tenant.ClientSubject, IsSystem: true,
	}
	if _, err := s.store.AddClientGrant(
		grant, func(*tenant.ClientGrant, tenant.ResourceServer) error { return nil },
	); err != nil {
		t.Fatal(err)
	}
	const path = "/api/v2/client-grants/cgr_System0000000001"
	const shown = `{"id":"cgr_System0000000001","client_id":"ReferenceMachineClient0000000001",` +
		`"audience":"https://sample-api.example.com","scope":["read:orders"],"subject_type":"client","is_system":true}`
	const refused = `{"statusCode":400,"error":"Bad Request","message":"System client grants cannot be WHAT.","errorCode":"operation_not_supported"}`
	wantDashboard(t, s, "PATCH", path, `{"scope":["read:orders"]}`, 400, strings.Replace(
		refused, "WHAT", "patched", 1,
	))
	wantDashboard(t, s, "DELETE", path, "", 400, strings.Replace(refused, "WHAT", "deleted", 1))
	wantDashboard(t, s, "GET", path, "", 200, shown)

	// The grant is deleted with its API.
	wantDashboard(t, s, "DELETE", "/api/v2/resource-servers/"+tenant.SampleAPIID, "", 204, "")
	wantDashboard(t, s, "GET", path, "", 404, `{"statusCode":404,"error":"Not Found",`+
		`"message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`)
}

func TestExpressClient_cannotHaveGrants(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	if err := s.store.AddClient(tenant.Client{
		ClientID: "express",
		AppType:  "express_configuration",
	}); err != nil {
		t.Fatal(err)
	}
	wantDashboard(t, s, "POST", "/api/v2/client-grants",
		`{"client_id":"express","audience":"https://sample-api.example.com","scope":[]}`,
		400,
		`{"statusCode":400,"error":"Bad Request","message":"Client of type express_configuration cannot be used",`+
			`"errorCode":"validation_error"}`)
}

func TestManagementAPI_definesTheScopesOfItsEndpoints(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	for _, r := range s.routes {
		for _, value := range r.Scopes {
			if !slices.Contains(tenant.ManagementScopes, value) {
				t.Errorf("%s needs %s, which the Management API does not define", r.Name(), value)
			}
		}
	}
	for i, value := range tenant.ManagementScopes {
		if slices.Index(tenant.ManagementScopes, value) != i {
			t.Errorf("%s is there twice", value)
		}
	}
}
