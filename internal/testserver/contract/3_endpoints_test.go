// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestContract3Create(t *testing.T) {
	t.Parallel()
	observed(t, "3.8", "a create that violates the schema is refused and creates nothing",
		func(t *testing.T, x *tenant) {
			wantAPIRefused(t, x, `"token_lifetime":"60"`,
				`'Expected type integer but found type string' on property token_lifetime `+
					`(Expiration value (in seconds) for access tokens issued for this API).`)
		})
	documented(t, "3.8", "a reserved identifier is refused",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/resource-servers", `{"identifier":"$URL/api/v2/"}`,
			).WantProperties(t, 400,
				`{"statusCode":400,"error":"Bad Request","message":"The selected identifier is reserved."}`)
		})
	assumed(t, "3.8", "the refusal of a reserved identifier has the errorCode invalid_body",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/resource-servers", `{"identifier":"$URL/api/v2/"}`).
				WantProperties(t, 400, `{"errorCode":"invalid_body"}`)
		})
	documented(t, "3.8", "a create with a taken identifier is refused and does not change the "+
		"existing API",
		func(t *testing.T, x *tenant) {
			makeAPI(x, `,"name":"First"`)
			if got := x.API(
				"POST", "/resource-servers", `{"identifier":"https://a","name":"Second"}`,
			); got.Status != 409 {
				t.Errorf("status %d", got.Status)
			}
			wantAPI(t, x.API("GET", aPath, ""), 200, `"name":"First"`)
		})
}

func TestContract3List(t *testing.T) {
	t.Parallel()
	observed(t, "3.9", "the filter identifiers matches exactly; identifiers that match no API "+
		"are ignored",
		func(t *testing.T, x *tenant) {
			for _, identifier := range []string{"urn:c", "urn:a", "urn:b", "urn:aa"} {
				x.Must("POST", "/resource-servers", `{"identifier":"`+identifier+`"}`)
			}
			for query, body := range map[string]string{
				"identifiers=urn:b&identifiers=urn:c":    `[{"identifier":"urn:c"},{"identifier":"urn:b"}]`,
				"identifiers=urn:a&identifiers=urn:none": `[{"identifier":"urn:a"}]`,
				"identifiers=urn:none":                   `[]`,
				"identifiers=urn":                        `[]`,
			} {
				x.API("GET", "/resource-servers?"+query+"&fields=identifier", "").Want(t, 200, body)
			}
			x.API(
				"GET",
				"/resource-servers?identifiers=urn%3Ab&include_totals=true&fields=identifier", "",
			).WantJSON(t, 200,
				`{"total":1,"start":0,"limit":50,"resource_servers":[{"identifier":"urn:b"}]}`)
		})
	documented(t, "3.9", "a list can be filtered by at most 10 identifiers",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/resource-servers?"+strings.Repeat("identifiers=urn:a&", 10), "").
				Want(t, 200, `[]`)
			x.API(
				"GET", "/resource-servers?"+strings.Repeat("identifiers=urn:a&", 11), "",
			).WantProperties(t, 400,
				`{"statusCode":400,"error":"Bad Request","errorCode":"invalid_query_string"}`)
		})
	observed(t, "3.9", "fields reduces a list to the properties that it names",
		func(t *testing.T, x *tenant) {
			for _, query := range []string{
				"?fields=id,identifier&include_fields=true", "?fields=id,identifier",
			} {
				x.API("GET", "/resource-servers"+query, "").Want(t, 200,
					x.Expand(
						`[{"id":"RS_ID","identifier":"$URL/api/v2/"},{"id":"RS_ID","identifier":"https://sample-api.example.com"}]`,
					))
			}
		})
	observed(t, "3.9", "the list begins with the Management API and shows every signing secret",
		func(t *testing.T, x *tenant) {
			makeAPI(x, `,"signing_secret":"sixteen-chars-ok"`)
			x.API(
				"GET", "/resource-servers?fields=identifier,signing_secret", "",
			).Want(t, 200, x.Expand(
				`[{"identifier":"$URL/api/v2/"},{"identifier":"https://sample-api.example.com"},`+
					`{"identifier":"https://a","signing_secret":"sixteen-chars-ok"}]`))
		})
	observed(t, "3.9", "the Management API takes up 10 to 30 kilobytes of the first page",
		func(t *testing.T, x *tenant) {
			if n := len(x.Must("GET", "/resource-servers?per_page=1", "").Body); n < 10_000 ||
				n > 30_000 {
				t.Errorf("%d bytes", n)
			}
		})
}

