// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"maps"
	"net/url"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

const (
	asForm = "application/x-www-form-urlencoded"
	asJSON = "application/json"
)

// machineRequest is a form of the machine client for the sample API. params replace its parameters.
// EXPIRED stands for an expired assertion of the client.
func machineRequest(x *servertest.Tenant, params string) sentRequest {
	x.T.Helper()
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {testserver.MachineClientID},
		"client_secret": {testserver.MachineClientSecret},
		"audience":      {testserver.SampleAPIAudience},
	}
	if strings.Contains(params, "EXPIRED") {
		params = strings.ReplaceAll(params, "EXPIRED", x.Assertion(
			jwt.SigningMethodRS256, jwt.MapClaims{"exp": 1},
		))
	}
	given, err := url.ParseQuery(params)
	if err != nil {
		x.T.Fatal(err)
	}
	maps.Copy(form, given)
	return sentRequest{ContentType: asForm, Body: form.Encode()}
}

// withGrant gives the machine client a grant for the sample API.
func withGrant(settings string) func(*servertest.Tenant) {
	return func(x *servertest.Tenant) { x.SampleGrant(settings) }
}

// refusalCases has a case for each refusal of the token endpoint, by its line in SUPPORTED.md.
func refusalCases() map[string]refusalCase {
	const notGranted = `Client "…" is not authorized to access resource server "…". ` +
		`You need to create a "client-grant" associated to this API.`
	cases := map[string]refusalCase{
		"413 invalid_request request entity too large": {
			step: "request", why: "more than 1048576 bytes", change: "only the parameters",
			request: sentRequest{ContentType: asForm, Body: strings.Repeat("x", 1<<20+1)},
		},
		"400 invalid_request Invalid request payload JSON format": {
			step: "request", why: "not a JSON object", change: "Send a JSON object",
			request: sentRequest{ContentType: asJSON, Body: `{"grant_type"`},
		},
		"400 invalid_request Invalid request payload form format": {
			step: "request", why: "not a valid form", change: "Percent-encode",
			request: sentRequest{ContentType: asForm, Body: "grant_type=%zz"},
		},
		"400 invalid_request Parameter … is there more than once": {
			step: "request", why: "audience more than once", change: "Send it once",
			params: "audience=a&audience=b",
		},
		"400 invalid_request Parameter … must be a string": {
			step: "request", why: "audience is not a string", change: "JSON string",
			request: sentRequest{ContentType: asJSON, Body: `{"audience":1}`},
		},
		"400 invalid_request Missing required parameter: grant_type": {
			step: "grant_type", why: "has no grant_type", change: "grant_type=client_credentials",
			params: "grant_type=",
		},
		"403 unsupported_grant_type Unsupported grant type: …": {
			step: "grant_type", why: "does not know this grant type", params: "grant_type=magic",
			change: "grant_type=client_credentials",
		},
		"501 unsupported_grant_type The grant type … is not implemented by m2m-testserver, see " +
			"SUPPORTED.md": {
			step: "grant_type", why: "only the grant type", params: "grant_type=password",
			change: "grant_type=client_credentials",
		},
		"401 invalid_client Missing client_id": {
			step: "client", why: "names no client", change: "Send client_id", params: "client_id=",
		},
		"401 access_denied Unauthorized": {
			step: "client", why: "not the secret of the client", change: "present secret",
			params: "client_secret=wrong",
		},
		"401 invalid_client …": {
			step: "client", why: "has expired", change: "new assertion",
			prepare: func(x *servertest.Tenant) { x.UseKey("RS256") },
			params:  servertest.AssertionParams + "EXPIRED",
		},
		"403 unauthorized_client Grant type 'client_credentials' not allowed for the client.": {
			step: "client_grant_type", why: "Web Client", change: "grant_types",
			params: "client_id=" + testserver.WebClientID + "&client_secret=" +
				testserver.WebClientSecret,
		},
		"403 access_denied Non-global clients are not allowed access to APIv1": {
			step: "api", why: "no audience", change: "identifier of the API", params: "audience=",
		},
		"403 access_denied Service not enabled within domain: …": {
			step: "api", why: `"https://sample-api.example.com/"`,
			change: `send "https://sample-api.example.com"`,
			params: "audience=https://sample-api.example.com/",
		},
		"403 access_denied " + notGranted: {
			step: "grant", why: "for the subject type user", change: "Create a client grant",
			prepare: withGrant(`,"subject_type":"user"`),
		},
		"403 unauthorized_client " + notGranted: {
			step: "grant", why: "has no grant for the API", change: "default grant",
			params: "client_id=ThirdPartyClient0000000000000001&client_secret=not-a-secret",
		},
		"403 access_denied Client has not been granted scopes: …": {
			step: "scopes", why: `does not give "write:orders admin:orders"`,
			change:  `does not define "admin:orders"`,
			prepare: withGrant(`,"scope":["read:orders"]`),
			params:  "scope=read:orders write:orders admin:orders",
		},
		"400 invalid_request parameter organization is required for this client": {
			step: "organization", why: "requires an organization", change: "default_organization",
			prepare: withGrant(`,"organization_usage":"require"`),
		},
		"403 access_denied parameter organization is not allowed for this client": {
			step: "organization", why: "allows no organizations", change: "organization_usage",
			prepare: withGrant(""), params: "organization=acme",
		},
		"403 access_denied parameter organization is invalid: …": {
			step: "organization", why: "not associated with the organization \"acme\"",
			change: "Associate the grant",
			prepare: func(x *servertest.Tenant) {
				x.AddOrganization("acme")
				x.SampleGrant(`,"organization_usage":"allow"`)
			},
			params: "organization=acme",
		},
		"500 server_error Script generated an unhandled asynchronous exception.": {
			step: "action", why: "action failed", change: "Repair", prepare: withGrant(""),
			params: "act=fail",
		},
		"500 server_error Custom claims exceed the maximum of 100KB.": {
			step: "action", why: "bytes of claims", change: "at most 102400", prepare: withGrant(""),
			params: "act=grow",
		},
		"429 too_many_requests Client quota exceeded": {
			step: "quota", why: "used up", change: "move the clock",
			prepare: func(x *servertest.Tenant) {
				x.SampleGrant("")
				x.Must("PATCH", "/clients/"+testserver.MachineClientID,
					`{"token_quota":{"client_credentials":{"per_day":1}}}`)
				x.AskToken(servertest.SampleAudience).Token(x.T)
			},
		},
	}
	for line, code := range map[string]string{
		"400 invalid_scope …":   "invalid_scope",
		"400 invalid_request …": "invalid_request",
		"500 server_error …":    "server_error",
	} {
		cases[line] = refusalCase{
			step: "action", why: "action denies the token", change: "Change the action",
			prepare: withGrant(""), params: "act=" + code,
		}
	}
	return cases
}
