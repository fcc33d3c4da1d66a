// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	tftest "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/guide"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/incumbent"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// applyBesideGuide applies and destroys the configuration of both providers.
func applyBesideGuide(t *testing.T, g *guide.Guide) {
	n := acctest.NewTenant(t)
	both := protocol.ProviderWith(n.Env())
	both["auth0"] = providerserver.NewProtocol6WithError(&authorOfClients{tenant: n})
	n.Run(tftest.TestCase{
		ProtoV6ProviderFactories: both,
		Steps: []tftest.TestStep{{
			Config: g.Terraform("main.tf"),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(
				acctest.Writes("POST resource-servers", "POST client-grants").
					WithoutBodies(),
			)},
		}},
	})
}

// authorOfClients stands in for the auth0 provider: it creates and deletes clients.
type authorOfClients struct {
	incumbent.Provider

	tenant *acctest.Tenant
}

func (p *authorOfClients) Resources(context.Context) []func() resource.Resource {
	attributes := incumbent.StringsSchema("name", "app_type").Attributes
	attributes["grant_types"] = schema.ListAttribute{Optional: true, ElementType: types.StringType}
	attributes["client_id"] = schema.StringAttribute{Computed: true}
	return []func() resource.Resource{func() resource.Resource {
		return &authoredClient{
			incumbent.Resource{
				TypeName: "auth0_client", Attributes: schema.Schema{Attributes: attributes},
			},
			p.tenant,
		}
	}}
}

type authoredClient struct {
	incumbent.Resource

	tenant *acctest.Tenant
}

func (r *authoredClient) Create(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse,
) {
	var name, kind string
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("name"), &name)...)
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("app_type"), &kind)...)
	var made struct {
		ID string `json:"client_id"`
	}
	r.tenant.AtDashboard(http.MethodPost, "/api/v2/clients", fmt.Sprintf(
		`{"name":%q,"app_type":%q,"grant_types":["client_credentials"]}`, name, kind,
	), &made)
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("client_id"), made.ID)...)
}

func (r *authoredClient) Delete(
	ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse,
) {
	var id string
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("client_id"), &id)...)
	r.tenant.AtDashboard(http.MethodDelete, "/api/v2/clients/"+id, "", nil)
}

// applyLargeTenantsGuide applies the configuration of a team that grants its client an API of
// another team.
func applyLargeTenantsGuide(t *testing.T, g *guide.Guide) {
	t.Parallel()
	n := acctest.StartTenant(t, testserver.Config{Tenant: []byte(
		"resource_servers: [{identifier: \"https://orders.example.com\", " +
			"scopes: [{value: \"read:orders\"}]}]\n",
	)})
	terraform := cli.New(t, g.Terraform("providers.tf", "client-team.tf"), n.Env())
	terraform.Must(
		"apply", "-auto-approve", "-var", "reports_client_id="+testserver.MachineClientID,
	)
	n.Expect(acctest.Writes(
		`POST client-grants {"client_id":"` + testserver.MachineClientID +
			`","audience":"https://orders.example.com","scope":["read:orders"]}`,
	)).Now()
	if report := terraform.Written()["m2m-requests.json"]; !strings.Contains(
		report, `"POST /api/v2/client-grants": 1`,
	) {
		t.Errorf("the report is %s", report)
	}
}
