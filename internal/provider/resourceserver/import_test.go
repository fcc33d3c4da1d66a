// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver_test

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
)

func TestResourceServer_importByIdentifier(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	for _, identifier := range []string{
		acctest.OrdersAPI, acctest.OrdersAPI + "/", "https://orders.example.com/a/b", "with spaces",
		"100%", "a%2Fb", "a/b", "urn:orders::user", "a?b=c#d", "ü",
	} {
		id := n.Create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, identifier))
		for _, by := range []string{identifier, id} {
			p := protocol.Configured(t, n.Env())
			got, diags := protocol.Imported(t, p, "m2m_resource_server", by)
			protocol.NoDiagnostics(t, diags, nil)
			if got != id {
				t.Errorf("%q: %s, want %s", by, got, id)
			}
			// The answer to the import serves the read too.
			n.Expect(acctest.Requests("GET resource-servers/{id}")).Now()
		}
	}
}

func TestResourceServer_importMissing(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, acctest.OrdersAPI))
	p := protocol.Configured(t, n.Env())
	for _, id := range []string{acctest.OrdersAPI + "/", "68f0a1b2c3d4e5f60718293a"} {
		_, diags := protocol.Imported(t, p, "m2m_resource_server", id)
		want := fmt.Sprintf(
			"has no API with the id or the identifier %q. Identifiers are compared byte for byte",
			id,
		)
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, want) {
			t.Errorf("%+v, want %s", diags, want)
		}
	}
}

// An identity is always an identifier, even if it looks like the id of another API.
func TestResourceServer_importMissingIdentity(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	id := n.Create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, acctest.OrdersAPI))
	p := protocol.Configured(t, n.Env())
	resp, err := p.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: "m2m_resource_server", Identity: protocol.IdentityData(
			t, map[string]string{"identifier": id},
		),
	})
	if err != nil || len(resp.Diagnostics) != 1 ||
		!strings.Contains(resp.Diagnostics[0].Detail, fmt.Sprintf(
			"has no API with the identifier %q.", id,
		)) {
		t.Errorf("%v %+v", err, resp.Diagnostics)
	}
}

func TestResourceServer_identity(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	id := n.Create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, acctest.OrdersAPI))
	n.TestIdentity("m2m_resource_server", map[string]string{
		"identifier": acctest.OrdersAPI,
	}, func() {
		n.AtDashboard(http.MethodDelete, "/api/v2/resource-servers/"+id, "", nil)
	}, id, acctest.OrdersAPI)
}

func TestAccResourceServer_importByIdentity(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(
			tfversion.Version1_12_0,
		)},
		Steps: []resource.TestStep{
			{
				Config: acctest.OrdersConfig(),
				ConfigStateChecks: []statecheck.StateCheck{
					n.Expect(acctest.Writes(acctest.OrdersPost(``))),
					statecheck.ExpectIdentity(acctest.OrdersName, map[string]knownvalue.Check{
						"identifier": knownvalue.StringExact(acctest.OrdersAPI),
					}),
				},
			},
			{
				ResourceName:    acctest.OrdersName,
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithResourceIdentity,
			},
			{
				Config: acctest.OrdersConfig(`name = "Orders"`),
				ConfigStateChecks: []statecheck.StateCheck{
					n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"name":"Orders"}`)),
					statecheck.ExpectIdentityValueMatchesState(
						acctest.OrdersName, tfjsonpath.New("identifier"),
					),
				},
			},
		},
	})
}
