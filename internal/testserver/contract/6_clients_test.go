// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"encoding/json"
	"encoding/pem"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// wantClient compares a client except for four properties whose values are not known.
func wantClient(t *testing.T, got servertest.Answer, status int, body string) {
	t.Helper()
	shown := servertest.Properties(t, got.Body)
	for _, name := range []string{"tenant", "encrypted", "signing_keys", "cross_origin_auth"} {
		delete(shown, name)
	}
	rest, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	servertest.Answer{Status: got.Status, Body: string(rest)}.WantJSON(t, status, body)
}

// shownClient is a client as its owner sees it. The given settings replace defaults of the same
// name.
func shownClient(t *testing.T, id, secret, settings string) string {
	t.Helper()
	client := servertest.Properties(
		t,
		`{"name":"Orders","global":false,"callback_url_template":false,"is_first_party":true,"oidc_conformant":false,`+
			`"is_token_endpoint_ip_header_trusted":false,"sso_disabled":false,"cross_origin_authentication":false,"custom_login_page_on":true,`+
			`"grant_types":["authorization_code","implicit","refresh_token","client_credentials"],`+
			`"jwt_configuration":{"secret_encoded":false,"lifetime_in_seconds":36000},`+
			`"refresh_token":{"rotation_type":"non-rotating","expiration_type":"non-expiring","leeway":0,"token_lifetime":2592000,`+
			`"idle_token_lifetime":1296000,"infinite_token_lifetime":true,"infinite_idle_token_lifetime":true}}`,
	)
	maps.Copy(client, servertest.Properties(t, `{"client_id":"`+id+`"`+settings+`}`))
	if secret != "" {
		client["client_secret"] = secret
	}
	body, err := json.Marshal(client)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// wantCreated creates a client named Orders with the given settings and compares the answer.
func wantCreated(t *testing.T, x *tenant, settings, shown string) {
	t.Helper()
	got := x.API("POST", "/clients", `{"name":"Orders"`+settings+`}`)
	if got.Status != 201 {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	secret := ""
	if has(t, got.Body, "client_secret") {
		secret = got.Field(t, "client_secret")
	}
	wantClient(t, got, 201, shownClient(t, got.Field(t, "client_id"), secret, shown))
}

const (
	longLifetimes = `,"refresh_token":{"rotation_type":"non-rotating","expiration_type":"non-expiring","leeway":0,"token_lifetime":31557600,` +
		`"idle_token_lifetime":2592000,"infinite_token_lifetime":true,"infinite_idle_token_lifetime":true}`
	playsAPI        = `,"oidc_conformant":true,"jwt_configuration":{"secret_encoded":false,"alg":"RS256"}`
	withoutMachines = `,"grant_types":["authorization_code","implicit","refresh_token"]`
	noClient        = `{"statusCode":404,"error":"Not Found","message":"The client does not exist","errorCode":"inexistent_client"}`
	machinePath     = "/clients/ReferenceMachineClient0000000001"
)

func TestContract6Defaults(t *testing.T) {
	t.Parallel()
	observed(t, "6.1", "a client that is created with only a name has defaults for all other "+
		"settings",
		func(t *testing.T, x *tenant) {
			wantCreated(t, x, ``, ``)
		})
	observed(t, "6.1", "a non_interactive client has all four grant types by default",
		func(t *testing.T, x *tenant) {
			wantCreated(t, x, `,"app_type":"non_interactive"`, `,"app_type":"non_interactive"`)
		})
	observed(t, "6.1",
		"clients of type spa and native have no client_credentials by default",
		func(t *testing.T, x *tenant) {
			wantCreated(t, x, `,"app_type":"spa"`, `,"app_type":"spa"`+withoutMachines)
			wantCreated(t, x, `,"app_type":"native"`, `,"app_type":"native"`+withoutMachines)
		})
	observed(t, "6.1", "a client with the authentication method none has no client_credentials "+
		"by default",
		func(t *testing.T, x *tenant) {
			const none = `,"token_endpoint_auth_method":"none"`
			wantCreated(t, x, none, none+withoutMachines)
		})
	observed(t, "6.1", "a client of type resource_server has no grant types and names its API",
		func(t *testing.T, x *tenant) {
			const linked = `,"app_type":"resource_server","resource_server_identifier":"https://sample-api.example.com"`
			wantCreated(t, x, linked, linked+`,"grant_types":[]`+playsAPI)
		})
	observed(t, "6.1", "a client of type resource_server is OIDC conformant, with RS256 and no "+
		"lifetime for ID tokens",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/clients", `{"name":"Orders","app_type":"resource_server"}`,
			).WantProperties(t, 201,
				`{"oidc_conformant":true,"jwt_configuration":{"secret_encoded":false,"alg":"RS256"}}`)
		})
	observed(t, "6.1", "a client with the authentication method none has the default lifetimes "+
		"of refresh tokens",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/clients", `{"name":"Orders","token_endpoint_auth_method":"none"}`,
			).WantProperties(t, 201,
				`{"refresh_token":{"rotation_type":"non-rotating","expiration_type":"non-expiring","leeway":0,`+
					`"token_lifetime":2592000,"idle_token_lifetime":1296000,`+
					`"infinite_token_lifetime":true,"infinite_idle_token_lifetime":true}}`)
		})
	observed(t, "6.1", "session_transfer is returned with defaults for omitted properties",
		func(t *testing.T, x *tenant) {
			const allDefaults = `"session_transfer":{"can_create_session_transfer_token":false,` +
				`"allowed_authentication_methods":[],"enforce_device_binding":"ip","allow_refresh_token":false}`
			wantCreated(t, x, `,"session_transfer":{}`, `,`+allDefaults)
			const sent = `,"session_transfer":{"can_create_session_transfer_token":true,"allow_refresh_token":true}`
			wantCreated(t, x, sent,
				`,"session_transfer":{"can_create_session_transfer_token":true,`+
					`"allowed_authentication_methods":[],"enforce_device_binding":"ip","allow_refresh_token":true}`)
			id, _ := x.MakeClient("")
			x.API("PATCH", "/clients/"+id, `{"session_transfer":{}}`).WantProperties(t, 200,
				`{`+allDefaults+`}`)
		})
	observed(t, "6.1", "the policies of refresh tokens are returned as they were sent",
		func(t *testing.T, x *tenant) {
			const sent = `"refresh_token":{"rotation_type":"rotating","expiration_type":"expiring",` +
				`"policies":[{"audience":"https://sample-api.example.com","scope":["read:reports"]}]}`
			got := x.API("POST", "/clients", `{"name":"Orders",`+sent+`}`)
			got.WantProperties(t, 201, `{`+sent+`}`)
			const changed = `"refresh_token":{"rotation_type":"rotating","expiration_type":"expiring",` +
				`"policies":[{"audience":"urn:other","scope":[]}]}`
			path := "/clients/" + got.Field(t, "client_id")
			x.API("PATCH", path, `{`+changed+`}`).WantProperties(t, 200, `{`+changed+`}`)
			x.API("GET", path, "").WantProperties(t, 200, `{`+changed+`}`)
		})
	observed(t, "6.1", "oidc_logout and oidc_backchannel_logout are the same object, and null "+
		"clears both",
		func(t *testing.T, x *tenant) {
			const logout = `{"backchannel_logout_urls":["https://orders.example.com/logout"]}`
			const both = `"oidc_logout":` + logout + `,"oidc_backchannel_logout":` + logout
			wantCreated(t, x, `,"oidc_logout":`+logout, `,`+both)
			got := x.API(
				"POST", "/clients", `{"name":"Orders","oidc_backchannel_logout":`+logout+`}`,
			)
			got.WantProperties(t, 201, `{`+both+`}`)
			path := "/clients/" + got.Field(t, "client_id")
			const none = `{"oidc_logout":null,"oidc_backchannel_logout":null}`
			x.API("PATCH", path, `{"oidc_backchannel_logout":null}`).WantProperties(t, 200, none)
			x.API("GET", path, "").WantProperties(t, 200, none)
		})
	observed(t, "6.1", "the grant type of federated connection access tokens is accepted",
		func(t *testing.T, x *tenant) {
			const sent = `,"grant_types":["urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token"]`
			wantCreated(t, x, sent, sent)
		})
	observed(t, "6.1", "refresh tokens have longer lifetimes if an authentication method is sent",
		func(t *testing.T, x *tenant) {
			const post = `,"token_endpoint_auth_method":"client_secret_post"`
			wantCreated(t, x, post, post+longLifetimes)
		})
	observed(t, "6.1", "settings are returned as they were sent",
		func(t *testing.T, x *tenant) {
			const sent = `,"description":"Takes orders","app_type":"regular_web","oidc_conformant":true,"grant_types":["client_credentials"],` +
				`"is_token_endpoint_ip_header_trusted":true,"sso_disabled":true,"cross_origin_authentication":true,"custom_login_page_on":false,` +
				`"client_metadata":{"team":"sales"},"jwt_configuration":{"secret_encoded":false,"lifetime_in_seconds":60,"alg":"RS256"}`
			wantCreated(t, x, sent, sent)
		})
	documented(t, "6.1", "a client's token quota is returned as it was sent",
		func(t *testing.T, x *tenant) {
			const sent = `,"token_quota":{"client_credentials":{"enforce":true,"per_day":100,"per_hour":10}}`
			wantCreated(t, x, sent, sent)
		})
	observed(t, "6.1", "clients show the certificate of the tenant's current signing key",
		func(t *testing.T, x *tenant) {
			id, _ := x.MakeClient("")
			keys, _ := servertest.Properties(t, x.API("GET", "/clients/"+id, "").Body)["signing_keys"].([]any)
			if len(keys) == 0 {
				t.Fatal("no signing keys")
			}
			key := keys[0].(map[string]any)
			if diff := cmp.Diff(
				[]string{"cert", "pkcs7", "subject"}, slices.Sorted(maps.Keys(key)),
			); diff != "" {
				t.Errorf("properties (-want +got):\n%s", diff)
			}
			text, _ := key["cert"].(string)
			block, _ := pem.Decode([]byte(text))
			if block == nil || !slices.Equal(block.Bytes, publishedCertificates(t, x)[0]) {
				t.Errorf("certificate %v", key["cert"])
			}
		})
	observed(t, "6.1", "the server generates a client id of 32 letters and digits and a secret "+
		"of 64 characters",
		func(t *testing.T, x *tenant) {
			id, secret := x.MakeClient("")
			if !regexp.MustCompile(`^[A-Za-z0-9]{32}$`).MatchString(id) {
				t.Errorf("id %q", id)
			}
			if !regexp.MustCompile(`^[A-Za-z0-9_-]{64}$`).MatchString(secret) {
				t.Errorf("secret %q", secret)
			}
		})
	observed(t, "6.1", "several clients can have the same name", func(t *testing.T, x *tenant) {
		first, _ := x.MakeClient("")
		second, _ := x.MakeClient("")
		for _, id := range []string{first, second} {
			x.API("GET", "/clients/"+id+"?fields=name", "").WantJSON(t, 200, `{"name":"Orders"}`)
		}
		if first == second {
			t.Errorf("both are %s", first)
		}
	})
}

