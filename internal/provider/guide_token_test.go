// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/config"
	tftest "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/guide"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/incumbent"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func applyTokenGuide(t *testing.T, g *guide.Guide) {
	anotherProvider, secretStore, request := g.Terraform("another-provider.tf"), g.Terraform(
		"secret-store.tf",
	), g.Terraform("request.tf")
	g.NotApplied(
		"shell", "terraform apply -target=m2m_client_grant.terraform",
		"terraform destroy -refresh=false",
	)
	const ordersTenant = "resource_servers: [{identifier: \"https://orders.example.com\", " +
		"scopes: [{value: \"read:orders\"}]}]\n" +
		"client_grants: [{client_id: " + testserver.MachineClientID +
		", audience: \"https://orders.example.com\", scope: [\"read:orders\"]}]\n"
	for name, c := range map[string]struct {
		played  func(*stranger) provider.Provider
		method  string // The method that the token allows.
		tenant  string
		config  string
		needs   []tfversion.TerraformVersionCheck
		written []string
	}{
		"another provider": {
			func(s *stranger) provider.Provider { return &playedRESTAPI{s} }, http.MethodPost, "",
			anotherProvider, acctest.NeedsEphemeral(),
			[]string{
				`POST resource-servers {"identifier":"https://orders.example.com","scopes":[{"value":"write:orders","description":"Create and change orders"}]}`,
				`POST client-grants {"client_id":"` + testserver.MachineClientID +
					`","audience":"https://orders.example.com","scope":["write:orders"]}`,
			},
		},
		"secret store": {
			func(s *stranger) provider.Provider { return &playedAWS{s} }, http.MethodGet,
			ordersTenant, secretStore, acctest.NeedsWriteOnly(), nil,
		},
		"request": {
			func(s *stranger) provider.Provider { return &playedHTTP{s} }, http.MethodGet,
			ordersTenant, request, nil, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.StartTenant(t, testserver.Config{Tenant: []byte(c.tenant)})
			s := &stranger{tenant: n, method: c.method}
			played := c.played(s)
			var named provider.MetadataResponse
			played.Metadata(t.Context(), provider.MetadataRequest{}, &named)
			both := protocol.ProviderWith(n.Env())
			both[named.TypeName] = providerserver.NewProtocol6WithError(played)
			variables := config.Variables{
				"client_id":     config.StringVariable(testserver.MachineClientID),
				"client_secret": config.StringVariable(testserver.MachineClientSecret),
			}
			if name == "secret store" {
				variables["secret_id"], variables["token_version"] = config.StringVariable(
					"reports",
				), config.IntegerVariable(1)
			}
			n.Run(tftest.TestCase{
				TerraformVersionChecks: c.needs, ProtoV6ProviderFactories: both,
				Steps: []tftest.TestStep{{
					Config: c.config, ConfigVariables: variables,
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
						c.written...,
					))},
				}},
			})
			if len(s.answers) == 0 ||
				slices.ContainsFunc(s.answers, func(status int) bool {
					return status != http.StatusOK
				}) {
				t.Errorf("the API answered the token with %v", s.answers)
			}
		})
	}
}

// stranger is a third-party provider that gets a token and calls the API of the guide with it.
type stranger struct {
	incumbent.Provider
	tenant  *acctest.Tenant
	method  string
	answers []int
}

func (s *stranger) call(ctx context.Context, authorization string) int {
	req, err := http.NewRequestWithContext(
		ctx, s.method, s.tenant.URL()+"/sample-api/orders?audience=https://orders.example.com", nil,
	)
	if err != nil {
		panic(err)
	}
	req.Header.Set("Authorization", authorization)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	_ = resp.Body.Close()
	s.answers = append(s.answers, resp.StatusCode)
	return resp.StatusCode
}

func (s *stranger) Resources(context.Context) []func() resource.Resource { return nil }

// playedRESTAPI is configured with a token.
type playedRESTAPI struct{ *stranger }

func (p *playedRESTAPI) Metadata(
	_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse,
) {
	resp.TypeName = "restapi"
}

func (p *playedRESTAPI) Schema(
	_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse,
) {
	resp.Schema.Attributes = map[string]providerschema.Attribute{
		"uri":          providerschema.StringAttribute{Required: true},
		"bearer_token": providerschema.StringAttribute{Optional: true, Sensitive: true},
	}
}

func (p *playedRESTAPI) Configure(
	ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse,
) {
	var token types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("bearer_token"), &token)...)
	if !token.IsUnknown() {
		p.call(ctx, "Bearer "+token.ValueString())
	}
}

func (p *playedRESTAPI) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return &incumbent.Resource{
			TypeName:   "restapi_object",
			Attributes: incumbent.StringsSchema("path", "data"),
		}
	}}
}

// playedAWS has a write-only argument.
type playedAWS struct{ *stranger }

func (p *playedAWS) Metadata(
	_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse,
) {
	resp.TypeName = "aws"
}

func (p *playedAWS) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return &playedSecret{incumbent.Resource{TypeName: "aws_secretsmanager_secret_version", Attributes: schema.Schema{Attributes: map[string]schema.Attribute{
			"secret_id": schema.StringAttribute{Required: true},
			"secret_string_wo": schema.StringAttribute{
				Optional:  true,
				WriteOnly: true,
				Sensitive: true,
			},
			"secret_string_wo_version": schema.Int64Attribute{Optional: true},
		}}}, p.stranger}
	}}
}

type playedSecret struct {
	incumbent.Resource
	*stranger
}

func (r *playedSecret) Metadata(
	ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	r.Resource.Metadata(ctx, req, resp)
}

func (r *playedSecret) Schema(
	ctx context.Context, req resource.SchemaRequest, resp *resource.SchemaResponse,
) {
	r.Resource.Schema(ctx, req, resp)
}

func (r *playedSecret) Create(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse,
) {
	var token types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("secret_string_wo"), &token)...)
	r.call(ctx, "Bearer "+token.ValueString())
	resp.State.Raw = req.Plan.Raw
}

// playedHTTP has a data source that sends a request.
type playedHTTP struct{ *stranger }

func (p *playedHTTP) Metadata(
	_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse,
) {
	resp.TypeName = "http"
}

func (p *playedHTTP) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource {
		return &playedRequest{p.stranger}
	}}
}

type playedRequest struct{ *stranger }

func (d *playedRequest) Metadata(
	_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = "http"
}

func (d *playedRequest) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema.Attributes = map[string]dataschema.Attribute{
		"url":             dataschema.StringAttribute{Required: true},
		"request_headers": dataschema.MapAttribute{Optional: true, ElementType: types.StringType},
		"status_code":     dataschema.Int64Attribute{Computed: true},
	}
}

func (d *playedRequest) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	headers := map[string]string{}
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("request_headers"), &headers)...)
	resp.State.Raw = req.Config.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("status_code"), d.call(
		ctx, headers["Authorization"],
	))...)
}
