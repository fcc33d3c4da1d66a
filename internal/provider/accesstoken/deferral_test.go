// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// billing is an API with a grant, and an ephemeral token that waits for the grant.
func billing(api, grant, token string) string {
	return fmt.Sprintf(`
		resource "m2m_resource_server" "billing" {
		  identifier = "https://billing.example.com"
		  %s
		}
		resource "m2m_client_grant" "billing" {
		  client_id = %q
		  audience  = m2m_resource_server.billing.identifier
		  %s
		}
		ephemeral "m2m_access_token" "orders" {
		  client_id       = %[2]q
		  client_secret   = %[4]q
		  audience        = m2m_resource_server.billing.identifier
		  client_grant_id = m2m_client_grant.billing.id
		  %[5]s
		}
		`, api, testserver.MachineClientID, grant, testserver.MachineClientSecret, token)
}

// A refused token does not stop the plan that changes the grant or the API. Without such a change,
// it is an error.
func TestAccAccessTokenEphemeral_refusedTokenWaits(t *testing.T) {
	t.Parallel()
	const (
		oldSecret = `signing_secret = "the-first-signing-secret"`
		newSecret = `signing_secret = "the-other-signing-secret"`
		hs256     = "signing_alg = \"HS256\"\n"
	)
	type parts struct{ api, grant, token, more string }
	config := func(p parts) string { return billing(p.api, p.grant, p.token) + p.more }
	lifetime := echoed("expires_in", knownvalue.Int64Exact(3600))
	verified := echoed("verified", knownvalue.Bool(true))
	const newScope = `
		resource "m2m_resource_server_scope" "write" {
		  resource_server_identifier = m2m_resource_server.billing.identifier
		  scope                      = "write:invoices"
		}`
	association := acctest.OrgGrantConfig(
		acctest.Quoted(acctest.ExampleOrganization), "m2m_client_grant.billing.id",
	)
	for name, c := range map[string]struct {
		before, refused, after parts
		want                   string   // The error of the plan of refused.
		writes                 []string // GRANT stands for the id of the grant.
		check                  statecheck.StateCheck
	}{
		"lifetime": {
			before:  parts{api: "token_lifetime = 120", token: `min_remaining = "1m"`},
			refused: parts{api: "token_lifetime = 120", token: `min_remaining = "30m"`},
			after:   parts{api: "token_lifetime = 3600", token: `min_remaining = "30m"`},
			want:    `Access token for the API "https://billing.example.com" expires too soon`,
			writes: []string{
				`PATCH resource-servers/{id} {"token_lifetime":3600}`,
			},
			check: lifetime,
		},
		"signing secret": {
			before:  parts{api: hs256 + oldSecret, token: oldSecret},
			refused: parts{api: hs256 + oldSecret, token: newSecret},
			after:   parts{api: hs256 + newSecret, token: newSecret},
			want:    "failed verification: its signature is wrong",
			writes: []string{
				`PATCH resource-servers/{id} {"signing_secret":"the-other-signing-secret"}`,
			},
			check: verified,
		},
		"algorithm": {
			before:  parts{api: hs256 + oldSecret, token: oldSecret},
			refused: parts{api: hs256 + oldSecret},
			after:   parts{api: `signing_alg = "RS256"`},
			want:    "Set signing_secret to the signing secret of the API",
			writes:  []string{`PATCH resource-servers/{id} {"signing_alg":"RS256"}`},
			check:   verified,
		},
		"new scope": {
			before: parts{grant: "allow_all_scopes = true"},
			refused: parts{
				grant: "allow_all_scopes = true", token: `scopes = ["write:invoices"]`,
			},
			after: parts{
				grant: "allow_all_scopes = true",
				token: "scopes = [m2m_resource_server_scope.write.scope]", more: newScope,
			},
			want:   "Client has not been granted scopes: write:invoices",
			writes: []string{`PATCH resource-servers/{id} {"scopes":[{"value":"write:invoices"}]}`},
			check:  echoed("granted_scopes", acctest.Exactly("write:invoices")),
		},
		"new association": {
			before: parts{grant: `organization_usage = "allow"`},
			refused: parts{
				grant: `organization_usage = "allow"`, token: `organization = "acme"`,
			},
			after: parts{
				grant: `organization_usage = "allow"`, more: association,
				token: "organization = \"acme\"\n" +
					"depends_on = [m2m_organization_client_grant.acme]",
			},
			want:   "parameter organization is invalid: acme",
			writes: []string{acctest.OrgGrantPost("GRANT")},
			check:  echoed("claims_json", acctest.TokenClaims{"org_id": acctest.ExampleOrganization}),
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.ExampleTenant(t)
			ephemeralTest(n,
				resource.TestStep{
					Config: config(c.before),
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
						"POST resource-servers", "POST client-grants",
					).WithoutBodies())},
				},
				resource.TestStep{
					Config: config(c.refused), PlanOnly: true, ExpectError: text.Says(c.want),
				},
				resource.TestStep{
					Config: config(c.after) + echo,
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectUnknownValue("echo.token", tfjsonpath.New("data")),
					}},
					ConfigStateChecks: []statecheck.StateCheck{
						lazily(func() statecheck.StateCheck {
							c.writes[0] = strings.Replace(c.writes[0], "GRANT", n.TheGrant(), 1)
							return n.Expect(acctest.Writes(c.writes...))
						}),
						c.check,
					},
				},
			)
		})
	}
}

