// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestClientGrant_importByNaturalKey(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	const urn = "urn:orders::user"
	n.Create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, urn))
	machines, users := n.AddGrantOf("client"), n.AddGrantOf("user")
	everyone := n.Create("/api/v2/client-grants", fmt.Sprintf(
		`{"default_for":"third_party_clients","audience":%q,"scope":[]}`, urn))
	odd := n.Create("/api/v2/client-grants", fmt.Sprintf(
		`{"client_id":%q,"audience":%q,"scope":[]}`, testserver.MachineClientID, urn,
	))
	key := testserver.MachineClientID + "::" + testserver.SampleAPIAudience
	for id, want := range map[string]string{
		key:              machines,
		key + "::client": machines,
		key + "::user":   users,
		"third_party_clients::" + urn + "::client":           everyone,
		testserver.MachineClientID + "::" + urn + "::client": odd,
	} {
		p := protocol.Configured(t, n.Env())
		got, diags := protocol.Imported(t, p, "m2m_client_grant", id)
		protocol.NoDiagnostics(t, diags, nil)
		if got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
		n.Expect(acctest.Requests("GET client-grants?…")).Now() // The answer serves the read too.
	}
	p := protocol.Configured(t, n.Env())
	if got, diags := protocol.Imported(t, p, "m2m_client_grant", users); got != users ||
		len(diags) > 0 {
		t.Errorf("%s %v, want %s", got, diags, users)
	}
	n.Expect(acctest.Requests("GET client-grants/{id}")).Now()
}

func TestClientGrant_importMissing(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	users := n.AddGrantOf("user")
	p := protocol.Configured(t, n.Env())
	const client, api = testserver.MachineClientID, testserver.SampleAPIAudience
	for id, want := range map[string][]string{
		client + "::" + api: {
			fmt.Sprintf(
				`has no grant of the API %q to the client %q with the subject type "client", which is the default.`,
				api, client,
			),
			`There is one with the subject type "user" (import it by ` + users + `).`,
		},
		client + "::" + api + "::anonymous_user": {
			`with the subject type "anonymous_user".`, `(import it by ` + users + `).`,
		},
		client + "::" + api + "/::user": {
			fmt.Sprintf(
				`has no grant of the API %q to the client %q with the subject type "user".`,
				api+"/", client,
			), `compared byte for byte`,
		},
		"third_party_clients::" + api: {
			fmt.Sprintf(
				`no grant of the API %q to third_party_clients with the subject type "client"`, api,
			),
			`Check the client`,
		},
		"68f0a1b2c3d4e5f60718293a": {
			`"68f0a1b2c3d4e5f60718293a" is not the id of a grant.`,
			`CLIENT_ID::AUDIENCE::SUBJECT_TYPE`,
		},
	} {
		_, diags := protocol.Imported(t, p, "m2m_client_grant", id)
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, want[0]) ||
			!strings.Contains(diags[0].Detail, want[1]) {
			t.Errorf("%s: %+v, want %q", id, diags, want)
		}
	}
}

func TestAccClientGrant_importByNaturalKey(t *testing.T) {
	n := acctest.NewTenant(t)
	id, client := n.AddGrantOf("user"), n.AddGrantOf("client")
	config := acctest.GrantConfig(`subject_type = "user"`, `scopes = ["read:orders"]`)
	key := testserver.MachineClientID + "::" + testserver.SampleAPIAudience
	n.Test(resource.TestStep{
		Config:           config + acctest.ImportBlock(acctest.GrantName, key+"::user"),
		ConfigPlanChecks: acctest.EmptyPlan(),
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes()), grantValue("id", knownvalue.StringExact(id)),
		},
	}, resource.TestStep{
		Config: config, ResourceName: acctest.GrantName, ImportState: true, ImportStateId: key,
		ImportStateCheck: acctest.ImportedIDs(client),
	})
}

func TestAccClientGrant_importByIdentity(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(
			tfversion.Version1_12_0,
		)},
		Steps: []resource.TestStep{
			{
				Config: acctest.GrantConfig(),
				ConfigStateChecks: []statecheck.StateCheck{
					n.Expect(acctest.Writes(acctest.GrantPost(`,"scope":[]`))),
					statecheck.ExpectIdentity(acctest.GrantName, map[string]knownvalue.Check{
						"id": knownvalue.StringRegexp(grantID),
					}),
				},
			},
			{
				ResourceName:    acctest.GrantName,
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithResourceIdentity,
			},
			{
				Config: acctest.GrantConfig(`scopes = ["read:orders"]`),
				ConfigStateChecks: []statecheck.StateCheck{
					n.Expect(acctest.Writes(`PATCH client-grants/{id} {"scope":["read:orders"]}`)),
					statecheck.ExpectIdentityValueMatchesState(
						acctest.GrantName, tfjsonpath.New("id"),
					),
				},
			},
		},
	})
}

func TestClientGrant_identity(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	id := n.AddGrantOf("client")
	p := protocol.Configured(t, n.Env())
	n.TestIdentity("m2m_client_grant", map[string]string{"id": id}, func() {
		n.AtDashboard(http.MethodDelete, "/api/v2/client-grants/"+id, "", nil)
	},
		id, testserver.MachineClientID+"::"+testserver.SampleAPIAudience)

	// An identity must not contain a natural key.
	given := protocol.IdentityData(t, map[string]string{
		"id": testserver.MachineClientID + "::" + testserver.SampleAPIAudience,
	})
	resp, err := p.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: "m2m_client_grant",
		Identity: given,
	})
	if err != nil || len(resp.Diagnostics) != 1 ||
		!strings.Contains(resp.Diagnostics[0].Detail, "An import by identity only accepts the "+
			"id.") {
		t.Errorf("%v %+v", err, resp.Diagnostics)
	}
}
