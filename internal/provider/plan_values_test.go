// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
)

// Each plan warns of one value that the tenant stores, but that has no effect.
func TestPlanValues_withoutEffect(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	p := newPlanRun(n)
	api := values{"identifier": acctest.OrdersAPI}
	const secret = "0123456789abcdef"
	unused := `warning: The API "https://orders.example.com" has a signing secret that it does not ` +
		`use: Only HS256 uses a signing secret, and signing_alg is RS256. Set signing_alg = ` +
		`"HS256", or remove the signing secret from the configuration.`
	p.says(p.again().api(nil, api.with("signing_secret", secret)), unused)
	p.says(p.again().api(nil, api.with("signing_secret_wo", secret).with(
		"signing_secret_wo_version", 1,
	)), unused)
	p.says(p.again().api(nil, api.with("signing_secret", secret).with("signing_alg", "HS256")))
	p.says(p.again().api(nil, api.with("signing_secret", secret).with("signing_alg", unknownText)))
	p.says(p.again().api(nil, api.with("signing_secret", unknownText)))

	authz := api.with("token_dialect", "rfc9068_profile_authz")
	noClaim := `warning: Tokens for the API "https://orders.example.com" have no permissions ` +
		`claim: token_dialect is rfc9068_profile_authz, which adds the claim only if ` +
		`enforce_policies is true. Set enforce_policies = true, or use rfc9068_profile.`
	p.says(p.again().api(nil, authz), noClaim)
	p.says(p.again().api(nil, authz.with("enforce_policies", false)), noClaim)
	p.says(p.again().api(nil, authz.with("enforce_policies", true)))
	p.says(p.again().api(nil, authz.with("enforce_policies", unknownText)))

	anyOrganization := grantOf(acctest.OrdersAPI).with("allow_any_organization", true)
	none := `warning: The grant of the API "https://orders.example.com" to the client ` +
		`"ReferenceMachineClient0000000001" permits no organization: allow_any_organization has ` +
		`no effect, because organization_usage is not "allow" or "require". Set ` +
		`organization_usage, or remove allow_any_organization.`
	p.says(p.again().grant(nil, anyOrganization), none)
	p.says(p.again().grant(nil, anyOrganization.with("organization_usage", "deny")), none)
	p.says(p.again().grant(nil, anyOrganization.with("organization_usage", "allow")))
	p.says(p.again().grant(nil, anyOrganization.with("organization_usage", unknownText)))

	details := grantOf(acctest.OrdersAPI).with("authorization_details_types", []string{"payment"})
	p.says(p.again().grant(nil, details), `warning: The grant of the API "https://orders.example.com" to `+
		`the client "ReferenceMachineClient0000000001" does not use authorization details: Only `+
		`a grant with subject_type = "user" uses authorization_details_types. Set subject_type, `+
		`or remove authorization_details_types.`)
	p.says(p.again().grant(nil, details.with("subject_type", "user")))
}

func TestPlanValues_associationWithoutOrganizations(t *testing.T) {
	p := newPlanRun(acctest.NewTenant(t))
	associate := func() []*tfprotov6.Diagnostic {
		return p.plan("m2m_organization_client_grant", nil, values{
			"grant_id":        "cgr_Planned000000001",
			"organization_id": "org_Planned000000001",
		})
	}
	grant := grantOf(acctest.OrdersAPI)
	p.says(associate()) // Nothing is known about the grant.
	p = p.again()
	p.says(p.grant(grant, grant.with("organization_usage", "require")))
	p.says(associate())
	p = p.again()
	p.says(p.grant(grant, grant))
	p.says(associate(), `warning: The grant "cgr_Planned000000001" does not permit the `+
		`organization "org_Planned000000001": The association has no effect, because `+
		`organization_usage of the grant is not "allow" or "require". Set organization_usage of `+
		`the m2m_client_grant, or remove this association.`)
	p.asked()
}

// Terraform composes the letter and the accent to one character.
func TestPlanValues_decomposedScopes(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	id := n.Create("/api/v2/resource-servers",
		`{"identifier":"https://orders.example.com","scopes":[{"value":"caf`+"e\u0301"+`"},
		{"value":"caf`+"\u00e9"+`:read"}]}`)
	resp, err := p.Server.ReadResource(p.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: "m2m_resource_server",
		CurrentState: p.object("m2m_resource_server", values{
			"id": id, "identifier": acctest.OrdersAPI,
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	p.says(resp.Diagnostics, `warning: The API "https://orders.example.com" has scopes that are `+
		`not in Unicode NFC: Terraform converts strings to NFC, so it cannot keep these scopes: `+
		"\"cafe\u0301\" (\"cafe\\u0301\"). A change of the scopes renames them")
}

func TestAccResourceServer_shortEncryptionKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	acctest.NewTenant(t).Test(resource.TestStep{
		Config: acctest.OrdersConfig("token_encryption = { encryption_key = { alg = " +
			`"RSA-OAEP-256", pem = ` + strings.TrimSpace(acctest.Heredoc(public)) + "\n} }"),
		PlanOnly: true,
		ExpectError: text.Says("The key has 1024 bits; at least 2048 are needed. Create a " +
			"longer key."),
	})
}

// A new API without scopes in its configuration defines none, which its first plan knows.
func TestPlanValues_scopesOfNewAPIWithoutScopes(t *testing.T) {
	p := newPlanRun(acctest.NewTenant(t))
	p.says(p.api(nil, values{"identifier": acctest.OrdersAPI, "id": unknownText}))
	p.says(p.grant(nil, grantOf(acctest.OrdersAPI, "read:orders")),
		`warning: Scopes that the API does not define … The plan adds "read:orders". The `+
			`API "https://orders.example.com" in this configuration defines no scopes.`)
	p.says(p.scope(nil, values{
		"resource_server_identifier": acctest.OrdersAPI, "scope": "read:orders",
	}))
	p.says(p.grant(nil, grantOf(acctest.OrdersAPI, "read:orders").with("subject_type", "user")))
	p.asked()
}
