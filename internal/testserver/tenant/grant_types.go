// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

// GrantTypes are all that a client can have.
//
// ASSUMED: the list; the contract says only that there are unknown ones.
var GrantTypes = []string{
	"authorization_code", "implicit", "refresh_token", ClientCredentials, "password",
	"http://auth0.com/oauth/grant-type/password-realm",
	"http://auth0.com/oauth/grant-type/mfa-oob",
	"http://auth0.com/oauth/grant-type/mfa-otp",
	"http://auth0.com/oauth/grant-type/mfa-recovery-code",
	"http://auth0.com/oauth/grant-type/passwordless/otp",
	"http://auth0.com/oauth/legacy/grant-type/ro",
	"http://auth0.com/oauth/legacy/grant-type/ro/jwt-bearer",
	"http://auth0.com/oauth/legacy/grant-type/delegation/refresh_token",
	"http://auth0.com/oauth/legacy/grant-type/delegation/id_token",
	"http://auth0.com/oauth/legacy/grant-type/access_token",
	"urn:ietf:params:oauth:grant-type:device_code",
	"urn:ietf:params:oauth:grant-type:token-exchange",
	"urn:openid:params:grant-type:ciba",
	"urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
}
