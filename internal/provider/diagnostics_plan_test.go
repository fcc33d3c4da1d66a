// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	machineClient = testserver.MachineClientID
	sampleAPI     = testserver.SampleAPIAudience
)

// planned plans changes, each in a run of its own.
func planned(plans ...func(*scene)) func(*scene) {
	return func(s *scene) {
		for _, plan := range plans {
			s.run()
			plan(s)
		}
	}
}

// together plans changes in one run.
func together(plans ...func(*scene)) func(*scene) {
	return func(s *scene) {
		s.run()
		for _, plan := range plans {
			plan(s)
		}
	}
}

// change plans a change of an object.
func change(typeName string, state, plan values) func(*scene) {
	return func(s *scene) { s.plans(typeName, state, plan) }
}

// used is the orders API with grants to clients.
func used(count int, then func(s *scene, ids []string)) func(*scene) {
	return func(s *scene) {
		s.tenant.Create(apisPath, acctest.Adoptable)
		ids := grants(s.tenant, count, "read:orders")
		s.run()
		then(s, ids)
	}
}

// whose returns the client of a grant in the tenant.
func (s *scene) whose(id string) string { return s.tenant.IDsOf("client-grants", "client_id")[id] }

var (
	orders    = apiWith("read:orders")
	ordersFor = grantOf(acctest.OrdersAPI, "read:orders")
	sampleFor = grantOf(sampleAPI).with("organization_usage", "allow")
	scopeOf   = values{"resource_server_identifier": acctest.OrdersAPI, "scope": "write:orders"}
	// system is the Management API in the state.
	system = apiWith().with("identifier", systemAPI).with("is_system", true).
		with("scopes", nil).with("name", "Auth0 Management API")
	myAccount = sceneURL + "/me/"
)

