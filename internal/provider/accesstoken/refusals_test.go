// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// Every refusal of the token endpoint (API contract 9.4) names the client and the
// API and says what to do, on the attribute that it is about.
func TestAccessToken_refusalAdvice(t *testing.T) {
	t.Parallel()
	const api = "https://orders.example.com"
	scopes := types.SetValueMust(types.StringType, []attr.Value{
		types.StringValue("write:orders"), types.StringValue("read:${orders}"),
	})
	r := &run.Run{Connection: report.Connection{
		Domain: "acme.eu.auth0.com", Proof: "client_secret from the environment variable " +
			"AUTH0_CLIENT_SECRET",
	}}
	block := tokenModel{
		ClientSecret:  types.StringValue("s3cret"),
		Scopes:        types.SetNull(types.StringType),
		ClientGrantID: types.StringValue("cgr_1"),
	}
	with := func(change func(*tokenModel)) tokenModel {
		m := block
		change(&m)
		return m
	}
	inOrganization := func(organization string) tokenModel {
		return with(func(m *tokenModel) { m.Organization = types.StringValue(organization) })
	}
	const noGrant = `Client "m2m" is not authorized to access resource server "https://orders.example.com". ` +
		`You need to create a "client-grant" associated to this API.`
	const grantHint = `If such a grant already exists, its subject_type must be "client", and the API ` +
		`must not deny clients access (subject_type_authorization).`
	const action = `Actions of the tenant (trigger credentials-exchange) can refuse a token with a ` +
		`message of their own. If this message comes from an action, check what it requires of the ` +
		`client "m2m", and look in the log of the tenant.`

	const early = "The plan requests the token before the apply changes the grant or its API. If " +
		"this run changes them, use an ephemeral m2m_access_token of the same provider and set " +
		"client_grant_id to the id of the grant, so that the token waits for the change. Or " +
		"apply them first, with -target."
	const despite = "If this stops a destroy, run terraform destroy -refresh=false. That requests " +
		"only tokens that configure a provider."
	for name, tc := range map[string]struct {
		model         tokenModel
		creds         m2m.Credentials
		status        int
		code, message string
		attribute     string
		advice        string // Everything after the endpoint's answer.
	}{
		"wrong secret": {
			block,
			m2m.Credentials{},
			401, "access_denied", "Unauthorized", "client_id",
			"Check the client id and its credentials (here client_secret), and that the client " +
				"belongs to the tenant acme.eu.auth0.com. A client that is set to " +
				"private_key_jwt there does not accept a secret.",
		},
		"provider's own secret": {
			with(func(m *tokenModel) { m.ClientSecret = types.StringNull() }),
			m2m.Credentials{},
			401, "access_denied", "Unauthorized", "client_id",
			"Check the client id and its credentials (here the provider's own, client_secret " +
				"from the environment variable AUTH0_CLIENT_SECRET), and that the client belongs " +
				"to the tenant acme.eu.auth0.com. A client that is set to private_key_jwt there " +
				"does not accept a secret.",
		},
		"bad assertion": {
			with(func(m *tokenModel) { m.ClientAssertionPrivateKey = types.StringValue("PEM") }),
			m2m.Credentials{PrivateKey: "PEM", SigningAlg: "PS256"},
			401, "invalid_client", "The assertion is wrong", "client_id",
			"Check the client id and its credentials (here client_assertion_private_key), and " +
				"that the client belongs to the tenant acme.eu.auth0.com. The client must have " +
				"the matching public key there, as a private_key_jwt credential with the " +
				"algorithm PS256. Check also the clock of this machine.",
		},
		"no such API": {
			block,
			m2m.Credentials{},
			403, "access_denied", "Service not enabled within domain: " + api, "audience",
			"The tenant has no API with exactly this identifier; a trailing slash matters. Check " +
				"also that acme.eu.auth0.com is the right tenant. If this configuration creates " +
				"the API, set client_grant_id to the id of its grant, so that the token is " +
				"requested afterwards.",
		},
		"scopes not granted": {
			block,
			m2m.Credentials{},
			403, "access_denied", "Client has not been granted scopes: a, b", "scopes",
			"Add the scopes to the m2m_client_grant of this client, or request fewer. The API " +
				"must define them too. Or omit scopes here to get all scopes that are " +
				"granted.\n\n" + early,
		},
		"scopes not granted, no grant in the configuration": {
			with(func(m *tokenModel) { m.ClientGrantID = types.StringNull() }),
			m2m.Credentials{},
			403, "access_denied", "Client has not been granted scopes: a, b", "scopes",
			"Add the scopes to the m2m_client_grant of this client, or request fewer. The API " +
				"must define them too. Or omit scopes here to get all scopes that are granted.",
		},
		"no grant": {
			with(func(m *tokenModel) { m.Scopes = scopes }),
			m2m.Credentials{},
			403, "access_denied", noGrant, "",
			"Grant the client access, and make the token wait for the grant with client_grant_id " +
				"= m2m_client_grant.NAME.id:\n\nresource \"m2m_client_grant\" \"NAME\" {\n  " +
				"client_id = \"m2m\"\n  audience  = \"https://orders.example.com\"\n  scopes    " +
				"= [\"read:$${orders}\", \"write:orders\"]\n}\n\n" + grantHint,
		},
		"no grant, no scopes, until 2025": {
			block,
			m2m.Credentials{},
			403, "access_denied",
			`Client is not authorized to access "` + api +
				`". You need to create a "client-grant" associated to this API. See: https://x`, "",
			"Grant the client access, and make the token wait for the grant with client_grant_id " +
				"= m2m_client_grant.NAME.id:\n\nresource \"m2m_client_grant\" \"NAME\" {\n  " +
				"client_id = \"m2m\"\n  audience  = \"https://orders.example.com\"\n  scopes    " +
				"= []\n}\n\nList the scopes that the token needs. " + grantHint,
		},
		"no grant, third party": {
			with(func(m *tokenModel) {
				m.Scopes = scopes
				m.Organization = types.StringValue("org_1")
			}),
			m2m.Credentials{},
			403, "unauthorized_client", noGrant, "",
			"Grant the client access, and make the token wait for the grant with client_grant_id " +
				"= m2m_organization_client_grant.NAME.id:\n\nresource \"m2m_client_grant\" " +
				"\"NAME\" {\n  client_id          = \"m2m\"\n  audience           = " +
				"\"https://orders.example.com\"\n  scopes             = [\"read:$${orders}\", " +
				"\"write:orders\"]\n  organization_usage = \"allow\"\n}\n\nresource " +
				"\"m2m_organization_client_grant\" \"NAME\" {\n  organization_id = \"org_1\"\n  " +
				"grant_id        = m2m_client_grant.NAME.id\n}\n\n" +
				grantHint,
		},
		"grant type": {
			block,
			m2m.Credentials{},
			403, "unauthorized_client", "Grant type 'client_credentials' not allowed for the " +
				"client.", "",
			`Allow the grant type client_credentials for the client in the tenant. Machine-to-machine applications have it.`,
		},
		"organization required": {
			block,
			m2m.Credentials{},
			400, "invalid_request", "parameter organization is required for this client",
			"organization",
			`Set organization to the id or name of an organization that may use the grant. The organization_usage of the m2m_client_grant of the ` +
				`client "m2m" for this API is "require"; with "allow", tokens without an organization are also issued.` + "\n\n" + early,
		},
		"organization not allowed": {
			inOrganization("acme"),
			m2m.Credentials{},
			403, "access_denied", "parameter organization is not allowed for this client",
			"organization",
			`Set organization_usage = "allow" in the m2m_client_grant of the client "m2m" for this API, or remove organization from the configuration.` +
				"\n\n" + early,
		},
		"organization by id": {
			inOrganization("org_1"),
			m2m.Credentials{},
			403, "access_denied", "parameter organization is invalid: org_1", "organization",
			"Check that the tenant has an organization with the id or name \"org_1\". If it " +
				"exists, it may not use the m2m_client_grant of the client \"m2m\" for this API. " +
				"Set allow_any_organization = true there, or add this association, and replace " +
				"GRANT with the name of the grant's block:\n\nresource " +
				"\"m2m_organization_client_grant\" \"NAME\" {\n  organization_id = \"org_1\"\n  " +
				"grant_id        = m2m_client_grant.GRANT.id\n}\n\n" + early,
		},
		"organization in other words": {
			inOrganization("acme"),
			m2m.Credentials{},
			403, "access_denied", "This organization is closed", "organization",
			`Check the organization, and organization_usage and allow_any_organization of the m2m_client_grant of the client "m2m" for this API.`,
		},
		"quota": {
			block,
			m2m.Credentials{},
			429, "too_many_requests", "Client quota exceeded", "",
			"The tenant limits the number of tokens, and each plan and each apply requests its " +
				"own. If a quota is used up, wait until it resets, or raise the token quota of " +
				"the client.",
		},
		// The text of an action must not mislead the provider.
		"action": {
			block,
			m2m.Credentials{},
			400, "invalid_request",
			`No "client-grant" for this organization. Service not enabled within domain: x`, "",
			action,
		},
		"action that fails": {
			block,
			m2m.Credentials{},
			500, "server_error",
			"Script generated an unhandled asynchronous exception.", "", action,
		},
		"something else": {block, m2m.Credentials{}, 404, "not_found", "Not found.", "", ""},
	} {
		tc.model.Audience = types.StringValue(api)
		tc.creds.ClientID = "m2m"
		answer := &rest.Error{Status: tc.status, Code: tc.code, Message: tc.message, RequestID: "r1"}
		var diags diag.Diagnostics
		tc.model.report(&diags, r, tc.creds, fmt.Errorf("fetch access token: %w", answer))
		detail := fmt.Sprintf("The token endpoint refused the client \"m2m\" a token for the API "+
			"%q: %d %s (%s): %s [request r1].",
			api, tc.status, http.StatusText(tc.status), tc.code,
			strings.TrimSuffix(tc.message, "."))
		if tc.advice != "" {
			detail += "\n\n" + tc.advice
		}
		detail += "\n\n" + despite
		var want diag.Diagnostics
		const summary = `Unable to fetch access token for the API "` + api + `"`
		if tc.attribute == "" {
			want.AddError(summary, detail)
		} else {
			want.AddAttributeError(path.Root(tc.attribute), summary, detail)
		}
		if !diags.Equal(want) {
			t.Errorf("%s:\n got %v\nwant %v", name, diags, want)
		}
	}
}

