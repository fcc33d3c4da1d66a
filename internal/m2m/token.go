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
	// Credentials are those of the asking client; the zero value means the ones
	// that the Client was made with.
	Credentials  Credentials
	Audience     string
	Scopes       []string // Empty asks for all scopes that are granted.
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

// Token is an access token and what the token endpoint said of it.
type Token struct {
	AccessToken string
	TokenType   string
	ExpiresIn   int64 // Seconds.
	ExpiresAt   time.Time
	Scopes      []string // The granted scopes; empty when none were.
}

// maxLifetime keeps nonsense from overflowing; the API's own bound is 30 days.
const maxLifetime = 100 * 365 * 24 * 3600

// Lifetime is the whole life of the token, as far as the token endpoint told it.
func (t Token) Lifetime() time.Duration {
	return time.Duration(min(max(t.ExpiresIn, 0), maxLifetime)) * time.Second
}
