// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// A change that opens a grant to whatever comes later is named.
func TestPlanOpening_grant(t *testing.T) {
	p := newPlanRun(acctest.NewTenant(t))
	grant := grantOf(testserver.SampleAPIAudience).with("organization_usage", "allow")
	open := grant.with("allow_any_organization", true)
	const of = `the grant of the API "https://sample-api.example.com" to the client ` +
		`"ReferenceMachineClient0000000001" to `
	p.says(p.grant(grant, open), `warning: Opens `+of+`every organization: With `+
		`allow_any_organization = true, tokens may be for any organization of the tenant, also `+
		`for those that are created later. Without it, only associated organizations can be used.`)
	p.says(p.again().grant(open, open))
	p.says(p.again().grant(open, grant))
	p.says(p.again().grant(nil, open)) // All of a new grant is to be reviewed.
	all := grant.with("allow_all_scopes", true).with("scopes", nil)
	p.says(p.again().grant(grant, all), `warning: Extends `+of+`all scopes: With `+
		`allow_all_scopes = true, the client gets every scope of the API, also scopes that are `+
		`defined later.`)
	p.says(p.again().grant(all, grant))
	p.asked()
}

// policies sets the policy for each subject type in a resource.
func policies(api values, user, client string) values {
	return api.with("subject_type_authorization", map[string]any{
		"user": map[string]any{"policy": user}, "client": map[string]any{"policy": client},
	})
}

// A policy that denies tokens takes access from the grants of its subject type.
func TestPlanForGrants_deniedSubjectType(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	machines := grants(n, 2, "read:orders")
	users := n.Create("/api/v2/client-grants", fmt.Sprintf(
		`{"client_id":%q,"audience":%q,"scope":[],"subject_type":"user"}`,
		testserver.WebClientID, acctest.OrdersAPI,
	))
	p := newPlanRun(n)
	before := policies(apiWith(), "allow_all", "require_client_grant")
	denied := policies(apiWith(), "allow_all", "deny_all")
	const api = ` for the API "https://orders.example.com", which client grants use: The policy ` +
		`deny_all overrides `
	p.says(p.grant(grantOf(acctest.OrdersAPI).with("id", machines[0]), nil))
	p.says(p.api(before, denied), `warning: Denies tokens of the subject type client`+api+
		`1 client grant: `+machines[1]+` (client …). Their clients get no more tokens, although `+
		`the grants stay.`)
	p.asked(askedForGrants)
	p.says(p.again().api(before, policies(apiWith(), "deny_all", "require_client_grant")),
		`warning: Denies tokens of the subject type user`+api+`1 client grant: `+users)
	p = p.again()
	p.says(p.api(denied, denied))
	p.says(p.again().api(denied, before))
	p.asked()
	// An adoption does it, too.
	adopting := values{"identifier": acctest.OrdersAPI, "use_existing": true, "name": "Theirs"}
	p.says(p.again().api(nil, policies(adopting, "allow_all", "deny_all")),
		`warning: Adopts the API "https://orders.example.com": …`,
		`warning: Denies tokens of the subject type client`+api+`2 client grants: `)
}