// Tokens with the same wrong secret are one mistake, which is explained once.
func TestAccessToken_wrongSecretIsReportedInFullOnce(t *testing.T) {
	t.Parallel()
	r := &run.Run{Connection: report.Connection{Reported: &report.Reported{}}}
	refused := &rest.Error{Status: http.StatusUnauthorized, Code: "access_denied", Message: "No"}
	said := func(api, secret string) string {
		t.Helper()
		var diags diag.Diagnostics
		m := &tokenModel{Audience: types.StringValue(api)}
		m.report(&diags, r, m2m.Credentials{ClientID: "m2m", ClientSecret: secret}, refused)
		want := `Unable to fetch access token for the API "` + api + `"`
		if len(diags) != 1 || diags[0].Summary() != want {
			t.Errorf("%v, want %s", diags, want)
		}
		return diags[0].Detail()
	}
	const short = `The token endpoint refused the credentials of the client "m2m", as reported ` +
		`for another token of this run.`
	if got := said("urn:a", "one"); !strings.Contains(got, "Check the client id") {
		t.Errorf("the first error does not say what to do: %s", got)
	}
	if got := said("urn:b", "one"); got != short {
		t.Errorf("%s, want %s", got, short)
	}
	if got := said("urn:b", "two"); got == short {
		t.Errorf("another secret is another mistake: %s", got)
	}
}

