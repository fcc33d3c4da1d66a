// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/bounded"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/verify"
)

// Tokens is the token endpoint, with the client credentials flow (API contract 9).
type Tokens struct {
	conn     *rest.Conn
	own      Credentials
	now      func() time.Time
	verifier *verify.Verifier
	shared   sharedTokens
}

func newTokens(c *rest.Conn, own Credentials, now func() time.Time) *Tokens {
	t := &Tokens{conn: c, own: own, now: now}
	t.verifier = verify.New(verify.Tenant{
		Issuer: c.Issuer(), Document: t.document, Secrets: c.Secrets, Now: now,
	})
	t.shared = sharedTokens{fetch: t.Fetch, left: t.Remaining, writes: c.Writes}
	return t
}

// TokenRoute is the route of the token endpoint in Usage.
const TokenRoute = "POST /oauth/token"

const (
	// maxTokenAnswer is far above the size of any token, in bytes. Tokens are held for a whole run.
	maxTokenAnswer = 1 << 20
	// maxDocument is far above the size of any key set, in bytes.
	maxDocument = 1 << 20
)

// Fetch requests a token. Each call gets a new one, which counts against the tenant's quota; see
// Share.
func (t *Tokens) Fetch(ctx context.Context, r TokenRequest) (Token, error) {
	r = t.withCredentials(r)
	const op = "fetch access token"
	target, err := t.conn.Target([]string{"oauth", "token"}, nil)
	if err != nil {
		return Token{}, fmt.Errorf("%s: %w", op, err)
	}
	auth := &clientAuth{
		Credentials: r.Credentials, form: r.form(), audience: t.conn.Issuer(),
		now: t.now, secrets: t.conn.Secrets,
	}
	var answer tokenAnswer
	err = t.conn.Send(ctx, rest.Request{
		Op: op, Method: http.MethodPost, Route: TokenRoute, Repeatable: true,
		MaxSize: maxTokenAnswer,
		Secrets: []string{r.Credentials.ClientSecret, r.Credentials.PrivateKey},
	}, target, auth, &answer)
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

// Share is like Fetch, but identical requests share a token while it is held, because each token
// counts against the tenant's quota. A caller gets the existing token or waits for the request in
// progress. A token is not shared if it has less life left than atLeast or a minute, or if an API
// or a grant has been changed here since, because its scopes may be outdated. A new token may live
// shorter than atLeast; the caller must check. Errors are not cached.
//
// The token is held until release is called. release is never nil.
func (t *Tokens) Share(
	ctx context.Context, r TokenRequest, atLeast time.Duration,
) (token Token, release func(), err error) {
	return t.shared.share(ctx, t.withCredentials(r), atLeast)
}

// Remaining returns the remaining life of a token.
func (t *Tokens) Remaining(token Token) time.Duration { return token.ExpiresAt.Sub(t.now()) }

// Verify is Verifier.Verify with the keys of this tenant.
func (t *Tokens) Verify(
	ctx context.Context, token string, want verify.Expected,
) (verify.Claims, error) {
	return t.verifier.Verify(ctx, token, want)
}

// document reads a public document of the tenant, up to a limit.
func (t *Tokens) document(ctx context.Context, name, address string, out any) error {
	err := t.conn.Send(ctx, rest.Request{
		Op: "read " + name, Method: http.MethodGet, Repeatable: true, MaxSize: maxDocument,
	}, address, nil, out)
	if limit, ok := errors.AsType[*bounded.LimitError](err); ok {
		err = &verify.Error{Reason: fmt.Sprintf("the %s of the tenant %s", name, limit)}
	}
	return err
}

// withCredentials fills in the client's own credentials if the request has none.
func (t *Tokens) withCredentials(r TokenRequest) TokenRequest {
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

func (a *tokenAnswer) Secrets() []string { return []string{a.AccessToken} }

func (a *tokenAnswer) Complete() bool { return a.AccessToken != "" }
