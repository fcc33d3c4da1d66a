// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Tokens is the token endpoint, with the client credentials flow (API contract 9).
type Tokens struct {
	conn *conn
	own  Credentials
	now  func() time.Time
	keys keySet

	shared sharedTokens
}

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

const (
	// maxLifetime keeps nonsense from overflowing; the API's own bound is 30 days.
	maxLifetime = 100 * 365 * 24 * 3600
	// maxTokenAnswer is far above any token, in bytes. Tokens are held for a whole run.
	maxTokenAnswer = 1 << 20
)

// Token is an access token and what the token endpoint said of it.
type Token struct {
	AccessToken string
	TokenType   string
	ExpiresIn   int64 // Seconds.
	ExpiresAt   time.Time
	Scopes      []string // The granted scopes; empty when none were.
}

// Lifetime is the whole life of the token, as far as the token endpoint told it.
func (t Token) Lifetime() time.Duration {
	return time.Duration(min(max(t.ExpiresIn, 0), maxLifetime)) * time.Second
}

// Fetch asks for a token. Each call makes a new one and counts against the
// tenant's quota; see Share.
func (t *Tokens) Fetch(ctx context.Context, r TokenRequest) (Token, error) {
	r = t.complete(r)
	const op = "fetch access token"
	target, err := t.conn.target([]string{"oauth", "token"}, nil)
	if err != nil {
		return Token{}, fmt.Errorf("%s: %w", op, err)
	}
	// The audience of an assertion ends in a slash (API contract 9.3).
	auth := &clientAuth{Credentials: r.Credentials, form: r.form(), audience: t.conn.base + "/", now: t.now, secrets: t.conn.secrets}
	answer, err := send[tokenAnswer](ctx, t.conn, request{
		op: op, method: http.MethodPost, repeatable: true, maxBody: maxTokenAnswer,
		secrets: []string{r.Credentials.ClientSecret},
	}, target, auth)
	if err != nil {
		return Token{}, err
	}
	token := Token{
		AccessToken: answer.AccessToken,
		TokenType:   answer.TokenType,
		ExpiresIn:   answer.ExpiresIn,
		Scopes:      strings.Fields(answer.Scope),
	}
	token.ExpiresAt = auth.sentAt.Add(token.Lifetime()).UTC()
	return token, nil
}

// complete returns the request with the credentials that it is made with.
func (t *Tokens) complete(r TokenRequest) TokenRequest {
	if r.Credentials == (Credentials{}) {
		r.Credentials = t.own
	}
	return r
}

type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
	Scope       string `json:"scope"`
}

func (a *tokenAnswer) complete() bool { return a.AccessToken != "" }
