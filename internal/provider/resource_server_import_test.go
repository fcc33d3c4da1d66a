// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// importedIDs checks the ids of what an import step imports.
func importedIDs(want ...string) resource.ImportStateCheckFunc {
	return func(states []*terraform.InstanceState) error {
		var got []string
		for _, state := range states {
			got = append(got, state.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("imported (-want +got):\n%s", diff)
		}
		return nil
	}
}

func pathOf(attribute string) tfjsonpath.Path { return tfjsonpath.New(attribute) }

func TestResourceServer_importByIdentifier(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	p := configured(t, n.env())
	for _, identifier := range []string{
		ordersAPI, ordersAPI + "/", "https://orders.example.com/a/b", "with spaces", "100%", "a%2Fb", "a/b", "urn:orders::user", "a?b=c#d", "ü",
	} {
		id := n.create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, identifier))
		for _, by := range []string{identifier, id} {
			got, diags := imported(t, p, "m2m_resource_server", by)
			noDiagnostics(t, diags, nil)
			if got != id {
				t.Errorf("%q: %s, want %s", by, got, id)
			}
			if diff := cmp.Diff([]string{"GET resource-servers/{id}", "GET resource-servers/{id}"}, n.routes()); diff != "" {
				t.Errorf("%q: requests (-want +got):\n%s", by, diff)
			}
		}
	}
}

func TestResourceServer_importOfNone(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	n.create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, ordersAPI))
	p := configured(t, n.env())
	for _, id := range []string{ordersAPI + "/", "68f0a1b2c3d4e5f60718293a"} {
		_, diags := imported(t, p, "m2m_resource_server", id)
		want := fmt.Sprintf("has no API with the id or the identifier %q. Identifiers are compared byte for byte", id)
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, want) {
			t.Errorf("%+v, want %s", diags, want)
		}
	}
}

// An identity is the identifier, even one that looks like the id of another API.
func TestResourceServer_importByIdentityOfNone(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	id := n.create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, ordersAPI))
	p := configured(t, n.env())
	resp, err := p.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: "m2m_resource_server", Identity: identityData(t, map[string]string{"identifier": id}),
	})
	if err != nil || len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail, fmt.Sprintf("has no API with the identifier %q.", id)) {
		t.Errorf("%v %+v", err, resp.Diagnostics)
	}
}

func TestResourceServer_identity(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	id := n.create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, ordersAPI))
	n.testIdentity("m2m_resource_server", map[string]string{"identifier": ordersAPI}, func() {
		n.dashboard(http.MethodDelete, "/api/v2/resource-servers/"+id, "", nil)
	}, id, ordersAPI)
}

func TestAccResourceServer_importByIdentity(t *testing.T) {
	n := newTenant(t)
	n.run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: ordersConfig(),
				ConfigStateChecks: []statecheck.StateCheck{
					n.sent(ordersPost(``)),
					statecheck.ExpectIdentity(ordersName, map[string]knownvalue.Check{"identifier": knownvalue.StringExact(ordersAPI)}),
				},
			},
			{ResourceName: ordersName, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
			{
				Config: ordersConfig(`name = "Orders"`),
				ConfigStateChecks: []statecheck.StateCheck{
					n.sent(`PATCH resource-servers/{id} {"name":"Orders"}`),
					statecheck.ExpectIdentityValueMatchesState(ordersName, pathOf("identifier")),
				},
			},
		},
	})
}
