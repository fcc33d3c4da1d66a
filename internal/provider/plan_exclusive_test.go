// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func (p *planRun) exclusive(state, plan values) []*tfprotov6.Diagnostic {
	p.T.Helper()
	return p.plan("m2m_client_grants_exclusive", state, plan)
}

// readGrant refreshes a grant, so that the run knows that the state contains it.
func (p *planRun) readGrant(grant values) {
	p.T.Helper()
	_, err := p.Server.ReadResource(p.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: "m2m_client_grant", CurrentState: p.object("m2m_client_grant", grant),
	})
	if err != nil {
		p.T.Fatal(err)
	}
}

// exclusiveOf governs the orders API. Its state has unmanaged grants.
func exclusiveOf(unmanaged []string, listed ...string) values {
	return values{
		"audience": acctest.OrdersAPI, "id": "audience::" + acctest.OrdersAPI,
		"grant_ids": append([]string{}, listed...), "on_unmanaged": "remove",
		"unmanaged_grant_ids": append([]string{}, unmanaged...),
	}
}

const (
	removesThem = `warning: Removes unmanaged grants of the API "https://orders.example.com": ` +
		`The apply deletes `
	unlistedOwn = `error: Unlisted grants of this configuration: An m2m_client_grant of this ` +
		`configuration manages each of these grants, but grant_ids does not list them. One block ` +
		`would create what the other removes: - `
)

// exclusiveTenant has the orders API with grants to clients.
func exclusiveTenant(t *testing.T, count int) (*acctest.Tenant, []string, []values) {
	t.Helper()
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	var ids []string
	var states []values
	for _, client := range clients(n, count) {
		id := n.Create("/api/v2/client-grants", fmt.Sprintf(
			`{"client_id":%q,"audience":%q,"scope":["read:orders","write:orders"]}`,
			client, acctest.OrdersAPI,
		))
		ids = append(ids, id)
		states = append(states, grantOf(acctest.OrdersAPI, "read:orders", "write:orders").
			with("id", id).with("client_id", client))
	}
	return n, ids, states
}

func TestPlanExclusive_names(t *testing.T) {
	n, ids, states := exclusiveTenant(t, 3)
	everyone := n.Create("/api/v2/client-grants", fmt.Sprintf(
		`{"default_for":"third_party_clients","audience":%q,"scope":[]}`, acctest.OrdersAPI,
	))
	p := newPlanRun(n)
	prior := exclusiveOf([]string{ids[1], everyone}, ids[0], ids[2])
	p.says(p.exclusive(prior, exclusiveOf(nil, ids[0], ids[2])), removesThem+
		`2 client grants that grant_ids does not list: - … `+everyone+`: third_party_clients, `+
		`API "https://orders.example.com", subject type client, no scopes … To keep a grant`)
	p.asked(askedForGrants)
	p = p.again()
	one := fmt.Sprintf(`%s: client %s ("Client 1"), API "https://orders.example.com", `+
		`subject type client, scopes "read:orders", "write:orders"`, ids[1], states[1]["client_id"])
	prior = exclusiveOf([]string{ids[1]}, ids[0], ids[2], everyone)
	p.says(p.exclusive(prior, exclusiveOf(nil, ids[0], ids[2], everyone)),
		removesThem+"1 client grant that grant_ids does not list: - "+one+" Clients lose this access")

	// What the state does not show is only announced.
	p = p.again()
	p.says(p.exclusive(nil, exclusiveOf(nil, ids[0], ids[2], everyone)),
		`warning: Unmanaged grants of the API "https://orders.example.com": grant_ids does not `+
			`list 1 client grant: - `+one+` This apply removes none of them, but the next plan will.`)
	p = p.again()
	reported := prior.with("on_unmanaged", "report")
	p.says(p.exclusive(reported, reported),
		`warning: Unmanaged grants of the API … - `+one+` They stay, because on_unmanaged is "report".`)

	// Nothing to say costs no request.
	p = p.again()
	none := exclusiveOf(nil, ids...)
	p.says(p.exclusive(none, none))
	p.says(p.exclusive(none, nil))
	p.asked()
}

// A grant of this configuration cannot be removed, in whichever order Terraform plans the two.
func TestPlanExclusive_managedGrants(t *testing.T) {
	n, ids, states := exclusiveTenant(t, 2)
	mine := states[0]
	prior, plan := exclusiveOf([]string{ids[0]}, ids[1]), exclusiveOf(nil, ids[1])
	p := newPlanRun(n)
	p.says(p.grant(mine, mine))
	p.says(p.exclusive(prior, plan), unlistedOwn+ids[0])
	p = p.again()
	p.says(p.grant(mine, mine))
	p.says(p.exclusive(nil, plan), unlistedOwn+ids[0])
	p = p.again()
	p.says(p.exclusive(nil, plan), `warning: Unmanaged grants of the API`)
	p.says(p.grant(mine, mine)) // The create removes nothing.
	p = p.again()
	p.says(p.exclusive(prior, plan), removesThem)
	p.says(p.grant(mine, mine), fmt.Sprintf(`error: Another block removes the grant of the API `+
		`"https://orders.example.com" to the client %q: An m2m_client_grants_exclusive of this `+
		`configuration removes it, because its grant_ids does not list it. Add the id`,
		mine["client_id"]))

	// The grant may be among the unknown ids.
	p = p.again()
	p.says(p.grant(mine, mine))
	p.says(p.exclusive(prior, plan.with("grant_ids", unknownText)), removesThem+"1 client grant "+
		"that grant_ids does not list: … Some of grant_ids is known only after apply. A grant "+
		"stays if its id is among them.")

	// A grant that its own block destroys needs no words, and one that leaves the state does.
	p = p.again()
	p.says(p.grant(mine, nil))
	p.says(p.exclusive(prior, plan))
	p = p.again()
	p.readGrant(mine)
	p.says(p.exclusive(prior, plan), removesThem)
}