// The API of an existing grant can also change because this run adopts it.
func TestAccAccessTokenEphemeral_refusedTokenWaitsForAdoption(t *testing.T) {
	n := acctest.NewTenant(t)
	n.ChangeSampleAPI(`{"token_lifetime":120,"token_lifetime_for_web":120}`)
	token := strings.Replace(
		ephemeralConfig("client_grant_id = m2m_client_grant.orders.id", `min_remaining = "30m"`),
		fmt.Sprintf("%q", testserver.SampleAPIAudience), "m2m_resource_server.sample.identifier", 1,
	)
	ephemeralTest(n,
		resource.TestStep{
			Config: acctest.GrantConfig(),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.GrantPost(`,"scope":[]`))),
			},
		},
		resource.TestStep{
			Config: acctest.GrantConfig() + token + echo + fmt.Sprintf(`
				resource "m2m_resource_server" "sample" {
				  identifier     = %q
				  token_lifetime = 3600
				  use_existing   = true
				}`, testserver.SampleAPIAudience),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					"POST resource-servers", "PATCH resource-servers/{id}",
				).WithoutBodies()),
				echoed("expires_in", knownvalue.Int64Exact(3600)),
			},
		},
	)
}

// A change that does not help is made, and the token is then an error of the apply.
func TestAccAccessTokenEphemeral_refusedTokenFailsTheApply(t *testing.T) {
	if acctest.IsOpenTofu() {
		t.Skip("an apply of OpenTofu does not open a token that nothing uses; Terraform runs it")
	}
	n := acctest.NewTenant(t)
	ephemeralTest(n,
		resource.TestStep{
			Config: billing("token_lifetime = 120", "", `min_remaining = "1m"`),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				"POST resource-servers", "POST client-grants",
			).WithoutBodies())},
		},
		resource.TestStep{
			Config: billing("token_lifetime = 300", "", `min_remaining = "30m"`),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				`PATCH resource-servers/{id} {"token_lifetime":300}`,
			))},
			ExpectError: text.Says(`Access token for the API "https://billing.example.com" expires too soon … A new token for the API
				"https://billing.example.com" expires after 5m0s, but min_remaining requires 30m0s.`),
		},
	)
}

// Only a token that names its grant waits. Any other refusal says how to wait, but only if the
// configuration changes something that the token depends on.
func TestAccAccessTokenEphemeral_hintToWait(t *testing.T) {
	t.Parallel()
	const hint = "set client_grant_id to the id of the grant, so that the token waits for the change"
	n := acctest.NewTenant(t)
	n.AddGrant(`,"scope":["read:orders"]`)
	refused := ephemeralConfig(`scopes = ["write:orders"]`)
	said := func(config string) string {
		terraform := cli.New(t, config, n.Env())
		terraform.NeedsEphemeral()
		output, err := terraform.Run("plan", "-no-color")
		if err == nil || !text.Says("has not been granted scopes").MatchString(output) {
			t.Fatalf("%v: %s", err, output)
		}
		return output
	}
	if output := said(refused); text.Says(hint).MatchString(output) {
		t.Errorf("the configuration has no grant: %s", output)
	}
	if acctest.IsOpenTofu() {
		t.Skip("OpenTofu defers a token whose depends_on changes, so gives no hint; Terraform runs it")
	}
	grant := acctest.GrantConfig(`scopes = ["write:orders"]`)
	waiting := strings.Replace(
		refused, "audience =", "depends_on = [m2m_client_grant.orders]\n  audience =", 1,
	)
	if output := said(grant + waiting); !text.Says(hint).MatchString(output) {
		t.Errorf("the grant changes: %s", output)
	}
}

// Terraform reads the data source in the plan, unless an argument refers to a resource that
// changes.
func TestAccAccessToken_waitsForReferences(t *testing.T) {
	n := acctest.NewTenant(t)
	token := func(scope string) string {
		return acctest.TokenConfig(
			"client_grant_id = m2m_client_grant.orders.id", fmt.Sprintf("scopes = [%q]", scope),
		)
	}
	n.Test(
		resource.TestStep{
			Config: acctest.GrantConfig(`scopes = ["read:orders"]`) + token("read:orders"),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.GrantPost(`,"scope":["read:orders"]`))),
			},
		},
		resource.TestStep{
			Config:   acctest.GrantConfig(`scopes = ["read:orders"]`) + token("write:orders"),
			PlanOnly: true,
			ExpectError: text.Says("Client has not been granted scopes: write:orders … If this " +
				"stops a destroy, run terraform destroy -refresh=false."),
		},
		resource.TestStep{
			Config: acctest.GrantConfig(`scopes = ["write:orders"]`) + token("write:orders"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(acctest.TokenName, tfjsonpath.New("access_token")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(`PATCH client-grants/{id} {"scope":["write:orders"]}`)),
				acctest.TokenValue("granted_scopes", acctest.Exactly("write:orders")),
			},
		},
	)
}

