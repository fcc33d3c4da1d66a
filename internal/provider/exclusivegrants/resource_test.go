// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package exclusivegrants_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestMain(m *testing.M) { cli.Main(m) }

const (
	update     = plancheck.ResourceActionUpdate
	noop       = plancheck.ResourceActionNoop
	removeThem = `on_unmanaged = "remove"`
	deleteOne  = "DELETE client-grants/{id}"
)

// exclusive configures the grants of the sample API: the grant in acctest.GrantConfig and others.
func exclusive(others string, attributes ...string) string {
	return acctest.GrantConfig(`scopes = ["read:orders"]`) + acctest.ExclusiveConfig(append([]string{
		fmt.Sprintf("audience = %q", testserver.SampleAPIAudience),
		"grant_ids = [" + acctest.GrantName + ".id" + others + "]",
	}, attributes...)...)
}

func unmanaged(ids ...string) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(
		acctest.ExclusiveName, tfjsonpath.New("unmanaged_grant_ids"), acctest.Exactly(ids...),
	)
}

func planned(action plancheck.ResourceActionType, ids ...string) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(acctest.ExclusiveName, action),
		plancheck.ExpectKnownValue(
			acctest.ExclusiveName, tfjsonpath.New("unmanaged_grant_ids"), acctest.Exactly(ids...),
		),
	}}
}

// foreign creates a grant of the sample API that no configuration manages.
func foreign(n *acctest.Tenant, client, properties string) string {
	n.T.Helper()
	return n.Create("/api/v2/client-grants", fmt.Sprintf(`{"client_id":%q,"audience":%q%s}`,
		client, testserver.SampleAPIAudience, properties))
}

// The plan after the create removes what the create found, and so does the plan after any drift.
func TestAccClientGrantsExclusive_remove(t *testing.T) {
	n := acctest.NewTenant(t)
	first, second := foreign(n, testserver.WebClientID, ""), ""
	config := exclusive("", removeThem)
	posted := acctest.GrantPost(`,"scope":["read:orders"]`)
	n.Test(
		resource.TestStep{
			Config: config, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(
					acctest.ExclusiveName, tfjsonpath.New("unmanaged_grant_ids"),
				),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(posted)), unmanaged(first),
				statecheck.ExpectKnownValue(acctest.ExclusiveName, tfjsonpath.New("id"),
					knownvalue.StringExact("audience::"+testserver.SampleAPIAudience)),
			},
		},
		resource.TestStep{
			Config: config, ConfigPlanChecks: planned(update),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes("DELETE client-grants/" + first)), unmanaged(),
			},
		},
		resource.TestStep{Config: config, PlanOnly: true},
		resource.TestStep{
			PreConfig: func() { second = n.AddGrantOf("user") },
			Config:    config, ConfigPlanChecks: planned(update),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(deleteOne)), unmanaged(),
			},
		},
	)
	if second == "" {
		t.Error("there was no drift")
	}
}

// A report is no change, also while grants come and go.
func TestAccClientGrantsExclusive_report(t *testing.T) {
	n := acctest.NewTenant(t)
	found := foreign(n, testserver.WebClientID, "")
	config := exclusive("")
	n.Test(
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes("POST client-grants").WithoutBodies()), unmanaged(found),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(http.MethodDelete, "/api/v2/client-grants/"+found, "", nil)
			},
			Config: config, ConfigPlanChecks: planned(noop),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes()), unmanaged()},
		},
		resource.TestStep{
			PreConfig: func() { found = n.AddGrantOf("user") },
			Config:    config, ConfigPlanChecks: acctest.EmptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
		},
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(http.MethodDelete, "/api/v2/client-grants/"+found, "", nil)
			},
			Config: config, PlanOnly: true,
		},
	)
}

// An apply keeps what it creates and adopts, although the plan does not know the ids.
func TestAccClientGrantsExclusive_sameRun(t *testing.T) {
	n := acctest.NewTenant(t)
	strange, adopted := n.AddGrantOf("user"), foreign(n, testserver.WebClientID, "")
	grant := func(name, client, attributes string) string {
		return fmt.Sprintf("resource \"m2m_client_grant\" %q {\n  client_id = %q\n  audience = %q\n%s}\n",
			name, client, testserver.SampleAPIAudience, attributes)
	}
	more := grant("web", testserver.WebClientID, "  use_existing = true\n") +
		grant("management", testserver.ManagementClientID, "")
	n.Test(
		resource.TestStep{
			Config: exclusive("", removeThem), ExpectNonEmptyPlan: true,
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes("POST client-grants").WithoutBodies()),
				unmanaged(strange, adopted),
			},
		},
		resource.TestStep{
			Config: exclusive(
				", m2m_client_grant.web.id, m2m_client_grant.management.id", removeThem,
			) + more,
			ConfigPlanChecks: planned(update),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					"POST client-grants", "POST client-grants", "DELETE client-grants/"+strange,
				).InAnyOrder().WithoutBodies()),
				unmanaged(),
				statecheck.ExpectKnownValue("m2m_client_grant.web", tfjsonpath.New("id"),
					knownvalue.StringExact(adopted)),
			},
		},
	)
}