// Terraform may plan a grant of the state a moment after the block that would remove it.
func TestPlanExclusive_waits(t *testing.T) {
	n, ids, states := exclusiveTenant(t, 1)
	p := newPlanRun(n)
	p.readGrant(states[0])
	done := make(chan struct{})
	n.ForgetRequests()
	go func() {
		defer close(done)
		for len(n.Requests()) == 0 { // The block has not asked for the grants.
			time.Sleep(time.Millisecond)
		}
		time.Sleep(100 * time.Millisecond) // The answer has arrived.
		p.grant(states[0], states[0])
	}()
	p.says(p.exclusive(exclusiveOf(ids), exclusiveOf(nil)), unlistedOwn+ids[0])
	<-done
}

func TestPlanExclusive_unknownKey(t *testing.T) {
	n, ids, _ := exclusiveTenant(t, 1)
	p := newPlanRun(n)
	unknown := exclusiveOf(nil).with("audience", unknownText)
	p.says(p.exclusive(nil, unknown))
	p.says(p.exclusive(exclusiveOf(ids), unknown)) // A replacement.
	p.asked()
	shown, open := p.planned("m2m_client_grants_exclusive", values{
		"audience": unknownText, "grant_ids": []string{},
	})
	if fmt.Sprint(shown, open) !=
		"map[grant_ids:[] on_unmanaged:report] [audience id unmanaged_grant_ids]" {
		t.Error(shown, open)
	}
}

// A plan says that the apply would lack a management scope.
func TestPlanExclusive_missingScopes(t *testing.T) {
	n, ids, _ := exclusiveTenant(t, 1)
	allow(n, `"read:client_grants"`)
	p := newPlanRun(n)
	p.says(p.exclusive(exclusiveOf(ids), exclusiveOf(nil)),
		"warning: Missing management scopes: The apply would fail: it needs the management scope "+
			"delete:client_grants, which", removesThem)
}

// System grants are not unmanaged, and are not removed even if somebody has edited the state.
func TestPlanExclusive_systemGrants(t *testing.T) {
	n, ids, states := exclusiveTenant(t, 1)
	const system = "cgr_System00000000001"
	answer := func() {
		n.Next("GET /api/v2/client-grants", testserver.Respond(
			http.StatusOK, "application/json", fmt.Sprintf(`{"client_grants":[
			{"id":%q,"client_id":%q,"audience":%q,"scope":["read:orders"],"is_system":true},
			{"id":%q,"client_id":%q,"audience":%[3]q,"scope":["read:orders"]}]}`,
				system, testserver.WebClientID, acctest.OrdersAPI, ids[0], states[0]["client_id"],
			),
		))
	}
	const typeName = "m2m_client_grants_exclusive"
	p := newPlanRun(n)
	answer()
	read, err := p.Server.ReadResource(p.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: p.object(typeName, exclusiveOf(nil)),
	})
	protocol.NoDiagnostics(t, read.Diagnostics, err)
	p.keeps(read.NewState, ids[0])

	edited := exclusiveOf([]string{system, ids[0]})
	answer()
	p.says(p.exclusive(edited, exclusiveOf(nil)), removesThem+"1 client grant")
	answer()
	applied, err := p.Server.ApplyResourceChange(
		p.Context(), &tfprotov6.ApplyResourceChangeRequest{
			TypeName: typeName, PriorState: p.object(typeName, edited),
			PlannedState: p.object(typeName, exclusiveOf(nil)),
			Config:       p.object(typeName, exclusiveOf(nil).with("unmanaged_grant_ids", nil).with("id", nil)),
		})
	protocol.NoDiagnostics(t, applied.Diagnostics, err)
	n.Expect(acctest.Writes("DELETE client-grants/" + ids[0])).Now()
}

// keeps checks unmanaged_grant_ids of a state.
func (p *planRun) keeps(encoded *tfprotov6.DynamicValue, id string) {
	p.T.Helper()
	schema := p.Schema.ResourceSchemas["m2m_client_grants_exclusive"]
	state, err := encoded.Unmarshal(schema.ValueType())
	if err != nil {
		p.T.Fatal(err)
	}
	shown := protocol.PlainValue(p.T, state).(map[string]any)
	if got := fmt.Sprint(shown["unmanaged_grant_ids"]); got != "["+id+"]" {
		p.T.Errorf("unmanaged: %s, want %s", got, id)
	}
}

// What an apply could not remove stays in the state.
func TestPlanExclusive_failedRemoval(t *testing.T) {
	n, ids, _ := exclusiveTenant(t, 1)
	p := newPlanRun(n)
	n.Next("DELETE /api/v2/client-grants/{id}", testserver.Respond(
		http.StatusForbidden, "application/json",
		`{"statusCode":403,"error":"Forbidden","message":"Not today"}`,
	))
	const typeName = "m2m_client_grants_exclusive"
	planned := exclusiveOf(nil)
	applied, err := p.Server.ApplyResourceChange(
		p.Context(), &tfprotov6.ApplyResourceChangeRequest{
			TypeName: typeName, PriorState: p.object(typeName, exclusiveOf(ids)),
			PlannedState: p.object(typeName, planned),
			Config:       p.object(typeName, planned.with("unmanaged_grant_ids", nil).with("id", nil)),
		})
	if err != nil {
		t.Fatal(err)
	}
	p.says(applied.Diagnostics, "error: Unable to delete client grant: … ("+ids[0]+"): 403 Forbidden: Not today.")
	p.keeps(applied.NewState, ids[0])
	n.Expect(acctest.Writes("DELETE client-grants/" + ids[0])).Now()
}