// OpenTofu accepts no unknown results, and no other answer postpones a token. The versions are
// those that Terraform and OpenTofu report to providers.
func TestAccessTokenOpen_unknownProvider(t *testing.T) {
	t.Parallel()
	for version, warns := range map[string]bool{
		"1.10.5": false, "1.11.4": false, "1.12.2": false, "1.13.1": false, "1.14.0": false, "": false,
		"1.11.5": true, "1.11.14": true, "1.13.0": true,
	} {
		n := acctest.NewTenant(t).Granted()
		n.ForgetRequests()
		o := openings{protocol.Protocol{T: t}, n}
		o.Start(n.Env())
		configured, err := o.Server.ConfigureProvider(o.Context(),
			&tfprotov6.ConfigureProviderRequest{
				TerraformVersion: version,
				Config: o.Value(o.Schema.Provider, map[string]tftypes.Value{
					"client_secret": tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
				}),
			})
		protocol.NoDiagnostics(t, configured.Diagnostics, err)
		schema := o.Schema.EphemeralResourceSchemas["m2m_access_token"]
		resp, err := o.Server.OpenEphemeralResource(o.Context(),
			&tfprotov6.OpenEphemeralResourceRequest{
				TypeName: "m2m_access_token", Config: o.Value(schema, protocol.TokenArguments(nil)),
			})
		if err != nil {
			t.Fatal(err)
		}
		object, err := resp.Result.Unmarshal(schema.ValueType())
		if err != nil {
			t.Fatal(err)
		}
		var attributes map[string]tftypes.Value
		if err := object.As(&attributes); err != nil {
			t.Fatal(err)
		}
		for name, value := range attributes {
			if known := value.IsKnown(); known != !schemaComputes(schema, name) {
				t.Errorf("%s: %s is known: %v", version, name, known)
			}
		}
		said := o.words(resp.Diagnostics)
		switch {
		case !warns && said != "":
			t.Errorf("%s: %s", version, said)
		case warns && !strings.HasPrefix(said, `WARNING: Access token for the API "https://sample-api.example.com" known only after apply: `+
			`The token for the API "https://sample-api.example.com" cannot be requested before `+
			`the apply. Terraform accepts that. OpenTofu reports "Provider produced invalid `+
			`object", which is not a bug in the provider. With OpenTofu, set depends_on in this `+
			"block to the resources that the token waits for"):
			t.Errorf("%s: %q", version, said)
		}
		if resp.Deferred != nil {
			t.Errorf("%s: a deferral, which no version asks for", version)
		}
		o.close(openedToken{private: resp.Private})
		o.wantTokens(0)
	}
}

func schemaComputes(schema *tfprotov6.Schema, name string) bool {
	for _, attribute := range schema.Block.Attributes {
		if attribute.Name == name {
			return attribute.Computed
		}
	}
	return false
}

// A destroy plans a refresh first. A refused token does not stop it if that plan would repair the
// token, and otherwise says how to destroy without it.
func TestAccAccessToken_refusedAtDestroy(t *testing.T) {
	t.Parallel()
	t.Run("changed behind Terraform's back", func(t *testing.T) {
		t.Parallel()
		n := acctest.NewTenant(t)
		terraform := cli.New(t, billing(
			"token_lifetime = 3600", "", `min_remaining = "30m"`,
		), n.Env())
		terraform.NeedsEphemeral()
		terraform.Must("apply", "-auto-approve")
		n.AtDashboard(
			http.MethodPatch, acctest.ResourceServerPath("https://billing.example.com"),
			`{"token_lifetime":120,"token_lifetime_for_web":120}`, nil,
		)
		terraform.Must("destroy", "-auto-approve")
		n.Expect(acctest.Writes(
			"POST resource-servers", "POST client-grants", "DELETE client-grants/{id}",
			"DELETE resource-servers/{id}",
		).WithoutBodies()).Now()
	})
	t.Run("for good", func(t *testing.T) {
		t.Parallel()
		n := acctest.NewTenant(t).Granted()
		grant := n.TheGrant()
		terraform := cli.New(t, acctest.TokenConfig()+`
			resource "m2m_resource_server" "billing" {
			  identifier = "https://billing.example.com"
			}`, n.Env())
		terraform.Must("apply", "-auto-approve")
		n.AtDashboard(http.MethodDelete, "/api/v2/client-grants/"+grant, "", nil)
		const advice = "run terraform destroy -refresh=false"
		if output, err := terraform.Run("destroy", "-auto-approve", "-no-color"); err == nil ||
			!text.Says(advice).MatchString(output) {
			t.Errorf("%v: %s", err, output)
		}
		terraform.Must("destroy", "-auto-approve", "-refresh=false")
		n.Expect(acctest.Writes(
			"POST resource-servers", "DELETE resource-servers/{id}",
		).WithoutBodies()).Now()
	})
}
