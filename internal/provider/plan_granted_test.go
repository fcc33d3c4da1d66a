// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// allow limits the management scopes of the provider's client.
func allow(n *acctest.Tenant, scopes string) {
	n.T.Helper()
	n.AtDashboard(
		http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001", `{"scope":[`+scopes+`]}`,
		nil,
	)
}

const (
	lacks = `warning: Missing management scopes: The apply would fail: it needs the management ` +
		`scope `
	who      = `, which the client "ReferenceManagementClient0000001" (client_id from … does not have.`
	othersOf = who + ` It also lacks scopes that other changes may need: `
	allOf    = ` Authorize it in the tenant's dashboard for those that this configuration ` +
		`needs, or apply with other credentials.`
)

// The first plan that needs a missing management scope names all that are missing. Later plans of
// the run say nothing.
func TestPlanGranted_missingManagementScopes(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	p := newPlanRun(n)
	allow(n, `"read:clients","read:client_grants","read:resource_servers","create:resource_servers"`)
	api, grant := values{"identifier": acctest.OrdersAPI}, grantOf(acctest.OrdersAPI)
	scope := values{"resource_server_identifier": acctest.OrdersAPI, "scope": "read:orders"}
	p.says(p.api(nil, api))
	p.says(p.api(api.with("identifier", n.Issuer()+"/api/v2/").with("is_system", true), nil))
	p.says(p.grant(grant, grant)) // No change.
	const associations = ` - associations with organizations: create:organization_client_grants, ` +
		`read:organization_client_grants, delete:organization_client_grants`
	p.says(p.grant(nil, grantOf(testserver.SampleAPIAudience).with("id", unknownText)),
		lacks+`create:client_grants`+othersOf+
			`- APIs and their scopes: update:resource_servers, delete:resource_servers - client `+
			`grants: update:client_grants, delete:client_grants`+associations+allOf)
	p.says(p.grant(nil, grantOf(acctest.OrdersAPI).with("subject_type", "user")))
	p.says(p.scope(nil, scope))
	p.says(p.api(api, nil))
	// A scope is a part of its API.
	p.says(p.again().scope(nil, scope), lacks+`update:resource_servers`+othersOf)
	// A replacement deletes and creates.
	p.says(p.again().grant(grant, grantOf(testserver.SampleAPIAudience)),
		lacks+`delete:client_grants and create:client_grants`+othersOf)
	p.says(p.again().grant(grant, grantOf("").with("audience", unknownText)),
		lacks+`delete:client_grants and create:client_grants`+othersOf)
	p.says(p.again().plan("m2m_organization_client_grant", nil, values{
		"grant_id": "cgr_Planned000000001", "organization_id": "org_Planned000000001",
	}), lacks+`create:organization_client_grants`+othersOf)
}

func TestPlanGranted_oneMissingManagementScope(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	allow(n, `"read:clients","create:client_grants","read:client_grants","update:client_grants",
		"delete:client_grants","create:resource_servers","read:resource_servers",
		"update:resource_servers","create:organization_client_grants",
		"read:organization_client_grants","delete:organization_client_grants"`)
	api := values{"identifier": "urn:a"}
	p.says(p.api(api, api.with("identifier", "urn:b")), lacks+`delete:resource_servers`+who+
		` Authorize it for that in the tenant's dashboard, or apply with other credentials.`)
}
