// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestAccResourceServer_badInput(t *testing.T) {
	identifier := func(value string) string {
		return strings.Replace(acctest.OrdersConfig(), acctest.OrdersAPI, value, 1)
	}
	acctest.RefusedAtPlan(t, map[string]struct{ Config, Want string }{
		"empty identifier": {
			identifier(""), `identifier = "" The identifier of an API must not be empty`,
		},
		"overlong identifier": {
			identifier(strings.Repeat("é", 601)),
			`may have at most 600 characters; this one has 601`,
		},
		"padded identifier": {
			identifier(acctest.OrdersAPI + " "),
			`The identifier "https://orders.example.com " starts or ends with white space`,
		},
		"no identifier": {
			"resource \"m2m_resource_server\" \"orders\" {}",
			`The argument "identifier" is required`,
		},
		"signing algorithm": {
			acctest.OrdersConfig(`signing_alg = "RS384"`),
			`"RS384" is not known; use RS256, RS512, PS256 or HS256.`,
		},
		"signing algorithm in lower case": {
			acctest.OrdersConfig(`signing_alg = "hs256"`),
			`"hs256" is not known; use RS256, RS512, PS256 or HS256 (did you mean "HS256"?).`,
		},
		"fraction": {
			acctest.OrdersConfig(`token_lifetime = 86400 / 7`),
			`token_lifetime is 12342.85714, but a whole number is needed. If it is the result of a
				division, use floor() or ceil().`,
		},
		"angle brackets": {
			acctest.OrdersConfig(`name = "<b>"`), `Attribute name must not contain < or >`,
		},
		"empty name": {
			acctest.OrdersConfig(`name = ""`),
			`Attribute name UTF-8 character count must be between 1 and 200`,
		},
		"duplicate scope": {
			acctest.OrdersConfig(`scopes = { "read:x" = "", "read:x " = "" }`),
			`The scope "read:x" is listed twice; the two entries differ only in white space.`,
		},
		"empty scope": {
			acctest.OrdersConfig(`scopes = { "" = "" }`), `A scope must not be empty.`,
		},
		"overlong scope": {
			acctest.OrdersConfig(`scopes = { "` + strings.Repeat("s", 281) + `" = "" }`),
			`A scope may have at most 280 characters`,
		},
		"scope description": {
			acctest.OrdersConfig(`scopes = { a = "` + strings.Repeat("d", 501) + `" }`),
			`The description of the scope "a" may have at most 500 characters.`,
		},
		"short secret": {
			acctest.OrdersConfig(`signing_secret = "123456789012345"`),
			`signing_secret has 15 characters; the API requires at least 16.`,
		},
		"version without secret": {
			acctest.OrdersConfig(`signing_secret_wo_version = 1`),
			`signing_secret_wo_version is set, but signing_secret_wo is not. Set both, or remove signing_secret_wo_version.`,
		},
		"two secrets": {
			acctest.OrdersConfig(
				`signing_secret = "1234567890123456"`, `signing_secret_wo = "1234567890123456"`,
				`signing_secret_wo_version = 1`,
			),
			`signing_secret and its write-only form signing_secret_wo are both set.`,
		},
		"secret without version": {
			acctest.OrdersConfig(`signing_secret_wo = "1234567890123456"`),
			`signing_secret_wo is only sent when signing_secret_wo_version changes. Set signing_secret_wo_version, for example to 1.`,
		},
		"lifetime": {
			acctest.OrdersConfig(`token_lifetime = 2592001`),
			`Attribute token_lifetime value must be between 0 and 2592000`,
		},
		"web lifetime": {
			acctest.OrdersConfig(`token_lifetime = 60`, `token_lifetime_for_web = 61`),
			`token_lifetime_for_web (61 seconds) is greater than token_lifetime (60 seconds).`,
		},
		"web lifetime by default": {
			acctest.OrdersConfig(`token_lifetime_for_web = 86401`),
			`token_lifetime_for_web (86401 seconds) is greater than token_lifetime (86400 seconds).`,
		},
		"dialect": {
			acctest.OrdersConfig(`token_dialect = "jwt"`),
			`"jwt" is not known; use access_token, access_token_authz, rfc9068_profile or rfc9068_profile_authz.`,
		},
		"subject policy": {
			acctest.OrdersConfig(
				`subject_type_authorization = { client = { policy = "allow_all" } }`,
			),
			`"allow_all" is not known for subject_type_authorization.client.policy; use deny_all or require_client_grant.`,
		},
		"encryption key": {
			acctest.OrdersConfig(
				`token_encryption = { encryption_key = { alg = "RSA-OAEP-256", pem = "key" } }`,
			),
			`Invalid encryption key`,
		},
		"encryption algorithm": {
			acctest.OrdersConfig(
				`token_encryption = { encryption_key = { alg = "RSA1_5", pem = "key" } }`,
			),
			`"RSA1_5" is not known for token_encryption.encryption_key.alg; use RSA-OAEP-256, RSA-OAEP-384 or RSA-OAEP-512.`,
		},
		"consent policy": {
			acctest.OrdersConfig(`consent_policy = "null"`),
			`"null" is not known; use transactional-authorization-with-mfa.`,
		},
		"duplicate detail": {
			acctest.OrdersConfig(`authorization_details = [{ type = "a" }, { type = "a" }]`),
			`This attribute contains duplicate values`,
		},
		"mechanism": {
			acctest.OrdersConfig(`proof_of_possession = { mechanism = "tls", required = true }`),
			`"tls" is not known for proof_of_possession.mechanism; use mtls or dpop.`,
		},
	})
}

