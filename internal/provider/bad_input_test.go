// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// refusedAtPlan runs configurations that must fail before anything is sent.
func refusedAtPlan(t *testing.T, cases map[string]struct{ config, want string }) {
	t.Helper()
	t.Parallel()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			n := newTenant(t)
			n.accTest(resource.TestStep{Config: c.config, PlanOnly: true, ExpectError: says(c.want)})
			if sent := n.Requests(); len(sent) > 0 {
				t.Errorf("the plan sent %d requests, the first is %s %s", len(sent), sent[0].Method, sent[0].Path)
			}
		})
	}
}

func TestAccResourceServer_badInputIsRefusedAtPlan(t *testing.T) {
	identifier := func(value string) string { return strings.Replace(ordersConfig(), ordersAPI, value, 1) }
	refusedAtPlan(t, map[string]struct{ config, want string }{
		"empty identifier":       {identifier(""), `identifier = "" The identifier of an API must not be empty`},
		"overlong identifier":    {identifier(strings.Repeat("é", 601)), `may have at most 600 characters; this one has 601`},
		"padded identifier":      {identifier(ordersAPI + " "), `The identifier "https://orders.example.com " starts or ends with white space`},
		"no identifier":          {"resource \"m2m_resource_server\" \"orders\" {}", `The argument "identifier" is required`},
		"signing algorithm":      {ordersConfig(`signing_alg = "RS384"`), `Attribute signing_alg value must be one of: ["RS256" "RS512" "PS256" "HS256"]`},
		"angle brackets":         {ordersConfig(`name = "<b>"`), `Attribute name must not contain < or >`},
		"empty name":             {ordersConfig(`name = ""`), `Attribute name UTF-8 character count must be between 1 and 200`},
		"duplicate scope":        {ordersConfig(`scopes = { "read:x" = "", "read:x " = "" }`), `The scope "read:x" is there twice; the two differ in white space only.`},
		"empty scope":            {ordersConfig(`scopes = { "" = "" }`), `A scope must not be empty.`},
		"overlong scope":         {ordersConfig(`scopes = { "` + strings.Repeat("s", 281) + `" = "" }`), `A scope may have at most 280 characters`},
		"scope description":      {ordersConfig(`scopes = { a = "` + strings.Repeat("d", 501) + `" }`), `description of a scope may have at most 500 characters`},
		"short secret":           {ordersConfig(`signing_secret = "123456789012345"`), `signing_secret has 15 characters; the API takes at least 16.`},
		"version without secret": {ordersConfig(`signing_secret_wo_version = 1`), `signing_secret_wo_version is the version of signing_secret_wo, which is not set.`},
		"two secrets": {
			ordersConfig(`signing_secret = "1234567890123456"`, `signing_secret_wo = "1234567890123456"`, `signing_secret_wo_version = 1`),
			`signing_secret and its write-only form signing_secret_wo are both set.`,
		},
		"secret without version":  {ordersConfig(`signing_secret_wo = "1234567890123456"`), `signing_secret_wo is only sent when signing_secret_wo_version changes: set signing_secret_wo_version, for example to 1.`},
		"lifetime":                {ordersConfig(`token_lifetime = 2592001`), `Attribute token_lifetime value must be between 0 and 2592000`},
		"web lifetime":            {ordersConfig(`token_lifetime = 60`, `token_lifetime_for_web = 61`), `token_lifetime_for_web is 61 seconds, above token_lifetime, which is 60.`},
		"web lifetime by default": {ordersConfig(`token_lifetime_for_web = 86401`), `token_lifetime_for_web is 86401 seconds, above token_lifetime, which is 86400.`},
		"dialect":                 {ordersConfig(`token_dialect = "jwt"`), `Attribute token_dialect value must be one of`},
		"subject policy":          {ordersConfig(`subject_type_authorization = { client = { policy = "allow_all" } }`), `subject_type_authorization.client.policy value must be one of: ["deny_all" "require_client_grant"]`},
		"encryption key":          {ordersConfig(`token_encryption = { encryption_key = { alg = "RSA-OAEP-256", pem = "key" } }`), `Invalid encryption key`},
		"encryption algorithm":    {ordersConfig(`token_encryption = { encryption_key = { alg = "RSA1_5", pem = "key" } }`), `encryption_key.alg value must be one of`},
		"consent policy":          {ordersConfig(`consent_policy = "null"`), `Attribute consent_policy value must be one of`},
		"duplicate detail":        {ordersConfig(`authorization_details = [{ type = "a" }, { type = "a" }]`), `This attribute contains duplicate values`},
		"mechanism":               {ordersConfig(`proof_of_possession = { mechanism = "tls", required = true }`), `proof_of_possession.mechanism value must be one of: ["mtls" "dpop"]`},
	})
}

