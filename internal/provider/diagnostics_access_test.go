// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import "github.com/hashicorp/terraform-plugin-go/tfprotov6"

// verifies validates the action m2m_verify_access, and invokes it if it is valid.
func (s *scene) verifies(config values) {
	s.T.Helper()
	server, ok := s.Server.(tfprotov6.ActionServer)
	if !ok {
		s.T.Fatal("the provider has no actions")
	}
	encoded := s.objectOf(s.Schema.ActionSchemas[verifyAccess].Schema, config)
	valid, err := server.ValidateActionConfig(
		s.Context(), &tfprotov6.ValidateActionConfigRequest{
			ActionType: verifyAccess, Config: encoded,
		},
	)
	s.hear("An action", valid.Diagnostics, err)
	if len(valid.Diagnostics) == 0 {
		_, said := events(s.T, s.Protocol, encoded)
		s.hear("An action", said, nil)
	}
}

// accessScenes are about what a client may do: of the action m2m_verify_access and of the data
// source m2m_management_scopes.
var accessScenes = map[string]func(*scene){
	"scope both required and forbidden": func(s *scene) {
		s.run()
		s.verifies(tokenFor().with("scopes", []string{"read:orders", "write:orders"}).
			with("forbidden_scopes", []string{"write:orders"}))
	},
	"no grant": func(s *scene) {
		s.run()
		s.verifies(tokenFor())
	},
	"other scopes": func(s *scene) {
		s.tenant.AddGrant(`,"scope":["read:orders","write:orders"]`)
		s.run()
		s.verifies(tokenFor().with("scopes", []string{"delete:orders"}).
			with("forbidden_scopes", []string{"write:orders"}))
	},
	"opaque token": granted(func(s *scene) {
		s.on("POST "+tokenPath, gives(200, "application/json",
			`{"access_token":"opaque","token_type":"Bearer","expires_in":3600}`))
		s.verifies(tokenFor())
	}),
	"no signing secret": granted(func(s *scene) {
		s.tenant.ChangeSampleAPI(`{"signing_alg":"HS256"}`)
		s.verifies(tokenFor())
	}),
	"other token": granted(func(s *scene) {
		s.on("POST "+tokenPath, gives(200, "application/json",
			`{"access_token":"`+s.token(systemAPI)+`","token_type":"Bearer","expires_in":3600}`))
		s.verifies(tokenFor())
	}),
	"token that does not tell its management scopes": func(s *scene) {
		s.run("AUTH0_API_TOKEN", "opaque", "AUTH0_CLIENT_SECRET", "")
		s.readsData("m2m_management_scopes", values{})
	},
	"management scopes without a login": func(s *scene) {
		s.run("AUTH0_CLIENT_SECRET", "wrong")
		s.readsData("m2m_management_scopes", values{})
	},
}