var planScenes = map[string]func(*scene){
	"destroys an API": used(7, func(s *scene, _ []string) { s.plans(apiType, orders, nil) }),
	"destroys an API that another block creates": used(1, func(s *scene, _ []string) {
		s.plans(apiType, nil, orders.with("id", unknownText))
		s.plans(apiType, orders, nil)
	}),
	"destroys an API that another block keeps": used(1, func(s *scene, _ []string) {
		s.plans(apiType, orders, orders)
		s.plans(apiType, orders, nil)
	}),
	"replaces an API": used(1, func(s *scene, _ []string) {
		s.plans(apiType, orders, orders.with("identifier", "urn:new"))
	}),
	"replaces a tainted API": used(1, func(s *scene, _ []string) {
		s.reads(apiType, orders, nil)
		s.plans(apiType, orders, nil)
		s.plans(apiType, nil, orders.with("id", unknownText))
	}),
	"replaces a tainted API that the state has": used(1, func(s *scene, _ []string) {
		s.reads(apiType, orders, nil)
		s.plans(apiType, nil, orders.with("id", unknownText))
	}),
	"replaces the API of a grant": used(1, func(s *scene, _ []string) {
		s.plans(apiType, orders, orders)
		s.plans(apiType, nil, orders, []byte(`{"m2m":"e30="}`)...)
		s.plans(grantType, ordersFor, ordersFor)
	}),
	"denies a subject type": used(2, func(s *scene, _ []string) {
		s.plans(apiType, policies(orders, "allow_all", "require_client_grant"),
			policies(orders, "allow_all", "deny_all"))
	}),
	"removes a scope": used(2, func(s *scene, _ []string) { s.plans(apiType, orders, apiWith()) }),
	"opens a grant": planned(
		change(grantType, sampleFor, sampleFor.with("allow_any_organization", true)),
	),
	"extends a grant": planned(
		change(grantType, sampleFor, sampleFor.with("allow_all_scopes", true).with("scopes", nil)),
	),
	"adopts an API": func(s *scene) {
		s.tenant.Create(apisPath, acctest.Adoptable)
		s.run()
		s.plans(apiType, nil, unknownAPI().with("use_existing", true).with("token_lifetime", 60))
	},
	"adopts an equal API": func(s *scene) {
		s.tenant.Create(apisPath, acctest.Adoptable)
		s.run()
		s.plans(apiType, nil, values{
			"identifier": acctest.OrdersAPI, "use_existing": true, "name": unknownText,
		})
	},
	"values without effect": planned(
		change(grantType, nil, sampleFor.with("organization_usage", nil).
			with("allow_any_organization", true)),
		change(grantType, nil, sampleFor.with("client_id", "unknown").
			with("authorization_details_types", []string{"x"})),
		change(grantType, nil, sampleFor.with("client_id", testserver.WebClientID)),
		change(apiType, nil, orders.with("signing_alg", "RS256").
			with("signing_secret", "0123456789abcdef").with("token_dialect", "access_token_authz")),
	),
	"client without grant types": func(s *scene) {
		s.tenant.AtDashboard("PATCH", "/api/v2/clients/"+testserver.WebClientID,
			`{"grant_types":[]}`, nil)
		s.run()
		s.plans(grantType, nil, sampleFor.with("client_id", testserver.WebClientID))
	},
	"undefined scopes": together(
		change(grantType, grantOf(sampleAPI, "old"), grantOf(sampleAPI, "old", "new")),
		change(grantType, nil, grantOf(systemAPI, "read:client")),
		change(apiType, nil, orders.with("id", unknownText)),
		change(grantType, nil, ordersFor.with("scopes", []string{"read:order"})),
	),
	"scope that was deleted": planned(change(grantType, nil, grantOf(sampleAPI, "x"))),
	"undefined scopes of an API without any": func(s *scene) {
		s.tenant.Create(apisPath, acctest.Adoptable)
		planned(change(grantType, nil, ordersFor))(s)
	},
	"undefined scopes of an API with many": together(
		change(apiType, nil, apiWith("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k").
			with("id", unknownText)),
		change(grantType, nil, ordersFor),
	),
	"unknown APIs": func(s *scene) {
		s.tenant.Create(apisPath, acctest.Adoptable)
		s.tenant.Create(apisPath, `{"identifier":"urn:orders/"}`)
		s.tenant.Create(apisPath, `{"identifier":"billing.example.com"}`)
		s.run()
		for _, audience := range []string{
			"urn:unknown", acctest.OrdersAPI + "/", "urn:orders", "http://orders.example.com",
			"https://Orders.example.com", "https://billing.example.com", acctest.OrdersAPI + " ",
		} {
			s.plans(grantType, nil, grantOf(audience))
		}
		s.plans(apiType, nil, unknownAPI().with("identifier", "urn:planned"))
		s.plans(grantType, nil, grantOf("urn:planed"))
	},
	"two owners of a scope": together(
		change(apiType, orders, orders), change(scopeType, scopeOf, scopeOf),
	),
	"two blocks": together(
		change(scopeType, nil, scopeOf), change(scopeType, nil, scopeOf),
		change(grantType, ordersFor, ordersFor), change(grantType, ordersFor, ordersFor),
	),
	"scope of the Management API": planned(change(scopeType, nil, scopeOf.with(
		"resource_server_identifier", systemAPI,
	))),
	"secret that enters the state": planned(change(apiType,
		values{
			"id": "68f0a1b2c3d4e5f60718293a", "identifier": acctest.OrdersAPI,
			"signing_alg": "HS256", "signing_secret_wo_version": 1,
		},
		values{
			"id": "68f0a1b2c3d4e5f60718293a", "identifier": acctest.OrdersAPI,
			"signing_alg": "HS256",
		},
	)),
	"association without effect": together(
		change(grantType, grantOf(sampleAPI), grantOf(sampleAPI)),
		change(associationType, nil, values{
			"organization_id": "org_Ab12Cd34Ef56Gh78", "grant_id": "cgr_Planned000000001",
		}),
	),
	"another address": func(s *scene) {
		s.run("M2M_ADOPT_IDENTICAL", "true")
		s.plans(apiType, orders, nil)
		s.plans(apiType, nil, orders.with("id", unknownText))
	},
	"all scopes of a system API": planned(change(grantType, nil,
		grantOf(systemAPI).with("allow_all_scopes", true).with("scopes", nil),
	)),
	"web lifetime": planned(change(apiType, nil,
		unknownAPI().with("token_lifetime", 60).with("token_lifetime_for_web", 61),
	)),
	"creates a system API": planned(
		change(apiType, nil, unknownAPI().with("identifier", systemAPI)),
		change(apiType, nil, unknownAPI().with("identifier", myAccount).with("name", "Mine")),
		change(apiType, nil, unknownAPI().with("identifier", sceneURL+"/my-org/").
			with("scopes", []string{"a"})),
		change(apiType, nil, unknownAPI().with("identifier", "urn:auth0:express-configure").
			with("scopes", []string{"a"})),
	),
	"changes a system API": planned(
		change(apiType, system, system.with("name", "Other")),
		change(apiType, system, system.with("name", nil)),
		change(apiType, system.with("signing_secret_wo_version", 1), system),
		change(apiType, policies(system, "allow_all", "deny_all"),
			policies(system, "allow_all", "require_client_grant")),
		change(apiType, apiWith().with("identifier", myAccount).with("is_system", true).
			with("name", "A"), apiWith().with("identifier", myAccount).with("is_system", true).
			with("name", "B")),
	),
	"adopts a system API with a name": planned(change(apiType, nil,
		unknownAPI().with("identifier", systemAPI).with("use_existing", true).with("name", "Mine"),
	)),
	"thumbprint": planned(change(apiType, nil, encryptedKey("pem", publicPEM).
		with("id", unknownText).with("name", unknownText))),
	"no key": planned(
		change(apiType, nil, unknownAPI().with("token_encryption", encryptedWithPart("alg", "RSA-OAEP-256"))),
		change(apiType, apiWith().with("token_encryption", encryptedWithPart("alg", "RSA-OAEP-256")),
			apiWith().with("token_encryption", encryptedWithPart("alg", "RSA-OAEP-384"))),
	),
	"no longer managed": func(s *scene) {
		s.run()
		made := s.applies(apiType, nil, unknownAPI().with("scopes", []string{"read:orders"}).
			with("signing_secret", "0123456789abcdef").with("signing_alg", "HS256"))
		s.plansAfter(apiType, made, values{"identifier": acctest.OrdersAPI})
	},
	"unmanaged grants": used(2, func(s *scene, ids []string) {
		s.plans(exclusiveType, nil, exclusiveOf(nil, ids[0]).with("on_unmanaged", "report"))
		s.run()
		s.plans(exclusiveType, nil, exclusiveOf(nil).with("grant_ids", unknownText))
		s.run()
		s.plans(exclusiveType, nil, values{
			"client_id": s.whose(ids[0]), "grant_ids": []string{}, "on_unmanaged": "remove",
		})
	}),
	"removed grants": used(2, func(s *scene, ids []string) {
		s.tenant.Create("/api/v2/client-grants", `{"default_for":"third_party_clients",`+
			`"audience":"`+acctest.OrdersAPI+`","allow_all_scopes":true}`)
		s.plans(exclusiveType, exclusiveOf(ids), exclusiveOf(ids[1:], ids[0]))
		s.run()
		s.plans(exclusiveType, exclusiveOf(ids), exclusiveOf(nil).with("grant_ids", unknownText))
		s.run()
		s.plans(exclusiveType, exclusiveOf(ids), exclusiveOf(nil).with("on_unmanaged", unknownText))
	}),
	"unlisted grants": used(2, func(s *scene, ids []string) {
		held := ordersFor.with("client_id", s.whose(ids[0]))
		s.plans(grantType, held, held)
		s.plans(exclusiveType, exclusiveOf(ids), exclusiveOf(nil, ids[1]))
		s.run()
		s.plans(exclusiveType, exclusiveOf(ids), exclusiveOf(nil, ids[1]))
		s.plans(grantType, nil, held)
	}),
	"missing management scopes": func(s *scene) {
		allow(s.tenant, `"read:resource_servers"`)
		s.run()
		s.plans(grantType, nil, sampleFor)
		s.run()
		s.plans(apiType, orders, nil)
	},
	"one missing management scope": func(s *scene) {
		allow(s.tenant, `"read:clients","create:client_grants","read:client_grants",
			"update:client_grants","delete:client_grants","create:resource_servers",
			"read:resource_servers","update:resource_servers","create:organization_client_grants",
			"read:organization_client_grants","delete:organization_client_grants"`)
		s.run()
		s.plans(apiType, orders, orders.with("identifier", "urn:b"))
	},
	"missing management scopes of a token": func(s *scene) {
		allow(s.tenant, `"read:resource_servers"`)
		s.run("AUTH0_API_TOKEN", s.token(systemAPI), "AUTH0_CLIENT_SECRET", "")
		s.plans(apiType, orders, nil)
	},
	"skipped checks": func(s *scene) {
		all := `"create:client_grants","create:resource_servers"`
		allow(s.tenant, all+`,"read:clients","read:client_grants"`)
		s.run()
		s.plans(grantType, nil, grantOf(sampleAPI, "a"))
		allow(s.tenant, all+`,"read:clients","read:resource_servers"`)
		s.run()
		s.plans(apiType, nil, unknownAPI().with("use_existing", true))
		s.plans(grantType, nil, sampleFor.with("use_existing", true))
		allow(s.tenant, all+`,"read:clients","read:client_grants"`)
		s.run()
		s.plans(apiType, nil, unknownAPI().with("use_existing", true))
	},
	"skipped check of scopes": func(s *scene) {
		allow(s.tenant, `"read:clients","read:client_grants","update:client_grants"`)
		s.run()
		s.plans(grantType, grantOf(sampleAPI, "a"), grantOf(sampleAPI, "b"))
		s.run()
		s.plans(grantType, nil, ordersFor.with("use_existing", true))
	},
}
