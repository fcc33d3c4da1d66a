// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
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

// Credentials authenticate an OAuth client at the token endpoint: with
// ClientSecret, or with an assertion signed by PrivateKey (private_key_jwt,
// RFC 7523).
type Credentials struct {
	ClientID     string
	ClientSecret string
	PrivateKey   string // PEM, PKCS #1 or PKCS #8.
	SigningAlg   string // RS256 (also when empty), RS384 or PS256.
	// AuthMethod is how the secret is sent: one of SecretAuthMethods, the first
	// when empty.
	AuthMethod string
}

// The ways to send a client secret, by the names of OpenID Connect Core 9.
const (
	clientSecretPost  = "client_secret_post"
	clientSecretBasic = "client_secret_basic"
)

// SecretAuthMethods are the ways to send a client secret: in the body of the
// request, or in its header by HTTP Basic.
func SecretAuthMethods() []string { return []string{clientSecretPost, clientSecretBasic} }

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
	const op = "fetch access token"
	if t.conn.unusable != nil {
		return Token{}, t.conn.unusable
	}
	creds := r.Credentials
	if creds == (Credentials{}) {
		creds = t.own
	}
	if creds.ClientID == "" {
		return Token{}, fmt.Errorf("%s: %w", op, errors.New("there is no client id to ask with"))
	}
	target, err := t.conn.target([]string{"oauth", "token"}, nil)
	if err != nil {
		return Token{}, fmt.Errorf("%s: %w", op, err)
	}
	form := r.form()
	authorization, err := creds.header(form)
	if err != nil {
		return Token{}, fmt.Errorf("%s: %w", op, err)
	}

	var asked time.Time
	answer, err := send[tokenAnswer](ctx, t.conn, t.conn.open, call{
		request: request{
			op: op, method: http.MethodPost, repeatable: true, maxBody: maxTokenAnswer,
			secrets: []string{creds.ClientSecret, strings.TrimPrefix(authorization, "Basic ")},
		},
		target:        target,
		contentType:   "application/x-www-form-urlencoded",
		authorization: authorization,
		// Made anew for each attempt: an assertion is accepted only once.
		body: func() (io.Reader, error) {
			asked = t.now()
			return t.authenticated(form, creds, asked)
		},
	})
	if err != nil {
		return Token{}, err
	}
	token := Token{
		AccessToken: answer.AccessToken,
		TokenType:   answer.TokenType,
		ExpiresIn:   answer.ExpiresIn,
		Scopes:      strings.Fields(answer.Scope),
	}
	token.ExpiresAt = asked.Add(token.Lifetime()).UTC()
	return token, nil
}

type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
	Scope       string `json:"scope"`
}

func (a *tokenAnswer) complete() bool { return a.AccessToken != "" }

// header is the Authorization header of a client that sends its secret there. All
// others are named in the form.
func (c Credentials) header(form url.Values) (string, error) {
	switch {
	case c.PrivateKey != "" && c.AuthMethod != "":
		return "", fmt.Errorf("%q sends a secret, but the client authenticates with a private key", c.AuthMethod)
	case c.AuthMethod != "" && !slices.Contains(SecretAuthMethods(), c.AuthMethod):
		return "", fmt.Errorf("%q is not one of %s", c.AuthMethod, strings.Join(SecretAuthMethods(), ", "))
	case c.AuthMethod != clientSecretBasic:
		form.Set("client_id", c.ClientID)
		return "", nil
	}
	// Encoded before they are joined, as either may hold a colon (RFC 6749 2.3.1).
	pair := url.QueryEscape(c.ClientID) + ":" + url.QueryEscape(c.ClientSecret)
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)), nil
}

// authenticated is the body of one attempt.
func (t *Tokens) authenticated(form url.Values, creds Credentials, now time.Time) (io.Reader, error) {
	switch {
	case creds.PrivateKey != "":
		// The audience of an assertion ends in a slash (API contract 9.3).
		assertion, err := signAssertion(creds, t.conn.base+"/", now)
		if err != nil {
			return nil, err
		}
		form.Set("client_assertion_type", assertionType)
		form.Set("client_assertion", assertion)
	case creds.AuthMethod != clientSecretBasic: // No client uses two methods at once (RFC 6749 2.3).
		form.Set("client_secret", creds.ClientSecret)
	}
	return strings.NewReader(form.Encode()), nil
}