func TestAccClientGrant_badInputIsRefusedAtPlan(t *testing.T) {
	neither := strings.Replace(grantConfig(), "client_id = \""+testserver.MachineClientID+"\"", "", 1)
	refusedAtPlan(t, map[string]struct{ config, want string }{
		"empty audience":       {strings.Replace(grantConfig(), testserver.SampleAPIAudience, "", 1), `audience = "" The audience must not be empty`},
		"padded audience":      {strings.Replace(grantConfig(), testserver.SampleAPIAudience, testserver.SampleAPIAudience+`\n`, 1), `starts or ends with white space; no API has such an identifier`},
		"no client":            {neither, `A grant is for one client or for a group of them: set client_id or default_for.`},
		"two clients":          {grantConfig(`default_for = "third_party_clients"`), `set client_id or default_for, not both.`},
		"default for":          {strings.Replace(neither, "audience", "default_for = \"everyone\"\n  audience", 1), `Attribute default_for value must be one of: ["third_party_clients"]`},
		"scopes beside all":    {grantConfig("allow_all_scopes = true", `scopes = ["a"]`), `allow_all_scopes = true grants every scope of the API.`},
		"no scopes beside all": {grantConfig("allow_all_scopes = true", `scopes = []`), `Take scopes out of the configuration, or set allow_all_scopes to false.`},
		"duplicate scope":      {grantConfig(`scopes = ["read:x", " read:x"]`), `The scope "read:x" is there twice`},
		"empty scope":          {grantConfig(`scopes = [""]`), `A scope must not be empty.`},
		"null scope":           {grantConfig(`scopes = [null]`), `This attribute contains a null value`},
		"null detail":          {grantConfig(`authorization_details_types = [null]`), `This attribute contains a null value`},
		"overlong audience":    {strings.Replace(grantConfig(), testserver.SampleAPIAudience, strings.Repeat("a", 601), 1), `The identifier of an API has at most 600 characters.`},
		"subject type":         {grantConfig(`subject_type = "machine"`), `Attribute subject_type value must be one of`},
		"organization usage":   {grantConfig(`organization_usage = "maybe"`), `Attribute organization_usage value must be one of: ["deny" "allow" "require"]`},
	})
}

func TestAccAccessToken_badInputIsRefusedAtPlan(t *testing.T) {
	block := func(attributes ...string) string {
		return "data \"m2m_access_token\" \"orders\" {\n  " + strings.Join(attributes, "\n  ") + "\n}\n"
	}
	audience := `audience = "https://orders.example.com"`
	refusedAtPlan(t, map[string]struct{ config, want string }{
		"empty audience":        {block(`audience = ""`), `The audience must not be empty`},
		"secret and key":        {block(audience, `client_secret = "s"`, `client_assertion_private_key = "k"`), `client_secret and client_assertion_private_key are both set.`},
		"key that is no key":    {block(audience, `client_id = "c"`, `client_assertion_private_key = "k"`), `Invalid private key`},
		"algorithm without key": {block(audience, `client_assertion_signing_alg = "RS256"`), `Attribute "client_assertion_private_key" must be specified`},
		"assertion algorithm":   {block(audience, `client_assertion_private_key = "k"`, `client_assertion_signing_alg = "HS256"`), `client_assertion_signing_alg value must be one of: ["RS256" "RS384" "PS256"]`},
		"no secret":             {block(audience, `client_id = "SomebodyElse"`), `The client "SomebodyElse" is not the provider's own, so its secret must be given here`},
		"null scope":            {block(audience, `scopes = [null]`), `This attribute contains a null value`},
		"short signing secret":  {block(audience, `signing_secret = "123456789012345"`), `signing_secret has 15 characters; the API takes at least 16.`},
		"no scopes":             {block(audience, `scopes = []`), `set must contain at least 1 elements`},
	})
}

// Terraform prints the line that an error is on.
func TestAccSigningSecret_shortOneIsNotPrinted(t *testing.T) {
	t.Parallel()
	const secret = "123456789012345"
	for name, config := range map[string]string{
		"resource":  ordersConfig(fmt.Sprintf("signing_secret = %q", secret)),
		"data":      bareTokenConfig(fmt.Sprintf("signing_secret = %q", secret)),
		"ephemeral": strings.Replace(bareTokenConfig(fmt.Sprintf("signing_secret = %q", secret)), "data ", "ephemeral ", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if said := newTenant(t).errorOf(config); !strings.Contains(said, "has 15 characters") || strings.Contains(said, secret) {
				t.Error(said)
			}
		})
	}
}

// Of the same scope written twice, Terraform itself keeps one, before any provider
// is asked.
func TestAccClientGrant_sameScopeTwiceIsGrantedOnce(t *testing.T) {
	n := newTenant(t)
	n.accTest(resource.TestStep{
		Config:            grantConfig(`scopes = ["read:orders", "read:orders"]`),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":["read:orders"]`))},
	})
}