func TestContract3Read(t *testing.T) {
	t.Parallel()
	observed(t, "3.10", "the answers of POST, GET and PATCH have the same form",
		func(t *testing.T, x *tenant) {
			made := x.Must(
				"POST", "/resource-servers",
				`{"identifier":"https://a","name":"A","scopes":[{"value":"a"}]}`,
			)
			for method, body := range map[string]string{"GET": "", "PATCH": `{"name":"A"}`} {
				if diff := cmp.Diff(made.Body, x.Must(method, aPath, body).Body); diff != "" {
					t.Errorf("%s (-POST +%s):\n%s", method, method, diff)
				}
			}
		})
	documented(t, "3.10", "fields and include_fields select the properties of a read",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			x.API("GET", aPath+"?fields=identifier,signing_alg", "").Want(t, 200,
				`{"identifier":"https://a","signing_alg":"RS256"}`)
			x.API(
				"GET",
				aPath+
					"?include_fields=false&fields=id,subject_type_authorization,token_lifetime,token_lifetime_for_web",
				"",
			).WantJSON(t, 200,
				`{"identifier":"https://a","signing_alg":"RS256","allow_offline_access":false,`+
					`"skip_consent_for_verifiable_first_party_clients":false}`)
		})
}

func TestContract3Change(t *testing.T) {
	t.Parallel()
	observed(t, "3.11", "a PATCH answers 200 with the whole object",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			x.API("PATCH", aPath, `{"name":"A"}`).Want(t, 200,
				`{"id":"RS_ID","name":"A","identifier":"https://a",`+servertest.MinimalAPI)
		})
	assumed(t, "3.11", "an empty PATCH is a 200 and changes nothing",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			wantAPI(t, x.API("PATCH", aPath, `{}`), 200, ``)
		})
	documented(t, "3.11", "id and identifier cannot be sent in a PATCH, even unchanged",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			x.API("PATCH", aPath, `{"id":"x","identifier":"https://a"}`).Want(t, 400, refusedBody(
				`Payload validation error: 'Additional properties not allowed: id,identifier'.`))
			x.API("PATCH", aPath, `{"identifier":"https://a"}`).Want(t, 400, refusedBody(
				`Payload validation error: 'Additional properties not allowed: identifier'.`))
		})
	const nulls = `"authorization_details":null,"authorization_policy":null,"consent_policy":null,"proof_of_possession":null,"token_encryption":null`
	fill := func(t *testing.T, x *tenant) {
		t.Helper()
		makeAPI(
			x,
			`,"consent_policy":"transactional-authorization-with-mfa","authorization_details":[{"type":"t"}],`+
				`"proof_of_possession":{"mechanism":"mtls","required":true},"authorization_policy":{"policy_id":"p"},`+
				`"token_encryption":`+servertest.TokenEncryption(
				t,
				servertest.CertificatePEM(t),
			),
		)
	}
	observed(t, "3.11", "one PATCH can clear all nullable properties",
		func(t *testing.T, x *tenant) {
			fill(t, x)
			for range 2 { // Clearing a property again is allowed.
				wantAPI(t, x.API("PATCH", aPath, `{`+nulls+`}`), 200, ``)
			}
		})
	assumed(t, "3.11", "one PATCH can clear properties and change others",
		func(t *testing.T, x *tenant) {
			fill(t, x)
			wantAPI(
				t, x.API("PATCH", aPath, `{"name":"A",`+nulls+`,"scopes":[{"value":"a"}]}`), 200,
				`"name":"A","scopes":[{"value":"a"}]`,
			)
		})
	observed(t, "3.11", "a DELETE answers 204 without a body, even if repeated",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			for range 2 {
				x.API("DELETE", aPath, "").Want(t, 204, "")
				if got := x.API("GET", aPath, ""); got.Status != 404 {
					t.Errorf("it is still there: %d", got.Status)
				}
			}
		})
}
