// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
)

// given validates blocks of a resource.
func given(typeName string, configs ...values) func(*scene) {
	return func(s *scene) {
		s.Start(nil)
		for _, config := range configs {
			s.validate(typeName, config)
		}
	}
}

// givenData validates blocks of a data source.
func givenData(typeName string, configs ...values) func(*scene) {
	return func(s *scene) {
		s.Start(nil)
		for _, config := range configs {
			s.validateData(typeName, config)
		}
	}
}

// lists validates a query, and runs it if it is valid.
func (s *scene) lists(typeName string, filters values) {
	s.T.Helper()
	server, ok := s.Server.(tfprotov6.ListResourceServer)
	if !ok {
		s.T.Fatal("the provider cannot list resources")
	}
	config := s.objectOf(s.Schema.ListResourceSchemas[typeName], filters)
	valid, err := server.ValidateListResourceConfig(
		s.Context(), &tfprotov6.ValidateListResourceConfigRequest{
			TypeName: typeName, Config: config,
		},
	)
	s.hear("A query", valid.Diagnostics, err)
	if len(valid.Diagnostics) > 0 {
		return
	}
	stream, err := server.ListResource(s.Context(), &tfprotov6.ListResourceRequest{
		TypeName: typeName, Config: config, Limit: 10,
	})
	if err != nil {
		s.T.Fatal(err)
	}
	for _, result := range slices.Collect(stream.Results) {
		s.hear("A query", result.Diagnostics, nil)
	}
}

// decodes calls the function decode_jwt. Terraform shows its errors as diagnostics.
func (s *scene) decodes(token string) {
	s.T.Helper()
	value, err := tfprotov6.NewDynamicValue(tftypes.String, tftypes.NewValue(tftypes.String, token))
	if err != nil {
		s.T.Fatal(err)
	}
	resp, err := s.Server.CallFunction(s.Context(), &tfprotov6.CallFunctionRequest{
		Name: "decode_jwt", Arguments: []*tfprotov6.DynamicValue{&value},
	})
	if err != nil || resp.Error == nil {
		s.T.Fatal(err, resp)
	}
	s.heard = append(s.heard, diagnostic{
		"The function decode_jwt", "error", "Error in function call", "token", resp.Error.Text,
	})
}

// server is a block of an API.
func server(name string, value any) values {
	return values{"identifier": acctest.OrdersAPI, name: value}
}

// encryptedWith is a block of an API with a public key.
func encryptedWith(pem string) values {
	return server("token_encryption", map[string]any{"encryption_key": map[string]any{
		"alg": "RSA-OAEP-256", "pem": pem,
	}})
}

// shortKey is an RSA public key of 1024 bits.
const shortKey = `-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDc5mgzQpRw4XStehbbnvr8arxv
QqcoTEQkRVe4uCNOzE0kJWdgV0h15olc6ku6KJIzxOH0JWPhVtiP+dMiMKm8+/lL
TOobPLqdUgKipAiUHsSmb6TuDH87Q4LTP9EGUsAxTSMGSnY2f1JE9TfNSzXnt0T4
DqiXsh36rxSB8MPUGwIDAQAB
-----END PUBLIC KEY-----
`

var inputScenes = map[string]func(*scene){
	"identifiers": given(apiType, values{"identifier": ""},
		values{"identifier": strings.Repeat("a", 601)},
		values{"identifier": acctest.OrdersAPI + " "}, values{"identifier": "orders"}),
	"encryption keys": given(apiType, encryptedWith("key"), encryptedWith(shortKey)),
	"scopes of an API": given(apiType,
		server("scopes", map[string]string{"a": strings.Repeat("d", 501)}),
		server("scopes", map[string]string{"": "Nothing"}),
		server("scopes", map[string]string{strings.Repeat("s", 281): "Much"}),
		server("scopes", map[string]string{"read:x": "", "read:x ": ""}),
		server("scopes", map[string]string{"read orders": "", "openid": ""})),
	"signing secrets": given(apiType,
		server("signing_secret", "123456789012345"), server("signing_secret", "1234567890123456\n"),
		server("signing_secret", "1234567890123456").
			with("signing_secret_wo", "1234567890123456").with("signing_secret_wo_version", 1),
		server("signing_secret_wo", "1234567890123456"), server("signing_secret_wo_version", 1)),
	"fraction": given(apiType, server("token_lifetime", 12.5)),
	"name":     given(apiType, server("name", "<b>")),
	"unknown values": given(apiType, server("signing_alg", "hs256"), server(
		"subject_type_authorization", map[string]any{"client": map[string]any{"policy": "x"}},
	)),
	"audiences": given(grantType, grantOf(""), grantOf(strings.Repeat("a", 601)), grantOf("urn:a ")),
	"clients of a grant": given(grantType, grantOf("urn:a").with("client_id", nil),
		grantOf("urn:a").with("client_id", ""), grantOf("urn:a").with("client_id", "abc\n"),
		grantOf("urn:a").with("default_for", "third_party_clients")),
	"all scopes": given(grantType, grantOf("urn:a", "x").with("allow_all_scopes", true)),
	"ids":        given(associationType, values{"organization_id": "acme", "grant_id": "grant"}),
	"exclusive grants": given(exclusiveType,
		values{"grant_ids": []string{"grant"}},
		values{"grant_ids": []string{}, "audience": "urn:a", "client_id": "c"}),
	"two names of an API": givenData("m2m_resource_server", values{}, values{
		"id": "68f0a1b2c3d4e5f60718293a", "identifier": "urn:a",
	}),
	"two names of a client": givenData("m2m_client", values{}),
	"two names of an organization": givenData("m2m_organization", values{},
		values{"organization_id": "acme"}, values{"name": " acme"}),
	"types of clients": givenData("m2m_clients", values{"app_types": []string{"a,b"}}),
	"filters of grants": givenData("m2m_client_grants",
		values{"client_id": "c", "default_for": "third_party_clients"},
		values{"allow_any_organization": false}),
	"types of management scopes": givenData("m2m_management_scopes", values{
		"types": []string{"m2m_clients"},
	}),
	"filters of a query": func(s *scene) {
		s.run()
		s.lists(grantType, values{"client_id": unknownText})
		s.lists(grantType, values{"allow_any_organization": false})
		s.lists(associationType, values{"organization_id": "acme", "grant_id": "grant"})
		s.lists(associationType, values{"organization_id": "org_Ab12Cd34Ef56Gh78"})
		s.lists(associationType, values{"grant_id": "cgr_Ab12Cd34Ef56Gh78"})
	},
	"two proofs of a client": givenData("m2m_access_token", tokenFor().with(
		"client_assertion_private_key", "key",
	)),
	"no secret to send": givenData("m2m_access_token", values{
		"audience": "urn:a", "client_id": "c", "client_assertion_private_key": "key",
		"token_endpoint_auth_method": "client_secret_basic",
	}),
	"tokens to decode": func(s *scene) {
		s.Start(nil)
		claims := func(json string) string {
			return "e30." + base64.RawURLEncoding.EncodeToString([]byte(json)) + ".c2ln"
		}
		for _, token := range []string{
			"opaque", "a.b.c", "e30.e30.$", "e30.W10.c2ln", "a.b.c.d.e", "Bearer e30.e30.c2ln",
			strings.Repeat("a", 1<<20), claims(`{"x":1e9999}`),
			claims(`{"x":` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `}`),
			claims(`{"x":[` + strings.Repeat("0,", 10_000) + `0]}`),
		} {
			s.decodes(token)
		}
	},
}
