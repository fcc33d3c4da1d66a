// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
)

// A plan names the management scopes that the apply would lack, once per kind of objects.
func TestPlanGranted_missingManagementScopes(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	n.AtDashboard(
		http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001",
		`{"scope":["read:client_grants","create:resource_servers"]}`, nil,
	)
	api, grant := values{"identifier": acctest.OrdersAPI}, grantOf(acctest.OrdersAPI)
	p.says(p.api(nil, api))
	p.says(p.api(api.with("identifier", n.Issuer()+"/api/v2/").with("is_system", true), nil))
	p.says(p.grant(grant, grant)) // No change.
	p.says(p.grant(nil, grantOf("urn:new").with("id", unknownText)), `warning: Missing management scope `+
		`create:client_grants: The plan needs the management scope create:client_grants, which `+
		`the client "ReferenceManagementClient0000001" … does not have, so the `+
		`apply would fail. Of the scopes for client grants, it lacks create:client_grants, `+
		`update:client_grants, delete:client_grants. Authorize it for them`)
	p.says(p.grant(nil, grantOf("urn:other").with("id", unknownText)))
	p.says(p.scope(nil, values{
		"resource_server_identifier": acctest.OrdersAPI, "scope": "read:orders",
	}), `warning: Missing management scope update:resource_servers: … it lacks `+
		`read:resource_servers, update:resource_servers.`)
	p.says(p.plan("m2m_organization_client_grant", nil, values{
		"grant_id": "cgr_Planned000000001", "organization_id": "org_Planned000000001",
	}), `warning: The grant "cgr_Planned000000001" does not permit`,
		`warning: Missing management scope create:organization_client_grants`)
	p.asked()
}
