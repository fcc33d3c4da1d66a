// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// newClient returns the defaults of a client that a body asks for (API contract 6.1).
func newClient(given schema.Document) tenant.Client {
	isFirstParty := !given.Has("is_first_party") || given.IsTrue("is_first_party")
	c := tenant.Client{
		ClientID:         tenant.NewClientID(isFirstParty),
		Secret:           tenant.NewClientSecret(),
		IsFirstParty:     isFirstParty,
		AppType:          given.Text("app_type"),
		RefreshToken:     tenant.DefaultRefreshToken(2_592_000, 1_296_000),
		JWTConfiguration: tenant.DefaultJWTConfiguration(),
		GrantTypes: defaultGrantTypes(
			given.Text("app_type"), given.Text("token_endpoint_auth_method"), isFirstParty,
		),

		CustomLoginPageOn: true,
	}
	if c.AppType == tenant.ResourceServerType {
		c.OIDCConformant = true
		c.JWTConfiguration = &tenant.JWTConfiguration{SecretEncoded: new(false), Alg: "RS256"}
	}
	if isConfidential(given) {
		c.RefreshToken = tenant.DefaultRefreshToken(31_557_600, 2_592_000)
	}
	return c
}

// isConfidential reports whether a body sets how the client authenticates, other than by `none`.
//
// ASSUMED: a method with credentials has the same effect as a method with a secret.
func isConfidential(given schema.Document) bool {
	method := given.Text("token_endpoint_auth_method")
	return method != "" && method != "none" || given["client_authentication_methods"] != nil
}

// defaultGrantTypes leaves out the flow for machines where a client can keep no secret;
// `non_interactive` clients get no fewer than others.
//
// ASSUMED: third-party clients get the grant types of this list that they may have.
func defaultGrantTypes(appType, authMethod string, isFirstParty bool) []string {
	if appType == tenant.ResourceServerType {
		return []string{}
	}
	types := []string{"authorization_code", "implicit", "refresh_token"}
	if appType != "spa" && appType != "native" && authMethod != "none" {
		types = append(types, tenant.ClientCredentials)
	}
	if !isFirstParty {
		types = slices.DeleteFunc(types, func(name string) bool {
			return !slices.Contains(thirdPartyGrantTypes, name)
		})
	}
	return types
}
