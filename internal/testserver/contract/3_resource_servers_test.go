// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

const aPath = "/resource-servers/https:%2F%2Fa"

// makeAPI creates the API https://a with further settings.
func makeAPI(x *tenant, settings string) {
	x.T.Helper()
	x.Must("POST", "/resource-servers", `{"identifier":"https://a"`+settings+`}`)
}

// wantAPI compares all of the API https://a, which has defaults except for the given settings.
func wantAPI(t *testing.T, got servertest.Answer, status int, settings string) {
	t.Helper()
	if got.Status != status {
		t.Errorf("status %d, want %d", got.Status, status)
	}
	wanted := servertest.Properties(
		t,
		servertest.WithoutGenerated(
			`{"id":"RS_ID","identifier":"https://a",`+servertest.MinimalAPI,
		),
	)
	maps.Copy(wanted, servertest.Properties(t, servertest.WithoutGenerated("{"+settings+"}")))
	if diff := cmp.Diff(wanted, servertest.Properties(t, servertest.WithoutGenerated(got.Body))); diff != "" {
		t.Errorf("the API differs (-want +got):\n%s", diff)
	}
}

// wantAPIRefused sends a create with settings that must violate the schema.
func wantAPIRefused(t *testing.T, x *tenant, settings, violation string) {
	t.Helper()
	x.API("POST", "/resource-servers", `{"identifier":"https://a",`+settings+`}`).Want(t, 400,
		refusedBody("Payload validation error: "+violation))
	x.API("GET", "/resource-servers?identifiers=https://a", "").Want(t, 200, `[]`)
}