// The hint to wait for a change needs a grant in the configuration that can change.
func TestAccessToken_hintsAtPlannedChanges(t *testing.T) {
	t.Parallel()
	const api = "https://orders.example.com"
	for name, c := range map[string]struct {
		plan func(*run.Run)
		want bool
	}{
		"nothing planned":    {func(*run.Run) {}, false},
		"the grant":          {func(r *run.Run) { r.ChangeGrantOf("m2m", api, true) }, true},
		"another client":     {func(r *run.Run) { r.ChangeGrantOf("web", api, true) }, false},
		"another audience":   {func(r *run.Run) { r.ChangeGrantOf("m2m", "urn:a", true) }, false},
		"the API":            {func(r *run.Run) { r.ChangeAPI(api, "", true) }, true},
		"a scope of the API": {func(r *run.Run) { r.ChangeAPI(api, "read:orders", true) }, true},
		"already changed": {func(r *run.Run) {
			r.ChangeAPI(api, "", true)
			r.ChangeAPI(api, "", false)
		}, false},
		"only one of two changed": {func(r *run.Run) {
			r.ChangeAPI(api, "", true)
			r.ChangeAPI(api, "read:orders", true)
			r.ChangeAPI(api, "", false)
		}, true},
	} {
		var (
			r     run.Run
			diags diag.Diagnostics
		)
		c.plan(&r)
		m := tokenModel{Audience: types.StringValue(api), Organization: types.StringValue("acme")}
		m.report(&diags, &r, m2m.Credentials{ClientID: "m2m"}, &rest.Error{
			Status: http.StatusForbidden, Code: "access_denied",
			Message: "parameter organization is not allowed for this client",
		})
		if got := strings.Contains(diags[0].Detail(), "so that the token waits"); got != c.want {
			t.Errorf("%s: %v", name, diags)
		}
	}
}