func TestAccClientGrantsExclusive_failures(t *testing.T) {
	n := acctest.NewTenant(t)
	first, second := foreign(n, testserver.WebClientID, ""), n.AddGrantOf("user")
	config := exclusive("", removeThem)
	const route = "DELETE /api/v2/client-grants/{id}"
	n.Test(
		resource.TestStep{
			Config: config, ExpectNonEmptyPlan: true,
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes("POST client-grants").WithoutBodies()),
				unmanaged(first, second),
			},
		},
		resource.TestStep{
			// The first delete fails, and the reply to the second one is lost.
			PreConfig: func() {
				n.Next(route, testserver.Respond(http.StatusForbidden, "application/json",
					`{"statusCode":403,"error":"Forbidden","message":"Not today"}`))
				n.Next(route, testserver.LoseReply())
			},
			Config: config,
			ExpectError: text.Says(`Unable to delete client grant … The API answered for the grant ` +
				`of the API "https://sample-api.example.com" to the client … 403 Forbidden: Not today`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(deleteOne, deleteOne, deleteOne)),
			},
		},
		// The other one is left.
		resource.TestStep{
			Config: config, ConfigPlanChecks: planned(update),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(deleteOne)), unmanaged(),
			},
		},
	)
}

// The apply of a saved plan removes what the plan named, and nothing that appeared later.
func TestAccClientGrantsExclusive_savedPlan(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	named, gone := foreign(n, testserver.WebClientID, `,"scope":["read:orders"]`), n.AddGrantOf("user")
	terraform := cli.New(t, exclusive("", removeThem), n.Env())
	output := terraform.Must("apply", "-auto-approve")
	const object = `unmanaged grants of the API "https://sample-api.example.com"`
	for _, said := range []string{
		"Unmanaged grants of the API", "grant_ids does not list 2 client grants:",
		"This apply removes none of them, but the next plan will.",
	} {
		if !text.Says(said).MatchString(output) {
			t.Errorf("the first apply does not say %s:\n%s", said, output)
		}
	}
	output = terraform.Must("plan", "-out=plan")
	for _, said := range []string{
		"Removes " + object,
		"The apply deletes 2 client grants that grant_ids does not list:",
		named + ": client " + testserver.WebClientID + ` ("Web Client"), API "https://sample-api.example.com", subject type client, scopes "read:orders"`,
		gone + ": client " + testserver.MachineClientID,
		`- "` + named + `"`,
	} {
		if !text.Says(said).MatchString(output) {
			t.Errorf("the plan does not say %s:\n%s", said, output)
		}
	}
	n.AtDashboard(http.MethodDelete, "/api/v2/client-grants/"+gone, "", nil)
	late := n.AddGrantOf("user")
	terraform.Must("apply", "plan")
	n.Expect(acctest.Writes(
		acctest.GrantPost(`,"scope":["read:orders"]`), "DELETE client-grants/"+named,
	)).Now()
	if output := terraform.Must("plan"); !strings.Contains(output, `- "`+late+`"`) {
		t.Errorf("the next plan does not remove %s:\n%s", late, output)
	}
	// The destroy removes the grant of the configuration only.
	terraform.Must("destroy", "-auto-approve")
	n.Expect(acctest.Writes(deleteOne)).Now()
}

func TestAccClientGrantsExclusive_import(t *testing.T) {
	n := acctest.NewTenant(t)
	of := fmt.Sprintf("client_id = %q", testserver.WebClientID)
	config := func(ids string, attributes ...string) string {
		return acctest.ExclusiveConfig(append(attributes, of, "grant_ids = ["+ids+"]")...)
	}
	a := foreign(n, testserver.WebClientID, "")
	b := foreign(n, testserver.WebClientID, `,"subject_type":"user"`)
	both := acctest.Quoted(a) + "," + acctest.Quoted(b)
	block := acctest.ImportBlock(acctest.ExclusiveName, "client_id::"+testserver.WebClientID)
	n.Test(
		resource.TestStep{
			Config: config(both) + block, ConfigPlanChecks: acctest.EmptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes()), unmanaged()},
		},
		resource.TestStep{
			Config: config(both), ResourceName: acctest.ExclusiveName, ImportState: true,
			ImportStateVerify: true,
		},
		// A grant that leaves grant_ids is found by the next plan.
		resource.TestStep{
			Config: config(acctest.Quoted(a), removeThem), ExpectNonEmptyPlan: true,
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
		},
		resource.TestStep{
			Config: config(acctest.Quoted(a), removeThem), ConfigPlanChecks: planned(update),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes("DELETE client-grants/" + b)), unmanaged(),
			},
		},
		resource.TestStep{
			Config: config(acctest.Quoted(a)), ResourceName: acctest.ExclusiveName,
			ImportState: true, ImportStateId: a,
			ExpectError: text.Says(
				a + `" does not say whose grants to import. Use audience::IDENTIFIER`,
			),
		},
	)
}

// A misspelled name would govern nothing.
func TestAccClientGrantsExclusive_missing(t *testing.T) {
	t.Parallel()
	for attribute, c := range map[string]struct{ value, want string }{
		"audience": {
			testserver.SampleAPIAudience + "/",
			`has no API with the identifier "https://sample-api.example.com/". The tenant has ` +
				`"https://sample-api.example.com", without the slash.`,
		},
		"client_id": {"Orders", `has no client with the id "Orders". Set client_id to the id of`},
	} {
		t.Run(attribute, func(t *testing.T) {
			n := acctest.NewTenant(t)
			n.Test(resource.TestStep{
				Config: acctest.ExclusiveConfig(
					fmt.Sprintf("%s = %q", attribute, c.value), "grant_ids = []",
				),
				ExpectError: text.Says(c.want),
			})
		})
	}
}

// The CLI of these tests may not support identities, so this test uses the protocol.
func TestClientGrantsExclusive_identity(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	id := "audience::" + testserver.SampleAPIAudience
	n.TestIdentity("m2m_client_grants_exclusive", map[string]string{"id": id}, func() {}, id)
}
