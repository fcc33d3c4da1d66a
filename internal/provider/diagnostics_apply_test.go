// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// publicPEM is always the same, because an error shows its thumbprint.
const publicPEM = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAq8M4uT95Wf/ZTeXdTgLK
BqZmGaH60g/7js5XIf6/qddfAifWxTlcr8kxjwp9ZtIVxohLLLjZ/2yliuDq0xqW
4hAUUHCl+8Pc2e3ibvxRyhKm3UG2fNH1Y3iXYycRKZQflJZHyE9ZJxbWIEY6faO7
lt5nNMBHUoV5QBInwIReNtQNxYz/IZdAltgAoKdDNIPtfjaoPL1mgm4Pv1zejuXi
FAF8+NAOG9a7ZwfvCn/12xsoqf/FWtDsguCk71eiMQENtTQFLysDowQawWXQRQok
OqekKithlPW5oVRa02neLZZRTR+ojBw3aRJ2gGXyDZjYinpPSJMRchQuSkevhf6S
VwIDAQAB
-----END PUBLIC KEY-----
`

// encryptedWithPart is a token_encryption.
func encryptedWithPart(name, value string) map[string]any {
	return map[string]any{
		"format": "compact-nested-jwe", "encryption_key": map[string]any{name: value},
	}
}

// encryptedKey is a block of an API with a thumbprint that is not the key's.
func encryptedKey(name, value string) values {
	return server("token_encryption", map[string]any{"encryption_key": map[string]any{
		"alg": "RSA-OAEP-256", name: value, "thumbprint_sha256": "AA==",
	}})
}

// plansAfter plans a change of an object that was applied.
func (s *scene) plansAfter(
	typeName string, made *tfprotov6.ApplyResourceChangeResponse, config values,
) {
	s.T.Helper()
	kind := s.Schema.ResourceSchemas[typeName].ValueType()
	state, err := made.NewState.Unmarshal(kind)
	if err != nil {
		s.T.Fatal(err)
	}
	// Terraform proposes the values of the state for what the configuration omits.
	resp, err := s.Server.PlanResourceChange(s.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: made.NewState, PriorPrivate: made.Private,
		ProposedNewState: dynamic(s, kind, state), Config: s.object(typeName, config),
	})
	s.hear("A plan", resp.Diagnostics, err)
}

func dynamic(s *scene, kind tftypes.Type, value tftypes.Value) *tfprotov6.DynamicValue {
	out, err := tfprotov6.NewDynamicValue(kind, value)
	if err != nil {
		s.T.Fatal(err)
	}
	return &out
}

// destroys destroys an object as a part of a run.
func (s *scene) destroys(typeName string, state values, private []byte) {
	s.T.Helper()
	resp, err := s.Server.ApplyResourceChange(s.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: s.object(typeName, state),
		PlannedState: s.object(typeName, nil), Config: s.object(typeName, nil),
		PlannedPrivate: private,
	})
	s.hear("An apply", resp.Diagnostics, err)
}

// association makes an association and returns it.
func (s *scene) association() values {
	s.T.Helper()
	organization := s.tenant.AddOrganization("acme")
	grant := s.tenant.AddOrganizationGrant("client")
	s.tenant.Associate(organization, grant)
	return values{"organization_id": organization, "grant_id": grant}
}

// elsewhere is the private state of an object of another tenant.
var elsewhere = []byte(`{"m2m":"eyJ0ZW5hbnQiOiJ0ZXN0LmV1LmF1dGgwLmNvbSJ9"}`)

var applyScenes = map[string]func(*scene){
	"adopts": func(s *scene) {
		s.tenant.Create(apisPath, acctest.Adoptable)
		s.run()
		s.applies(apiType, nil, unknownAPI().with("use_existing", true))
		s.run()
		s.applies(apiType, nil, unknownAPI().with("use_existing", true).
			with("token_lifetime", 60).with("scopes", []string{"a"}))
	},
	"adopts an identical API": func(s *scene) {
		s.tenant.Create(apisPath, `{"identifier":"`+acctest.OrdersAPI+`"}`)
		s.run("M2M_ADOPT_IDENTICAL", "true")
		s.applies(apiType, nil, unknownAPI())
	},
	"refuses an identical API": func(s *scene) {
		s.tenant.Create(apisPath, `{"identifier":"`+acctest.OrdersAPI+`"}`)
		s.run()
		s.applies(apiType, nil, unknownAPI())
	},
	"keeps what another block adopted": func(s *scene) {
		id := s.tenant.Create(apisPath, acctest.Adoptable)
		s.run()
		s.applies(apiType, nil, unknownAPI().with("use_existing", true))
		s.destroys(apiType, orders.with("id", id), nil)
		s.applies(apiType, nil, unknownAPI().with("use_existing", true))
	},
	"keeps system objects": func(s *scene) {
		s.run()
		s.destroys(apiType, system, nil)
		s.destroys(grantType, grantOf(systemAPI).with("is_system", true), nil)
	},
	"scope of a system API": func(s *scene) {
		of := scopeOf.with("resource_server_identifier", myAccount).with("scope", "read:me:factors").
			with("id", myAccount+"::read:me:factors")
		s.tenant.Create(apisPath, `{"identifier":"`+myAccount+`"}`)
		s.run()
		s.applies(scopeType, nil, of.with("scope", "mine"))
		s.destroys(scopeType, of, nil)
	},
	"template that is refused": func(s *scene) {
		s.on("*", func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPatch {
				return refuses(400, "invalid_body", "Payload validation error: 'no'.")(r)
			}
			return s.asks(r)
		})
		s.run()
		s.applies(apiType, nil, unknownAPI().with("identifier", myAccount).
			with("token_lifetime", 60))
	},
	"adopts a system API with a change": func(s *scene) {
		s.run()
		s.applies(apiType, nil, unknownAPI().with("identifier", systemAPI).
			with("use_existing", true).with("name", "Mine"))
		s.tenant.Create(apisPath, `{"identifier":"`+myAccount+`"}`)
		s.applies(apiType, nil, unknownAPI().with("identifier", myAccount).
			with("use_existing", true).with("name", "Mine"))
	},
	"creates the Management API": func(s *scene) {
		s.run()
		s.applies(apiType, nil, unknownAPI().with("identifier", systemAPI))
	},
	"other values than planned": func(s *scene) {
		s.on("POST "+apisPath, gives(201, "application/json",
			acctest.Answer("68f0a1b2c3d4e5f60718293a", `,"name":"Other","token_lifetime":7200`)))
		s.run()
		s.applies(apiType, nil, unknownAPI().with("name", "Orders"))
		s.on("PATCH "+apiPath, gives(200, "application/json",
			acctest.Answer("68f0a1b2c3d4e5f60718293a", `,"name":"Other"`)))
		s.applies(apiType, apiWith().with("name", "A"), apiWith().with("name", "B"))
	},
	"other default than planned": func(s *scene) {
		s.on("POST "+apisPath, gives(201, "application/json",
			acctest.Answer("68f0a1b2c3d4e5f60718293a", `,"token_lifetime":7200`)))
		s.run()
		plan := s.plans(apiType, nil, unknownAPI())
		s.applies(apiType, nil, values{"identifier": acctest.OrdersAPI}, plan)
	},
	"other values than adopted": func(s *scene) {
		id := s.tenant.Create(apisPath, acctest.Adoptable)
		other := gives(200, "application/json", acctest.Answer(id, `,"name":"Other"`))
		s.on("PATCH "+apisPath+"/"+id, other)
		s.run()
		s.applies(apiType, nil, unknownAPI().with("use_existing", true).with("name", "Orders"))
	},
	"another tenant": func(s *scene) {
		s.run()
		s.reads(apiType, orders, elsewhere)
		s.destroys(apiType, orders, elsewhere)
	},
	"grants lost by a replacement": used(2, func(s *scene, _ []string) {
		var id string
		for of, identifier := range s.tenant.IDsOf("resource-servers", "identifier") {
			if identifier == acctest.OrdersAPI {
				id = of
			}
		}
		api := orders.with("id", id)
		read := s.reads(apiType, api, nil)
		s.plans(apiType, api, api)
		again := s.plans(apiType, nil, api, read.Private...)
		s.destroys(apiType, api, again.PlannedPrivate)
	}),
	"no such API or client": func(s *scene) {
		s.run()
		s.applies(exclusiveType, nil, exclusiveOf(nil).with("unmanaged_grant_ids", unknownText))
		s.applies(exclusiveType, nil, exclusiveOf(nil).with("audience", nil).
			with("client_id", "nobody").with("unmanaged_grant_ids", unknownText))
	},
	"missing objects of data sources": func(s *scene) {
		s.run()
		s.readsData("m2m_resource_server", values{"id": "68f0a1b2c3d4e5f60718293a"})
		s.readsData("m2m_resource_server", values{"identifier": acctest.OrdersAPI})
		s.readsData("m2m_client", values{"client_id": "nobody"})
		s.readsData("m2m_client", values{"name": "Nobody"})
		s.readsData("m2m_organization", values{"organization_id": "org_Ab12Cd34Ef56Gh78"})
		s.readsData("m2m_organization", values{"name": "acme"})
		s.readsData("m2m_client_grants", values{"allow_any_organization": false})
	},
	"failing data sources": func(s *scene) {
		s.on("*", func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodGet {
				return refuses(403, "insufficient_scope", "Insufficient scope")(r)
			}
			return s.asks(r)
		})
		s.run()
		for typeName, config := range map[string]values{
			"m2m_clients": {}, "m2m_client": {"name": "A"}, "m2m_client_grants": {},
			"m2m_resource_servers": {}, "m2m_organizations": {}, "m2m_effective_access": {},
		} {
			s.readsData(typeName, config)
		}
		s.lists(apiType, values{})
		s.imports(apiType, acctest.OrdersAPI)
	},
	"clients": func(s *scene) {
		for range 2 {
			s.tenant.AtDashboard("POST", "/api/v2/clients",
				`{"name":"Twin","app_type":"non_interactive"}`, nil)
		}
		s.run()
		s.readsData("m2m_client", values{"name": "Twin"})
		s.on("GET /api/v2/clients/"+testserver.WebClientID, gives(200, "application/json",
			`{"client_id":"`+testserver.WebClientID+`","name":"Web"}`))
		s.readsData("m2m_client", values{
			"client_id": testserver.WebClientID, "with_secret": true,
		})
	},
	"control characters": func(s *scene) {
		evilAPI(s.tenant, "urn:evil")
		s.tenant.AtDashboard("POST", apisPath, `{"identifier":"urn:\u001b[2J"}`, nil)
		s.run()
		s.readsData("m2m_resource_servers", values{})
		s.imports(apiType, "urn:\x1b[2J")
	},
	"scopes that are not NFC": func(s *scene) {
		id := s.tenant.Create(apisPath,
			`{"identifier":"`+acctest.OrdersAPI+`","scopes":[{"value":"re\u0301ad"}]}`)
		s.run()
		s.reads(apiType, orders.with("id", id), nil)
	},
	"slow scopes": func(s *scene) {
		id := s.tenant.Create(apisPath, acctest.Adoptable)
		s.on("PATCH "+apisPath+"/"+id, func(r *http.Request) (*http.Response, error) {
			time.Sleep(9 * time.Second)
			return s.asks(r)
		})
		s.run("M2M_READ_BATCHING", "false")
		s.applies(scopeType, nil, scopeOf.with("id", unknownText))
	},
	"scopes of another writer": func(s *scene) {
		id := s.tenant.Create(apisPath, `{"identifier":"`+acctest.OrdersAPI+
			`","scopes":[{"value":"old:orders"}]}`)
		undone := func(r *http.Request) (*http.Response, error) {
			resp, err := s.asks(r)
			s.tenant.AtDashboard("PATCH", apisPath+"/"+id, `{"scopes":[{"value":"old:orders"}]}`, nil)
			return resp, err
		}
		s.on("PATCH "+apisPath+"/"+id, undone)
		s.run()
		s.applies(scopeType, nil, scopeOf.with("id", unknownText))
		s.run()
		s.destroys(scopeType, scopeOf.with("scope", "old:orders").
			with("id", acctest.OrdersAPI+"::old:orders"), nil)
	},
	"unconfirmed scopes": func(s *scene) {
		id := s.tenant.Create(apisPath, acctest.Adoptable)
		written := false
		s.on("PATCH "+apisPath+"/"+id, func(r *http.Request) (*http.Response, error) {
			written = true
			return s.asks(r)
		})
		s.on("*", func(r *http.Request) (*http.Response, error) {
			if written && r.Method == http.MethodGet {
				return refuses(403, "insufficient_scope", "Insufficient scope")(r)
			}
			return s.asks(r)
		})
		s.run()
		s.applies(scopeType, nil, scopeOf.with("id", unknownText))
	},
	"rate limit slows down": func(s *scene) {
		s.on("GET "+apisPath, gives(200, "application/json", "[]",
			"X-Ratelimit-Limit", "10", "X-Ratelimit-Remaining", "1"))
		s.configure(ownSecret().with("max_api_capacity", 70))
		for i := 0; len(s.heard) == 0; i++ {
			s.plans(apiType, nil, unknownAPI().with("identifier", fmt.Sprint("urn:", i)).
				with("use_existing", true))
		}
	},
}
