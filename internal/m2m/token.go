// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"net/url"
	"strings"
	"time"
)

// TokenRequest asks for an access token.
type TokenRequest struct {
	// Credentials of the client that asks; the zero value means the credentials of the Client.
	Credentials  Credentials
	Audience     string
	Scopes       []string // Empty asks for all granted scopes.
	Organization string   // Id or name of an organization; may be empty.
}

func (r TokenRequest) form() url.Values {
	form := url.Values{
		"grant_type": {"client_credentials"},
		"audience":   {r.Audience},
	}
	if len(r.Scopes) > 0 {
		form.Set("scope", strings.Join(r.Scopes, " "))
	}
	if r.Organization != "" {
		form.Set("organization", r.Organization)
	}
	return form
}

// Token is an access token with the properties that the token endpoint returned.
type Token struct {
	AccessToken string
	TokenType   string
	ExpiresIn   int64 // Seconds.
	ExpiresAt   time.Time
	Scopes      []string // The granted scopes.
}

// maxLifetime prevents an overflow; the API's own limit is 30 days.
const maxLifetime = 100 * 365 * 24 * 3600

// Lifetime is the whole lifetime of the token, as the token endpoint stated it.
func (t Token) Lifetime() time.Duration {
	return time.Duration(min(max(t.ExpiresIn, 0), maxLifetime)) * time.Second
}
