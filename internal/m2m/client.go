// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package m2m is a client for the parts of the Auth0 Management API v2 that
// decide which machine may call which API, and for the token endpoint that
// hands out the tokens. It knows nothing of Terraform.
package m2m

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	defaultRequestTimeout = 30 * time.Second
	defaultRetryTimeout   = 10 * time.Minute
)

// Config is what a Client is made of. The zero value of each field but BaseURL
// is usable.
type Config struct {
	// BaseURL is the root of the tenant, as ParseDomain returns it.
	BaseURL *url.URL
	// Audience is the identifier of the Management API. Empty means that of
	// BaseURL; a custom domain needs the tenant's own (API contract 1.1).
	Audience string
	// Credentials log in to the Management API, at the first call that needs it.
	Credentials Credentials
	// APIToken is a ready-made Management API token, used instead of Credentials.
	APIToken string
	// APITokenFile is a file that holds one, used instead of both. It is read when
	// a request needs the token, so that another program can keep it fresh.
	APITokenFile string
	// NoLogin says why there is none of these; calls that need a token return it.
	NoLogin error
	// Unusable, when set, is what every call returns. It stands for a
	// configuration that is not known yet, so that work which needs no call
	// goes on without one.
	Unusable error

	// RootCAs are the certificate authorities to trust; nil means the system's.
	RootCAs *x509.CertPool
	// RequestTimeout bounds one attempt, the body of its answer included.
	RequestTimeout time.Duration
	// RetryTimeout bounds one call with all its attempts and waits.
	RetryTimeout time.Duration
	UserAgent    string
	// Headers go with every request to the tenant, for a proxy in front of it that
	// asks for them. CheckHeader tells what they may be. Their values are secret.
	Headers map[string]string
	// Log receives one entry per attempt. Nothing in it is secret.
	Log func(ctx context.Context, msg string, fields ...map[string]any)
	// Now is the clock that tokens are judged by; nil means time.Now.
	Now func() time.Time
	// GatherScopes waits for further changes to the scopes of an API, of which
	// pending tells the number; nil means a few milliseconds.
	GatherScopes func(pending func() int)
}

// Client calls one tenant. It is safe for concurrent use, and its users share
// one login.
type Client struct {
	ResourceServers          *ResourceServers
	ResourceServerScopes     *ResourceServerScopes
	ClientGrants             *ClientGrants
	OrganizationClientGrants *OrganizationClientGrants
	Clients                  *Clients
	Tokens                   *Tokens
}

// New makes a client. It sends nothing: the first call logs in.
func New(cfg Config) (*Client, error) {
	if cfg.Unusable != nil {
		c := &conn{unusable: cfg.Unusable}
		return c.client(&Tokens{conn: c}, cfg.GatherScopes), nil
	}
	if cfg.BaseURL == nil {
		return nil, errors.New("m2m: Config.BaseURL is missing")
	}
	for name, value := range cfg.Headers {
		if err := CheckHeader(name, value); err != nil {
			return nil, fmt.Errorf("m2m: Config.Headers: %w", err)
		}
	}
	if cfg.RequestTimeout == 0 {
		cfg.RequestTimeout = defaultRequestTimeout
	}
	if cfg.RetryTimeout == 0 {
		cfg.RetryTimeout = defaultRetryTimeout
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = func(context.Context, string, ...map[string]any) {}
	}
	if cfg.Audience == "" {
		cfg.Audience = cfg.BaseURL.String() + "/api/v2/"
	}

	// One read from a file ends in a newline, which no header can hold.
	cfg.APIToken = strings.TrimSpace(cfg.APIToken)

	c := &conn{
		base:         cfg.BaseURL.String(),
		userAgent:    cfg.UserAgent,
		headers:      cfg.Headers,
		retryTimeout: cfg.RetryTimeout,
		known:        &redactor{},
	}
	c.known.add(cfg.Credentials.ClientSecret, cfg.APIToken)
	c.known.add(slices.Collect(maps.Values(cfg.Headers))...)
	shared := attempts(cfg, c.known)
	c.open = retrying(shared)
	tokens := &Tokens{conn: c, own: cfg.Credentials, now: cfg.Now}
	c.management = retrying(&authTransport{login: newLogin(cfg, tokens), next: shared})
	return c.client(tokens, cfg.GatherScopes), nil
}

func (c *conn) client(tokens *Tokens, gatherScopes func(pending func() int)) *Client {
	servers := &ResourceServers{conn: c}
	return &Client{
		ResourceServers:          servers,
		ResourceServerScopes:     newResourceServerScopes(servers, gatherScopes),
		ClientGrants:             &ClientGrants{conn: c},
		OrganizationClientGrants: &OrganizationClientGrants{conn: c},
		Clients:                  &Clients{conn: c},
		Tokens:                   tokens,
	}
}

// The chain of a call is, from the outside in:
//
//	retry -> auth -> pace -> log -> attempt -> net/http
//
// Retry is outermost, so that each attempt carries a fresh token and takes its
// turn with the limiter. The token endpoint and the key set are called without
// auth, over the same attempts. Pacing belongs there, around the log, so that it
// holds for both.
func attempts(cfg Config, known *redactor) http.RoundTripper {
	base := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // The standard library's own value.
	base.TLSClientConfig = &tls.Config{RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS12}
	return &logTransport{
		log:   cfg.Log,
		known: known,
		next:  &attemptTransport{timeout: cfg.RequestTimeout, next: base},
	}
}

func retrying(next http.RoundTripper) *retryablehttp.Client {
	c := retryablehttp.NewClient()
	c.Logger = nil // Attempts are logged by logTransport, without their secrets.
	c.RetryMax = maxAttempts
	c.CheckRetry = retryPolicy
	c.Backoff = func(_, _ time.Duration, attempt int, resp *http.Response) time.Duration {
		return jittered(retryWait(attempt, resp, time.Now()))
	}
	// The last answer carries the API's own words; keep it.
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.HTTPClient = &http.Client{
		Transport: next,
		// A redirect would carry a token or a secret to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}