func TestAccClientGrant_badInput(t *testing.T) {
	neither := strings.Replace(
		acctest.GrantConfig(), "client_id = \""+testserver.MachineClientID+"\"", "", 1,
	)
	acctest.RefusedAtPlan(t, map[string]struct{ Config, Want string }{
		"empty audience": {
			strings.Replace(acctest.GrantConfig(), testserver.SampleAPIAudience, "", 1),
			`audience = "" The audience must not be empty`,
		},
		"padded audience": {
			strings.Replace(
				acctest.GrantConfig(), testserver.SampleAPIAudience,
				testserver.SampleAPIAudience+`\n`, 1,
			),
			`starts or ends with white space; no API has such an identifier`,
		},
		"no client": {
			neither,
			`A grant is for one client or for a group of clients. Set client_id or default_for.`,
		},
		"two clients": {
			acctest.GrantConfig(`default_for = "third_party_clients"`),
			`Set client_id or default_for, not both.`,
		},
		"empty client": {
			strings.Replace(neither, "audience", "client_id = \"\"\n  audience", 1),
			`client_id is empty. If a variable sets it, check whether the variable is unset.`,
		},
		"default for": {
			strings.Replace(neither, "audience", "default_for = \"everyone\"\n  audience", 1),
			`"everyone" is not known; use third_party_clients.`,
		},
		"scopes beside all": {
			acctest.GrantConfig("allow_all_scopes = true", `scopes = ["a"]`),
			`allow_all_scopes = true grants every scope of the API.`,
		},
		"no scopes beside all": {
			acctest.GrantConfig("allow_all_scopes = true", `scopes = []`),
			`Remove scopes from the configuration, or set allow_all_scopes to false.`,
		},
		"duplicate scope": {
			acctest.GrantConfig(`scopes = ["read:x", " read:x"]`),
			`The scope "read:x" is listed twice`,
		},
		"empty scope": {acctest.GrantConfig(`scopes = [""]`), `A scope must not be empty.`},
		"null scope": {
			acctest.GrantConfig(`scopes = [null]`), `This attribute contains a null value`,
		},
		"null detail": {
			acctest.GrantConfig(`authorization_details_types = [null]`),
			`This attribute contains a null value`,
		},
		"overlong audience": {
			strings.Replace(
				acctest.GrantConfig(), testserver.SampleAPIAudience, strings.Repeat("a", 601), 1,
			),
			`The audience has 601 characters; the identifier of an API has at most 600.`,
		},
		"subject type": {
			acctest.GrantConfig(`subject_type = "machine"`),
			`"machine" is not known; use client, user or anonymous_user.`,
		},
		"organization usage": {
			acctest.GrantConfig(`organization_usage = "maybe"`),
			`"maybe" is not known; use deny, allow or require.`,
		},
	})
}

func TestAccAccessToken_badInput(t *testing.T) {
	block := func(attributes ...string) string {
		return "data \"m2m_access_token\" \"orders\" {\n  " + strings.Join(attributes, "\n  ") +
			"\n}\n"
	}
	audience := `audience = "https://orders.example.com"`
	acctest.RefusedAtPlan(t, map[string]struct{ Config, Want string }{
		"empty audience": {block(`audience = ""`), `The audience must not be empty`},
		"secret and key": {
			block(audience, `client_secret = "s"`, `client_assertion_private_key = "k"`),
			`client_secret and client_assertion_private_key are both set.`,
		},
		"invalid key": {
			block(audience, `client_id = "c"`, `client_assertion_private_key = "k"`),
			`Invalid private key`,
		},
		"algorithm without key": {
			block(audience, `client_assertion_signing_alg = "RS256"`),
			`Attribute "client_assertion_private_key" must be specified`,
		},
		"assertion algorithm": {
			block(
				audience, `client_assertion_private_key = "k"`,
				`client_assertion_signing_alg = "HS256"`,
			),
			`"HS256" is not known; use RS256, RS384 or PS256.`,
		},
		"no secret": {
			block(audience, `client_id = "SomebodyElse"`),
			`The client "SomebodyElse" is not the provider's own client, so its credentials are needed here`,
		},
		"null scope": {
			block(audience, `scopes = [null]`), `This attribute contains a null value`,
		},
		"short signing secret": {
			block(audience, `signing_secret = "123456789012345"`),
			`signing_secret has 15 characters; the API requires at least 16.`,
		},
		"no scopes": {block(audience, `scopes = []`), `set must contain at least 1 elements`},
	})
}

// Terraform prints the line that an error is on.
func TestAccSigningSecret_shortSecretIsNotPrinted(t *testing.T) {
	t.Parallel()
	const secret = "123456789012345"
	for name, config := range map[string]string{
		"resource": acctest.OrdersConfig(fmt.Sprintf("signing_secret = %q", secret)),
		"data":     acctest.BareTokenConfig(fmt.Sprintf("signing_secret = %q", secret)),
		"ephemeral": strings.Replace(
			acctest.BareTokenConfig(fmt.Sprintf("signing_secret = %q", secret)), "data ",
			"ephemeral ", 1,
		),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := acctest.NewTenant(t).ErrorOf(config)
			if strings.Contains(said, `Blocks of type "ephemeral" are not expected here`) {
				t.Skip("this CLI is too old for ephemeral resources; Terraform 1.10 runs it")
			}
			if !strings.Contains(said, "has 15 characters") || strings.Contains(said, secret) {
				t.Error(said)
			}
		})
	}
}

// Terraform itself removes duplicate set elements before it calls a provider.
func TestAccClientGrant_duplicateScope(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(resource.TestStep{
		Config: acctest.GrantConfig(`scopes = ["read:orders", "read:orders"]`),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.GrantPost(
			`,"scope":["read:orders"]`,
		)))},
	})
}
