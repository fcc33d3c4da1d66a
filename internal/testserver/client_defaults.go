// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

// newClient returns the defaults of a client that a body asks for (API contract 6.1).
func newClient(given schema.Document) client {
	isFirstParty := !given.Has("is_first_party") || given.IsTrue("is_first_party")
	c := client{
		ClientID:         newClientID(isFirstParty),
		Secret:           newClientSecret(),
		IsFirstParty:     isFirstParty,
		AppType:          given.Text("app_type"),
		RefreshToken:     defaultRefreshToken(2_592_000, 1_296_000),
		JWTConfiguration: defaultJWTConfiguration(),
		GrantTypes:       defaultGrantTypes(given.Text("app_type"), given.Text("token_endpoint_auth_method"), isFirstParty),

		CustomLoginPageOn: true,
	}
	// ASSUMED: a method with credentials has the same effect as one of the other kind.
	if given["token_endpoint_auth_method"] != nil || given["client_authentication_methods"] != nil {
		c.RefreshToken = defaultRefreshToken(31_557_600, 2_592_000)
	}
	return c
}

func defaultRefreshToken(lifetime, idleLifetime int) *refreshTokenSettings {
	return &refreshTokenSettings{
		RotationType: "non-rotating", ExpirationType: "non-expiring", Leeway: new(0),
		TokenLifetime: &lifetime, IdleTokenLifetime: &idleLifetime,
		InfiniteTokenLifetime: new(true), InfiniteIdleTokenLifetime: new(true),
	}
}

func defaultJWTConfiguration() *jwtConfiguration {
	return &jwtConfiguration{LifetimeInSeconds: new(36_000), SecretEncoded: new(false)}
}

// defaultGrantTypes leaves out the flow for machines where a client can keep no secret; `non_interactive` clients get
// no fewer than others.
//
// ASSUMED: those of third parties are the ones of these that they may have.
func defaultGrantTypes(appType, authMethod string, isFirstParty bool) []string {
	if appType == resourceServerType {
		return []string{}
	}
	types := []string{"authorization_code", "implicit", "refresh_token"}
	if appType != "spa" && appType != "native" && authMethod != "none" {
		types = append(types, clientCredentials)
	}
	if !isFirstParty {
		types = slices.DeleteFunc(types, func(name string) bool { return !slices.Contains(thirdPartyGrantTypes, name) })
	}
	return types
}
