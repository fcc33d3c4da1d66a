// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
)

// exclusivePlan is a plan that changes one m2m_client_grants_exclusive.
func exclusivePlan(t *testing.T, actions, before, after, unknown string) Plan {
	t.Helper()
	text := fmt.Sprintf(`{"format_version":"1.2","resource_changes":[{
		"address":"m2m_client_grants_exclusive.orders","mode":"managed","name":"orders",
		"type":"m2m_client_grants_exclusive","change":{"actions":[%s],
		"before":%s,"after":%s,"after_unknown":%s}}]}`, actions, before, after, unknown)
	if !json.Valid([]byte(text)) {
		t.Fatal(text)
	}
	read, err := plan.Read(strings.NewReader(text), Wanted)
	if err != nil {
		t.Fatal(err)
	}
	return Plan{Name: "plan", Plan: read}
}

func TestReview_exclusiveGrants(t *testing.T) {
	t.Parallel()
	// The grant cgr_own is the client's own, and cgr_all is for all third-party clients.
	live := Tenant{Tenant: access.Tenant{
		APIs: map[string]access.API{
			"urn:orders": {Identifier: "urn:orders", Scopes: []string{"delete", "read"}},
		},
		Clients: map[string]access.Client{"c": {ID: "c", ThirdParty: true}},
		Grants: []access.Grant{
			{
				Source: "cgr_own", ClientID: "c", Audience: "urn:orders",
				SubjectType: access.Machine, Scopes: []string{"delete"},
			},
			{
				Source: "cgr_all", ClientID: access.ThirdPartyClients, Audience: "urn:orders",
				SubjectType: access.Machine, Scopes: []string{"read"},
			},
		},
	}}
	complete := live
	complete.Complete = true
	state := func(on string, unmanaged string) string {
		return fmt.Sprintf(`{"audience":"urn:orders","grant_ids":["cgr_all"],"on_unmanaged":%q,`+
			`"unmanaged_grant_ids":[%s]}`, on, unmanaged)
	}
	found, none := state("remove", `"cgr_own"`), state("remove", "")
	for name, c := range map[string]struct {
		known                           Tenant
		actions, before, after, unknown string
		verdict                         Verdict
		want                            []string
	}{
		"removes": {
			live, `"update"`, found, none, `{}`, Widens,
			[]string{"gained c read", "lost c delete"},
		},
		"does not describe": {
			Tenant{},
			`"update"`, found, none, `{}`, Unknown,
			[]string{
				"Removes grants that the plan does not describe: The plan only holds their ids: " +
					"cgr_own. A review with -live knows what they allow.",
			},
		},
		"is gone already": {
			complete, `"update"`, state("remove", `"cgr_gone"`), none, `{}`, Neutral, nil,
		},
		"reports": {
			live, `"update"`, state("remove", `"cgr_own"`), state("report", `"cgr_own"`), `{}`,
			Neutral,
			[]string{
				"Unmanaged grants are no longer removed: Grants that somebody makes outside " +
					"Terraform stay from this apply on.",
			},
		},
		"lists it": {
			live, `"update"`, found, `{"audience":"urn:orders","grant_ids":["cgr_all","cgr_own"],` +
				`"on_unmanaged":"remove","unmanaged_grant_ids":[]}`, `{}`, Neutral, nil,
		},
		"may list it": {
			live, `"update"`, found,
			`{"audience":"urn:orders","on_unmanaged":"remove","unmanaged_grant_ids":[]}`,
			// The default grant counts unless a grant of the client's own is certain.
			`{"grant_ids":true}`, Widens,
			[]string{"gained c read", "unknown c delete"},
		},
		"is created":   {live, `"create"`, `null`, none, `{"unmanaged_grant_ids":true}`, Neutral, nil},
		"is destroyed": {live, `"delete"`, state("report", `"cgr_own"`), `null`, `{}`, Neutral, nil},
		"is no-op":     {live, `"no-op"`, found, found, `{}`, Neutral, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := Review(
				[]Plan{exclusivePlan(t, c.actions, c.before, c.after, c.unknown)}, c.known,
				BuiltIn(time.Unix(0, 0)),
			)
			var got []string
			for _, change := range report.Changes {
				if change.Scope == access.NoScope {
					continue
				}
				got = append(got, fmt.Sprint(change.Effect, " ", change.Client, " ", change.Scope))
				want := []string{"m2m_client_grants_exclusive.orders"}
				if diff := cmp.Diff(want, change.Addresses); diff != "" {
					t.Errorf("addresses (-want +got):\n%s", diff)
				}
			}
			for _, note := range report.Notes {
				got = append(got, note.Title+": "+note.Text)
			}
			if diff := cmp.Diff(c.want, got); diff != "" || report.Verdict != c.verdict {
				t.Errorf("verdict %s, want %s (-want +got):\n%s", report.Verdict, c.verdict, diff)
			}
		})
	}
}
