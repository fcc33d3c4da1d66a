// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// refusedToken reads a token, and the token endpoint refuses it.
func refusedToken(status int, code, message string, config values) func(*scene) {
	return func(s *scene) {
		s.on("POST "+tokenPath, refusesToken(status, code, message))
		s.run()
		s.readsData("m2m_access_token", config)
	}
}

// token returns a token of the provider's client.
func (s *scene) token(audience string) string {
	s.T.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "audience": {audience},
		"client_id":     {testserver.ManagementClientID},
		"client_secret": {testserver.ManagementClientSecret},
	}
	r := httptest.NewRequestWithContext(
		s.Context(), http.MethodPost, sceneURL+tokenPath, strings.NewReader(form.Encode()),
	)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	s.tenant.ServeHTTP(recorder, r)
	var issued struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &issued); err != nil {
		s.T.Fatal(err)
	}
	return issued.Token
}

// granted has a grant of the sample API to the machine client.
func granted(then func(*scene)) func(*scene) {
	return func(s *scene) {
		s.tenant.Granted()
		s.run()
		then(s)
	}
}

const noGrant = `Client is not authorized to access "x". You need to create a "client-grant" ` +
	`associated to this API.`

var tokenScenes = map[string]func(*scene){
	"no client": func(s *scene) {
		s.run("AUTH0_API_TOKEN", "token", "AUTH0_CLIENT_ID", "", "AUTH0_CLIENT_SECRET", "")
		s.readsData("m2m_access_token", values{"audience": sampleAPI})
	},
	"no secret": func(s *scene) {
		s.run()
		s.readsData("m2m_access_token", values{"audience": sampleAPI, "client_id": "other"})
	},
	"method without a secret": func(s *scene) {
		s.run(ownKey...)
		s.readsData("m2m_access_token", values{
			"audience": sampleAPI, "token_endpoint_auth_method": "client_secret_basic",
		})
	},
	"wrong secret": func(s *scene) {
		s.run()
		for range 2 {
			s.readsData("m2m_access_token", tokenFor().with("client_secret", "wrong"))
		}
	},
	"wrong key": refusedToken(401, "invalid_client", "No matching key", values{
		"audience": sampleAPI, "client_id": machineClient,
		"client_assertion_private_key": testkeys.PrivatePEM(),
	}),
	"own secret": refusedToken(401, "access_denied", "Unauthorized", values{"audience": sampleAPI}),
	"no such API": refusedToken(
		403, "access_denied", "Service not enabled within domain: x", tokenFor(),
	),
	"scopes not granted": granted(func(s *scene) {
		s.readsData("m2m_access_token", tokenFor().with("scopes", []string{"x"}).
			with("client_grant_id", "cgr_Planned000000001"))
	}),
	"no grant": func(s *scene) {
		s.run()
		s.readsData("m2m_access_token", tokenFor())
		s.readsData("m2m_access_token", tokenFor().with("scopes", []string{"a", "b"}))
	},
	"no grant for an organization": refusedToken(403, "access_denied", noGrant, tokenFor().with(
		"organization", "acme",
	)),
	"no grant for an organization by id": refusedToken(
		403, "access_denied", noGrant, tokenFor().with("organization", "org_Ab12Cd34Ef56Gh78"),
	),
	"organization is required": refusedToken(
		400, "invalid_request", "parameter organization is required for this client", tokenFor(),
	),
	"organization is not allowed": refusedToken(403, "access_denied",
		"parameter organization is not allowed for this client", tokenFor().with(
			"organization", "acme",
		)),
	"organization is invalid": refusedToken(403, "access_denied",
		"parameter organization is invalid: acme", tokenFor().with("organization", "acme")),
	"organization in other words": refusedToken(403, "access_denied",
		"This organization is closed", tokenFor().with("organization", "acme")),
	"quota":   refusedToken(429, "too_many_requests", "Client quota exceeded", tokenFor()),
	"action":  refusedToken(400, "invalid_request", "Not on Sundays", tokenFor()),
	"no type": refusedToken(403, "unauthorized_client", "Grant type not allowed", tokenFor()),
	"other token": granted(func(s *scene) {
		s.on("POST "+tokenPath, gives(200, "application/json", fmt.Sprintf(
			`{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, s.token(systemAPI),
		)))
		s.readsData("m2m_access_token", tokenFor())
		s.readsData("m2m_access_token", tokenFor().with("signing_secret", "0123456789abcdef"))
	}),
	"no signing secret": granted(func(s *scene) {
		s.tenant.ChangeSampleAPI(`{"signing_alg":"HS256"}`)
		s.readsData("m2m_access_token", tokenFor())
	}),
	"opaque token": granted(func(s *scene) {
		s.on("POST "+tokenPath, gives(200, "application/json",
			`{"access_token":"opaque","token_type":"Bearer","expires_in":3600}`))
		s.readsData("m2m_access_token", tokenFor())
	}),
	"missing scopes": granted(func(s *scene) {
		s.on("POST "+tokenPath, func(r *http.Request) (*http.Response, error) {
			return gives(200, "application/json", `{"access_token":"opaque","scope":"a",`+
				`"token_type":"Bearer","expires_in":3600}`)(r)
		})
		s.readsData("m2m_access_token", tokenFor().with("scopes", []string{"a", "b"}).
			with("verify", false))
	}),
	"no keys": granted(func(s *scene) {
		s.on("GET /.well-known/jwks.json", gives(500, "text/html", "x"))
		s.on("GET /.well-known/openid-configuration", gives(500, "text/html", "x"))
		s.readsData("m2m_access_token", tokenFor())
	}),
	"expires too soon": granted(func(s *scene) {
		s.tenant.ChangeSampleAPI(`{"token_lifetime":60}`)
		s.opens(tokenFor().with("min_remaining", "1h"))
	}),
	"expires during the run": granted(func(s *scene) {
		s.tenant.ChangeSampleAPI(`{"token_lifetime":3600}`)
		opened := s.opens(tokenFor())
		time.Sleep(59*time.Minute + time.Second)
		renewed, err := s.Server.RenewEphemeralResource(
			s.Context(), &tfprotov6.RenewEphemeralResourceRequest{
				TypeName: "m2m_access_token", Private: opened.Private,
			},
		)
		s.hear("A token", renewed.Diagnostics, err)
		for range 2 {
			closed, err := s.Server.CloseEphemeralResource(
				s.Context(), &tfprotov6.CloseEphemeralResourceRequest{
					TypeName: "m2m_access_token", Private: opened.Private,
				},
			)
			s.hear("A token", closed.Diagnostics, err)
			time.Sleep(time.Hour)
		}
	}),
	"OpenTofu": func(s *scene) {
		s.Start(s.tenant.Env("AUTH0_DOMAIN", sceneDomain))
		configured, err := s.Server.ConfigureProvider(
			s.Context(), &tfprotov6.ConfigureProviderRequest{
				TerraformVersion: "1.11.5",
				Config:           s.objectOf(s.Schema.Provider, ownSecret().with("domain", unknownText)),
			},
		)
		s.hear("The provider block", configured.Diagnostics, err)
		s.opens(tokenFor())
		s.readsData("m2m_access_token", tokenFor())
	},
}

var importScenes = map[string]func(*scene){
	"ids": func(s *scene) {
		s.run()
		s.imports(apiType, " ")
		s.imports(grantType, "grant")
		s.imports(associationType, "acme")
		s.imports(scopeType, "read:orders")
		s.imports(exclusiveType, acctest.OrdersAPI)
		resp, err := s.Server.ImportResourceState(
			s.Context(), &tfprotov6.ImportResourceStateRequest{
				TypeName: associationType,
				Identity: protocol.IdentityData(s.T, map[string]string{
					"organization_id": "acme", "grant_id": "cgr_Ab12Cd34Ef56Gh78",
				}),
			},
		)
		s.hear("An import", resp.Diagnostics, err)
	},
	"missing objects": func(s *scene) {
		s.tenant.AddGrantOf("user")
		s.tenant.AddGrantOf("anonymous_user")
		s.run()
		s.imports(apiType, acctest.OrdersAPI)
		s.imports(grantType, "nobody::"+acctest.OrdersAPI)
		s.imports(grantType, machineClient+"::"+sampleAPI)
	},
	"states that cannot be moved": func(s *scene) {
		s.Start(nil)
		s.moves(apiType, "auth0_resource_server", "")
		s.moves(apiType, "auth0_resource_server", "{")
		s.moves(apiType, "auth0_resource_server", `{"identifier":1}`)
		s.moves(apiType, "auth0_resource_server", `{}`)
		s.moves(grantType, "auth0_client_grant", `{}`)
		s.moves(associationType, "auth0_organization_client_grant", `{}`)
		s.moves(scopeType, "auth0_resource_server_scope", `{}`)
	},
	"attributes left behind": func(s *scene) {
		s.Start(nil)
		s.moves(apiType, "auth0_resource_server", `{"id":"68f0a1b2c3d4e5f60718293a","identifier":"`+
			acctest.OrdersAPI+`","verification_location":"x","options":{"a":"b"}}`)
	},
}
