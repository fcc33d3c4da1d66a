// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// renewBefore is how long before its expiry a Management API token is replaced, so that it does not
// expire on its way to the API.
const renewBefore = time.Minute

// refusedFor is how long a refusal for lack of a grant is cached.
const refusedFor = 30 * time.Second

const bearer = "Bearer "

// login keeps the one Management API token of a process.
type login struct {
	fixed    string     // A ready-made token, which cannot be renewed.
	file     *tokenFile // A file with a token that another program renews, or nil.
	missing  error      // Why there are no credentials.
	audience string
	tokens   *Tokens
	now      func() time.Time

	flight  singleflight.Group
	mu      sync.Mutex
	current string
	renewAt time.Time

	refused error     // Why the last login was refused; nil if it was not.
	until   time.Time // When to ask again after a refusal; zero means never.
}

// Authenticate adds the current token.
func (l *login) Authenticate(req *http.Request) error {
	token, err := l.token(req.Context())
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", bearer+token)
	return nil
}

// Renew drops the token of an attempt.
func (l *login) Renew(req *http.Request) bool {
	return l.drop(strings.TrimPrefix(req.Header.Get("Authorization"), bearer))
}

// token returns the current token and logs in if there is none. Concurrent callers share one login,
// which continues for the others if one of them gives up.
func (l *login) token(ctx context.Context) (string, error) {
	if l.missing != nil {
		return "", &rest.LoginError{Audience: l.audience, Err: l.missing}
	}
	if l.fixed != "" {
		return l.fixed, nil
	}
	if l.file != nil {
		token, err := l.file.token()
		if err != nil {
			return "", &rest.LoginError{Audience: l.audience, Err: err}
		}
		l.tokens.conn.Secrets.Add(token)
		return token, nil
	}
	if token, err := l.cached(); token != "" || err != nil {
		return token, err
	}
	done := l.flight.DoChan("", func() (any, error) { return l.fetch(context.WithoutCancel(ctx)) })
	select {
	case <-ctx.Done():
		return "", &rest.LoginError{
			ClientID: l.tokens.own.ClientID,
			Audience: l.audience,
			Err:      ctx.Err(),
		}
	case result := <-done:
		if result.Err != nil {
			return "", result.Err
		}
		token, _ := result.Val.(string)
		return token, nil
	}
}

func (l *login) fetch(ctx context.Context) (string, error) {
	// An earlier login may have brought a token since the caller looked.
	if token, err := l.cached(); token != "" || err != nil {
		return token, err
	}
	token, err := l.tokens.Fetch(ctx, TokenRequest{Audience: l.audience})
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		err = &rest.LoginError{ClientID: l.tokens.own.ClientID, Audience: l.audience, Err: err}
		if refusal(err) {
			// The same credentials would be refused again, and a tenant may block a client that
			// asks once per resource.
			l.refused, l.until = err, l.reconsider(err)
		}
		return "", err
	}
	l.current, l.renewAt = token.AccessToken, l.now().Add(useFor(token.ExpiresAt.Sub(l.now())))
	return l.current, nil
}

// cached returns the token or the refusal to use again. It returns neither if a login is due.
func (l *login) cached() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current != "" && l.now().Before(l.renewAt) {
		return l.current, nil
	}
	if !l.until.IsZero() && l.now().After(l.until) {
		return "", nil
	}
	return "", l.refused
}

// reconsider returns when to ask again after a refusal: wrong credentials stay wrong, but a missing
// grant may be created during this run.
func (l *login) reconsider(err error) time.Time {
	var answer *rest.Error
	if errors.As(err, &answer) && answer.Status == http.StatusForbidden {
		return l.now().Add(refusedFor)
	}
	return time.Time{}
}

// useFor returns how long a token with the given remaining life is used. A token that lives only
// for seconds is used for half of its life. A token without a known lifetime is used until it is
// refused or a minute has passed.
func useFor(left time.Duration) time.Duration {
	if left <= 0 {
		return renewBefore
	}
	return left - min(renewBefore, left/2)
}

// refusal reports whether the token endpoint, or a proxy in front of it, would refuse the same
// login again.
func refusal(err error) bool {
	if proxy, ok := errors.AsType[*rest.ProxyError](err); ok {
		return proxy.Refuses()
	}
	var answer *rest.Error
	return errors.As(err, &answer) && !answer.NotJSON &&
		(answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden)
}

// drop forgets a token that the API refused, and reports whether a new one is available. If the
// token has already been replaced, the new one stays.
func (l *login) drop(token string) bool {
	if l.file != nil {
		return l.file.drop(token)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current == token {
		l.current = ""
	}
	return l.fixed == ""
}