func TestContract3Properties(t *testing.T) {
	t.Parallel()
	observed(t, "3.1", "an API needs only an identifier; the defaults are RS256, a lifetime of a "+
		"day, two hours for the web, and required grants",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/resource-servers", `{"identifier":"https://orders.example.com"}`,
			).Want(t, 201,
				`{"id":"RS_ID","identifier":"https://orders.example.com","allow_offline_access":false,`+
					`"skip_consent_for_verifiable_first_party_clients":false,"subject_type_authorization":`+
					`{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}},`+
					`"token_lifetime":86400,"token_lifetime_for_web":7200,"signing_alg":"RS256"}`)
		})
	observed(t, "3.1", "every property is returned as it was sent",
		func(t *testing.T, x *tenant) {
			const settings = `"allow_offline_access":true,"allow_online_access":true,` +
				`"allow_online_access_with_ephemeral_sessions":false,"skip_consent_for_verifiable_first_party_clients":true,` +
				`"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}},` +
				`"token_lifetime":3600,"token_lifetime_for_web":600,"token_dialect":"rfc9068_profile_authz","enforce_policies":false,` +
				`"signing_alg":"HS256","signing_secret":"sixteen-chars-ok","consent_policy":"transactional-authorization-with-mfa",` +
				`"authorization_details":[{"max":1.5,"type":"payment"}],"proof_of_possession":{"mechanism":"dpop","required":false,` +
				`"required_for":"all_clients"},"authorization_policy":{"policy_id":"p1"}}`
			const whole = `{"id":"RS_ID","name":"A & B","identifier":"urn:all",` +
				`"scopes":[{"value":"b:2"},{"value":"a:1","description":""}],` + settings
			got := x.API("POST", "/resource-servers", `{"identifier":"urn:all","name":"A & B",`+
				`"scopes":[{"value":"b:2"},{"value":"a:1","description":""}],`+settings)
			got.Want(t, 201, whole)
			x.API("GET", "/resource-servers/"+got.Field(t, "id"), "").Want(t, 200, whole)
		})
	observed(t, "3.1", "every property except the identifier can be changed alone",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			now := ""
			for _, change := range []string{
				`"name":"A"`,
				`"scopes":[{"value":"a"}]`,
				`"signing_secret":"sixteen-chars-ok"`,
				`"signing_alg":"PS256"`,
				`"allow_offline_access":true`,
				`"allow_online_access":false`,
				`"allow_online_access_with_ephemeral_sessions":true`,
				`"token_lifetime":7300`,
				`"token_lifetime_for_web":7300`,
				`"token_dialect":"rfc9068_profile"`,
				`"enforce_policies":true`,
				`"skip_consent_for_verifiable_first_party_clients":true`,
				`"subject_type_authorization":{"user":{"policy":"require_client_grant"},"client":{"policy":"deny_all"}}`,
				`"consent_policy":"transactional-authorization-with-mfa"`,
				`"authorization_details":[{"type":"payment"}]`,
				`"proof_of_possession":{"mechanism":"mtls","required":true}`,
				`"authorization_policy":{"policy_id":"p1"}`,
			} {
				now = strings.TrimPrefix(now+","+change, ",")
				wantAPI(t, x.API("PATCH", aPath, "{"+change+"}"), 200, now)
			}
			wantAPI(t, x.API("GET", aPath, ""), 200, now)
		})
	observed(t, "3.1", "an identifier is any text, not only a URL, and is compared byte by byte",
		func(t *testing.T, x *tenant) {
			for _, identifier := range []string{
				"https://a", "https://a/", "HTTPS://a", "orders", "käse & brot",
			} {
				x.API("POST", "/resource-servers", `{"identifier":"`+identifier+`"}`).Want(t, 201,
					`{"id":"RS_ID","identifier":"`+identifier+`",`+servertest.MinimalAPI)
			}
		})
	observed(t, "3.1",
		"scopes that were never sent are omitted; an empty list is returned as empty",
		func(t *testing.T, x *tenant) {
			wantAPI(
				t, x.API("POST", "/resource-servers", `{"identifier":"https://a","scopes":[]}`),
				201, `"scopes":[]`,
			)
			x.API("POST", "/resource-servers", `{"identifier":"https://b"}`).Want(t, 201,
				`{"id":"RS_ID","identifier":"https://b",`+servertest.MinimalAPI)
		})
	observed(t, "3.1", "POST and PATCH accept token_lifetime_for_web",
		func(t *testing.T, x *tenant) {
			wantAPI(t, x.API(
				"POST", "/resource-servers",
				`{"identifier":"https://a","token_lifetime_for_web":600}`,
			), 201,
				`"token_lifetime_for_web":600`)
			wantAPI(
				t, x.API("PATCH", aPath, `{"token_lifetime_for_web":900}`), 200,
				`"token_lifetime_for_web":900`,
			)
		})
	observed(t, "3.1", "authorization_details is a list of types",
		func(t *testing.T, x *tenant) {
			wantAPI(t, x.API(
				"POST", "/resource-servers",
				`{"identifier":"https://a","authorization_details":[{"type":"payment"}]}`,
			), 201,
				`"authorization_details":[{"type":"payment"}]`)
		})
	observed(t, "3.1", "authorization_policy holds the id of the policy",
		func(t *testing.T, x *tenant) {
			wantAPI(t, x.API(
				"POST", "/resource-servers",
				`{"identifier":"https://a","authorization_policy":{"policy_id":"p1"}}`,
			), 201,
				`"authorization_policy":{"policy_id":"p1"}`)
		})
	observed(t, "3.1", "only system APIs have is_system",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/resource-servers?fields=identifier,is_system", "").Want(t, 200,
				x.Expand(
					`[{"identifier":"$URL/api/v2/","is_system":true},{"identifier":"https://sample-api.example.com"}]`,
				))
		})
	observed(t, "3.1",
		"if a client of type resource_server represents an API, the API shows its id",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			client := x.Must(
				"POST",
				"/clients",
				`{"name":"A","app_type":"resource_server","resource_server_identifier":"https://a"}`,
			).Field(t, "client_id")
			wantAPI(t, x.API("GET", aPath, ""), 200, `"client_id":"`+client+`"`)
		})
	documented(t, "3.1", "generated properties and the obsolete options cannot be sent",
		func(t *testing.T, x *tenant) {
			wantAPIRefused(t, x, `"client_id":"c","id":"x","is_system":true,"options":{}`,
				`'Additional properties not allowed: client_id,id,is_system,options'.`)
		})
}

