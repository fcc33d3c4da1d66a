// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
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

func (cfg Config) check() error {
	if cfg.BaseURL == nil {
		return errors.New("m2m: Config.BaseURL is missing")
	}
	for name, value := range cfg.Headers {
		if err := CheckHeader(name, value); err != nil {
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
	if cfg.Log == nil {
		cfg.Log = func(context.Context, string, ...map[string]any) {}
	}
	if cfg.Audience == "" {
		cfg.Audience = cfg.BaseURL.String() + "/api/v2/"
	}
	if cfg.GatherScopes == nil {
		cfg.GatherScopes = gatherBriefly
	}
	// A token read from a file ends in a newline, which no header can hold.
	cfg.APIToken = strings.TrimSpace(cfg.APIToken)
	return cfg
}