func TestContract6Properties(t *testing.T) {
	t.Parallel()
	documented(t, "6.1", "a client's name is required and cannot contain < or >",
		func(t *testing.T, x *tenant) {
			wantInvalid(
				t, x.API("POST", "/clients", `{"app_type":"spa"}`),
				"Payload validation error: 'Missing required property: name'",
			)
			wantInvalid(t, x.API("POST", "/clients", `{"name":"a<b"}`),
				"Payload validation error: 'String does not match pattern ^[^<>]+$: a<b' on "+
					"property name")
			wantInvalid(t, x.API("POST", "/clients", `{"name":""}`), "on property name")
		})
	documented(t, "6.1", "a client's description has at most 140 characters",
		func(t *testing.T, x *tenant) {
			long := strings.Repeat("d", 140)
			wantCreated(t, x, `,"description":"`+long+`"`, `,"description":"`+long+`"`)
			wantInvalid(
				t, x.API("POST", "/clients", `{"name":"Orders","description":"`+long+`d"}`),
				"on property description",
			)
		})
	documented(t, "6.1", "the values of client_metadata are strings of at most 255 characters",
		func(t *testing.T, x *tenant) {
			long := strings.Repeat("v", 255)
			wantCreated(
				t, x, `,"client_metadata":{"k":"`+long+`"}`, `,"client_metadata":{"k":"`+long+`"}`,
			)
			wantInvalid(
				t,
				x.API("POST", "/clients", `{"name":"Orders","client_metadata":{"k":"`+long+`v"}}`),
				"on property client_metadata",
			)
		})
	documented(t, "6.1", "an unknown app_type or authentication method is refused",
		func(t *testing.T, x *tenant) {
			wantInvalid(
				t, x.API("POST", "/clients", `{"name":"Orders","app_type":"robot"}`),
				"on property app_type",
			)
			wantInvalid(t, x.API(
				"POST", "/clients", `{"name":"Orders","token_endpoint_auth_method":"handshake"}`,
			),
				"on property token_endpoint_auth_method")
		})
	observed(t, "6.1", "the refusal of an unknown grant type names it",
		func(t *testing.T, x *tenant) {
			wantProblem(t, x.API(
				"POST", "/clients", `{"name":"Orders","grant_types":["client_credentials","magic"]}`,
			), 400,
				"Invalid grant types: magic")
		})
	observed(t, "6.1", "client_id cannot be sent", func(t *testing.T, x *tenant) {
		wantRefusal(t, x.API(
			"POST", "/clients", `{"name":"Orders","client_id":"abcdefghijklmnopqrstuvwxyz012345"}`,
		))
		x.API("GET", "/clients/abcdefghijklmnopqrstuvwxyz012345", "").WantJSON(t, 404, noClient)
	})
	documented(t, "6.1", "a client's secret can be set, which needs the scope update:client_keys",
		func(t *testing.T, x *tenant) {
			id, old := x.MakeClient(`,"grant_types":["client_credentials"]`)
			x.GrantTo(id, "")
			const secret = "chosen-secret_00000000000000000000000000000000000000000000000000"
			refused := x.Send(
				"PATCH", "/api/v2/clients/"+id, `{"client_secret":"`+secret+`"}`, servertest.AsJSON,
				x.Bearer("update:clients"),
			)
			if refused.Status != 403 {
				t.Errorf("without update:client_keys: %d %s", refused.Status, refused.Body)
			}
			x.Must("PATCH", "/clients/"+id, `{"client_secret":"`+secret+`"}`)
			x.API("GET", "/clients/"+id+"?fields=client_secret", "").WantJSON(t, 200,
				`{"client_secret":"`+secret+`"}`)
			x.AskTokenAs(id, secret, "").Token(t)
			x.AskTokenAs(id, old, "").WantJSON(t, 401, unauthorized)
		})
	documented(t, "6.1", "is_first_party cannot be changed",
		func(t *testing.T, x *tenant) {
			id, _ := x.MakeClient("")
			wantRefusal(t, x.API("PATCH", "/clients/"+id, `{"is_first_party":false}`))
			x.API("GET", "/clients/"+id+"?fields=is_first_party", "").WantJSON(t, 200,
				`{"is_first_party":true}`)
		})
	documented(t, "6.1", "the API of a client of type resource_server cannot be changed",
		func(t *testing.T, x *tenant) {
			x.Must("POST", "/resource-servers", `{"identifier":"urn:b"}`)
			made := x.Must(
				"POST",
				"/clients",
				`{"name":"Orders","app_type":"resource_server","resource_server_identifier":"https://sample-api.example.com"}`,
			)
			wantRefusal(t, x.API(
				"PATCH", "/clients/"+made.Field(t, "client_id"),
				`{"resource_server_identifier":"urn:b"}`,
			))
		})
	documented(t, "6.1", "token_endpoint_auth_method and client_authentication_methods cannot "+
		"both be set",
		func(t *testing.T, x *tenant) {
			got := x.API("POST", "/clients",
				`{"name":"Orders","token_endpoint_auth_method":"client_secret_post",`+
					`"client_authentication_methods":{"private_key_jwt":{"credentials":[`+
					inlineKey(t)+`]}}}`)
			if got.Status != 400 {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
		})
	observed(t, "6.1", "a default organization has an id and flows, and null removes it",
		func(t *testing.T, x *tenant) {
			id, secret := x.MakeClient("")
			setting := `{"organization_id":"` + x.AddOrganization("acme") +
				`","flows":["client_credentials"]}`
			wantClient(t, x.API(
				"PATCH", "/clients/"+id, `{"default_organization":`+setting+`}`,
			), 200,
				shownClient(t, id, secret, `,"default_organization":`+setting))
			wantClient(
				t, x.API("PATCH", "/clients/"+id, `{"default_organization":null}`), 200,
				shownClient(t, id, secret, ``),
			)
		})
	documented(t, "6.1", "a default organization needs both its id and its flows",
		func(t *testing.T, x *tenant) {
			id, _ := x.MakeClient("")
			wantInvalid(t, x.API(
				"PATCH", "/clients/"+id,
				`{"default_organization":{"organization_id":"`+x.AddOrganization("acme")+`"}}`,
			),
				"Missing required property: flows")
			wantInvalid(t, x.API(
				"PATCH", "/clients/"+id,
				`{"default_organization":{"flows":["client_credentials"]}}`,
			),
				"Missing required property: organization_id")
		})
}

func TestContract6ThirdPartyClients(t *testing.T) {
	t.Parallel()
	documented(t, "6.1", "a third-party client has an id that starts with tpc_",
		func(t *testing.T, x *tenant) {
			got := x.Must("POST", "/clients", `{"name":"Partner","is_first_party":false}`)
			if id := got.Field(t, "client_id"); !regexp.MustCompile(
				`^tpc_[A-Za-z0-9]+$`,
			).MatchString(id) {
				t.Errorf("id %q", id)
			}
			if first := servertest.Properties(t, got.Body)["is_first_party"]; first != false {
				t.Errorf("is_first_party %v", first)
			}
		})
	documented(t, "6.1", "the grant types of a third-party client can only be "+
		"authorization_code, refresh_token and client_credentials",
		func(t *testing.T, x *tenant) {
			got := x.Must(
				"POST",
				"/clients",
				`{"name":"Partner","is_first_party":false,"grant_types":["authorization_code","refresh_token","client_credentials"]}`,
			)
			grantTypes := []any{"authorization_code", "refresh_token", "client_credentials"}
			if diff := cmp.Diff(grantTypes, servertest.Properties(t, got.Body)["grant_types"]); diff != "" {
				t.Errorf("grant types (-want +got):\n%s", diff)
			}
			wantRefusal(t, x.API(
				"POST", "/clients",
				`{"name":"Partner","is_first_party":false,"grant_types":["implicit"]}`,
			))
		})
	documented(t, "6.1", "a third-party client cannot be granted a system API",
		func(t *testing.T, x *tenant) {
			id := x.Must("POST", "/clients", `{"name":"Partner","is_first_party":false}`).
				Field(t, "client_id")
			got := x.API(
				"POST", "/client-grants",
				`{"client_id":"`+id+`","audience":"$URL/api/v2/","scope":[]}`,
			)
			if got.Status != 400 {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
		})
}

func TestContract6ReadingSecrets(t *testing.T) {
	t.Parallel()
	observed(t, "6.2", "only a token with read:client_keys sees a client's secret and signing keys",
		func(t *testing.T, x *tenant) {
			path := "/api/v2" + machinePath
			hidden := x.Send("GET", path, "", x.Bearer("read:clients"))
			if has(t, hidden.Body, "client_secret") || has(t, hidden.Body, "signing_keys") ||
				hidden.Field(t, "name") != "Machine Client" {
				t.Errorf("got %d %s", hidden.Status, hidden.Body)
			}
			shown := x.Send("GET", path, "", x.Bearer("read:client_keys"))
			if shown.Field(t, "client_secret") != testserver.MachineClientSecret ||
				!has(t, shown.Body, "signing_keys") {
				t.Errorf("got %d %s", shown.Status, shown.Body)
			}
		})
	documented(t, "6.2", "naming a field that the token may not read is a 403",
		func(t *testing.T, x *tenant) {
			reader := x.Bearer("read:clients")
			const refusal = `{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:client_keys",` +
				`"errorCode":"insufficient_scope"}`
			x.Send("GET", "/api/v2"+machinePath+"?fields=client_secret", "", reader).
				WantJSON(t, 403, refusal)
			x.Send("GET", "/api/v2/clients?fields=name,signing_keys", "", reader).WantJSON(t, 403,
				refusal)
		})
}