func TestContract3Constraints(t *testing.T) {
	t.Parallel()
	documented(t, "3.1", "an identifier has 1 to 600 characters",
		func(t *testing.T, x *tenant) {
			identifier := strings.Repeat("ä", 600)
			x.API("POST", "/resource-servers", `{"identifier":"`+identifier+`"}`).Want(t, 201,
				`{"id":"RS_ID","identifier":"`+identifier+`",`+servertest.MinimalAPI)
			const ofIdentifier = ` on property identifier (Unique identifier for this API).`
			x.API(
				"POST", "/resource-servers", `{"identifier":"`+identifier+`a"}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'String is too long (601 chars), maximum 600'`+
					ofIdentifier))
			x.API("POST", "/resource-servers", `{"identifier":""}`).Want(t, 400, refusedBody(
				`Payload validation error: 'String is too short (0 chars), minimum 1'`+
					ofIdentifier))
		})
	documented(t, "3.1", "a name has 1 to 200 characters and no angle brackets",
		func(t *testing.T, x *tenant) {
			const ofName = ` on property name (Friendly name for this resource server).`
			long := strings.Repeat("ö", 200)
			wantAPIRefused(
				t, x, `"name":"`+long+`o"`, `'String is too long (201 chars), maximum 200'`+ofName,
			)
			wantAPIRefused(
				t, x, `"name":"a>b"`, `'String does not match pattern ^[^<>]+$: a>b'`+ofName,
			)
			wantAPIRefused(t, x, `"name":""`, `'String does not match pattern ^[^<>]+$: '`+ofName)
			wantAPI(
				t,
				x.API("POST", "/resource-servers", `{"identifier":"https://a","name":"`+long+`"}`),
				201, `"name":"`+long+`"`,
			)
		})
	documented(t, "3.1", "signing_alg is HS256, RS256, RS512 or PS256",
		func(t *testing.T, x *tenant) {
			wantAPIRefused(
				t, x, `"signing_alg":"RS384"`,
				`'No enum match for: RS384' on property signing_alg (Algorithm used to sign JWTs).`,
			)
			makeAPI(x, "")
			for _, alg := range []string{"RS512", "PS256", "RS256"} {
				wantAPI(
					t, x.API("PATCH", aPath, `{"signing_alg":"`+alg+`"}`), 200,
					`"signing_alg":"`+alg+`"`,
				)
			}
			wantAPI(
				t, x.API("PATCH", aPath, `{"signing_alg":"HS256"}`), 200,
				`"signing_alg":"HS256","signing_secret":"MADE"`,
			)
		})
	documented(t, "3.1", "lifetimes are whole seconds from 0 to 30 days",
		func(t *testing.T, x *tenant) {
			const ofLifetime = ` on property token_lifetime (Expiration value (in seconds) for access tokens issued for this API).`
			wantAPIRefused(
				t, x, `"token_lifetime":-1`, `'Value -1 is less than minimum 0'`+ofLifetime,
			)
			wantAPIRefused(
				t, x, `"token_lifetime":2592001`,
				`'Value 2592001 is greater than maximum 2592000'`+ofLifetime,
			)
			wantAPIRefused(
				t, x, `"token_lifetime":1.5`,
				`'Expected type integer but found type number'`+ofLifetime,
			)
			makeAPI(x, `,"token_lifetime":2592000,"token_lifetime_for_web":2592000`)
			wantAPI(t, x.API(
				"PATCH", aPath, `{"token_lifetime":0,"token_lifetime_for_web":0}`,
			), 200,
				`"token_lifetime":0,"token_lifetime_for_web":0`)
		})
	assumed(t, "3.1", "a token_lifetime_for_web above token_lifetime is refused",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			x.API("PATCH", aPath, `{"token_lifetime":60,"token_lifetime_for_web":61}`).
				WantProperties(t, 400, `{"errorCode":"invalid_body"}`)
			x.API("PATCH", aPath, `{"token_lifetime_for_web":86401}`).WantProperties(t, 400,
				`{"errorCode":"invalid_body"}`)
			wantAPI(t, x.API("GET", aPath, ""), 200, ``)
		})
	assumed(t, "3.1", "token_lifetime can be set below the stored token_lifetime_for_web, which "+
		"does not change",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			wantAPI(
				t, x.API("PATCH", aPath, `{"token_lifetime":60}`), 200,
				`"token_lifetime":60,"token_lifetime_for_web":7200`,
			)
		})
	documented(t, "3.1", "consent_policy has one valid value; the id of an authorization policy "+
		"has 1 to 1024 characters",
		func(t *testing.T, x *tenant) {
			wantAPIRefused(
				t, x, `"consent_policy":"none"`,
				`'No enum match for: none' on property consent_policy.`,
			)
			wantAPIRefused(
				t,
				x,
				`"authorization_policy":{"policy_id":""}`,
				`'String is too short (0 chars), minimum 1' on property authorization_policy.policy_id.`,
			)
			wantAPIRefused(
				t,
				x,
				`"authorization_policy":{"policy_id":"`+strings.Repeat("p", 1025)+
					`"}`,
				`'String is too long (1025 chars), maximum 1024' on property authorization_policy.policy_id.`,
			)
		})
}
