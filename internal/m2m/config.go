// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
)

const (
	defaultRequestTimeout = 30 * time.Second
	defaultRetryTimeout   = 10 * time.Minute
	// allCapacity is the percentage of the rate limit to use by default.
	allCapacity = 100
)

// Config configures a Client. The zero value of each field except BaseURL is usable.
type Config struct {
	// BaseURL is the root of the tenant, as ParseDomain returns it.
	BaseURL *url.URL
	// Audience is the identifier of the Management API. If empty, it is derived from BaseURL; for a
	// custom domain, set the identifier of the tenant (API contract 1.1).
	Audience string
	// Credentials log in to the Management API when the first call needs a token.
	Credentials Credentials
	// APIToken is a ready-made Management API token, used instead of Credentials.
	APIToken string
	// APITokenFile is a file that contains a Management API token, used instead of both. It is read
	// for each request, so that another program can keep the token fresh.
	APITokenFile string
	// NoCredentials says why none of these is set. It is the error of calls that need a token.
	NoCredentials error
	// Unusable, if set, is the error of every call. It is set while the configuration is not known
	// yet, so that work that needs no calls can continue.
	Unusable error

	// RootCAs are the certificate authorities to trust; nil means the system's.
	RootCAs *x509.CertPool
	// RequestTimeout bounds one attempt, including the body of its answer.
	RequestTimeout time.Duration
	// RetryTimeout bounds one call with all its attempts and waits.
	RetryTimeout time.Duration
	// MaxAPICapacity is the percentage of the tenant's rate limit to use, from 1 to 100; 0 means
	// 100.
	MaxAPICapacity int
	UserAgent      string
	// Headers are added to every request to the tenant, for a proxy in front of it. CheckHeader
	// checks them. Their values are secret.
	Headers map[string]string
	// Getenv reads the environment variables that name a proxy; nil means os.Getenv.
	Getenv func(string) string
	// NoReadBatching asks for each object by itself.
	NoReadBatching bool
	// Transport replaces the network, in tests with a fake clock. Nil means net/http.
	Transport http.RoundTripper
	// Log receives one entry per attempt. The entries contain no secrets.
	Log func(ctx context.Context, msg string, fields ...map[string]any)
	// Warn receives an entry when the tenant's rate limit slows the client down.
	Warn func(ctx context.Context, msg string, fields ...map[string]any)
	// Sent is called after each attempt of a request.
	Sent func()
	// Now is the clock for the lifetime of tokens; nil means time.Now.
	Now func() time.Time
	// GatherScopes waits for the first changes to the scopes of a resource server; pending returns
	// their number. Nil means a wait of a few milliseconds.
	GatherScopes func(pending func() int)
}

func (cfg Config) check() error {
	if cfg.BaseURL == nil {
		return errors.New("m2m: Config.BaseURL is missing")
	}
	if cfg.MaxAPICapacity < 0 || cfg.MaxAPICapacity > allCapacity {
		return fmt.Errorf("m2m: Config.MaxAPICapacity is %d", cfg.MaxAPICapacity)
	}
	for name, value := range cfg.Headers {
		if err := input.CheckHeader(name, value); err != nil {
			return fmt.Errorf("m2m: Config.Headers: %w", err)
		}
	}
	return nil
}

// withDefaults returns the Config with a usable value in each field.
func (cfg Config) withDefaults() Config {
	if cfg.BaseURL == nil {
		cfg.BaseURL = &url.URL{}
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
	if cfg.Getenv == nil {
		cfg.Getenv = os.Getenv
	}
	if cfg.MaxAPICapacity == 0 {
		cfg.MaxAPICapacity = allCapacity
	}
	if cfg.Log == nil {
		cfg.Log = func(context.Context, string, ...map[string]any) {}
	}
	if cfg.Sent == nil {
		cfg.Sent = func() {}
	}
	if cfg.Warn == nil {
		cfg.Warn = func(context.Context, string, ...map[string]any) {}
	}
	if cfg.Audience == "" {
		cfg.Audience = cfg.BaseURL.String() + "/api/v2/"
	}
	if cfg.GatherScopes == nil {
		cfg.GatherScopes = gatherBriefly
	}
	// A token read from a file ends in a newline, which a header cannot contain.
	cfg.APIToken = strings.TrimSpace(cfg.APIToken)
	return cfg
}
