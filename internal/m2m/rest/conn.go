// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package rest sends one request to the tenant, with its attempts and waits, and decodes the answer
// within bounds. It knows no endpoint. conn.go lists the layers that an attempt passes, and
// errors.go has the errors of all calls. Most tests of the layers are in package m2m, and send
// through its client.
package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/redact"
)

const (
	defaultRequestTimeout = 30 * time.Second
	defaultRetryTimeout   = 10 * time.Minute
	// allCapacity is the percentage of the rate limit to use by default.
	allCapacity = 100
)

// Config configures a Conn. The zero value of each field except BaseURL is usable.
type Config struct {
	// BaseURL is the root of the tenant, as input.ParseDomain returns it.
	BaseURL *url.URL
	// Unusable, if set, is the error of every call. It is set while the configuration is not known
	// yet, so that work that needs no calls can continue.
	Unusable error
	// RootCAs are the certificate authorities to trust; nil means the system's.
	RootCAs *x509.CertPool
	// RequestTimeout bounds one attempt, including the body of its answer; 0 means 30 seconds.
	RequestTimeout time.Duration
	// RetryTimeout bounds one call with all its attempts and waits; 0 means 10 minutes.
	RetryTimeout time.Duration
	// MaxAPICapacity is the percentage of the tenant's rate limit to use, from 1 to 100; 0 means
	// 100.
	MaxAPICapacity int
	// UserAgent is the User-Agent header of each request.
	UserAgent string
	// Headers are added to every request to the tenant, for a proxy in front of it.
	// input.CheckHeader checks them. Their values are secret.
	Headers map[string]string
	// Getenv reads the environment variables that name a proxy; nil means os.Getenv.
	Getenv func(string) string
	// Transport replaces the network, in tests with a fake clock. Nil means net/http.
	Transport http.RoundTripper
	// Log receives one entry per attempt. The entries contain no secrets.
	Log func(ctx context.Context, msg string, fields ...map[string]any)
	// Warn receives an entry when the tenant's rate limit slows the client down.
	Warn func(ctx context.Context, msg string, fields ...map[string]any)
	// Sent is called after each attempt of a request.
	Sent func()
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
	nothing := func(context.Context, string, ...map[string]any) {}
	if cfg.BaseURL == nil {
		cfg.BaseURL = &url.URL{}
	}
	if cfg.RequestTimeout == 0 {
		cfg.RequestTimeout = defaultRequestTimeout
	}
	if cfg.RetryTimeout == 0 {
		cfg.RetryTimeout = defaultRetryTimeout
	}
	if cfg.MaxAPICapacity == 0 {
		cfg.MaxAPICapacity = allCapacity
	}
	if cfg.Getenv == nil {
		cfg.Getenv = os.Getenv
	}
	if cfg.Log == nil {
		cfg.Log = nothing
	}
	if cfg.Warn == nil {
		cfg.Warn = nothing
	}
	if cfg.Sent == nil {
		cfg.Sent = func() {}
	}
	return cfg
}

// Conn calls one tenant. It is safe for concurrent use.
type Conn struct {
	// Login authenticates the calls of the Management API. It is set before the first of them.
	Login Authenticator
	// Secrets are secrets that an answer or an error could repeat.
	Secrets *redact.Secrets

	cfg     Config
	base    string // Root URL of the tenant, without a slash at its end.
	layers  sender
	stats   stats
	reached sync.Map      // The hosts that have answered a request.
	writes  atomic.Uint64 // Counts changes that may affect the content of tokens.
}

// New makes a Conn. It sends nothing.
func New(cfg Config) (*Conn, error) {
	if cfg.Unusable == nil {
		if err := cfg.check(); err != nil {
			return nil, err
		}
	}
	cfg = cfg.withDefaults()
	c := &Conn{cfg: cfg, base: cfg.BaseURL.String(), Secrets: &redact.Secrets{}}
	for _, value := range cfg.Headers {
		c.Secrets.Add(value)
	}
	c.layers = c.chain()
	return c, nil
}

// Issuer is the issuer of the tenant's tokens: its root URL with a slash at its end (API
// contract 10.2). It is also the audience of client assertions (API contract 9.3).
func (c *Conn) Issuer() string { return c.base + "/" }

// RetryTimeout bounds one call with all its attempts and waits.
func (c *Conn) RetryTimeout() time.Duration { return c.cfg.RetryTimeout }

// Writes counts the changes that may affect the content of tokens.
func (c *Conn) Writes() uint64 { return c.writes.Load() }

// chain assembles the layers that each attempt of a call passes. From the outside in, the layers of
// a call are:
//
//	retry -> auth -> pace -> log -> network -> net/http
//
// Retry (type attempts, in retry.go) is outermost and sends through the chain, so that each attempt
// gets fresh credentials and waits for its turn. The log is inside auth and pace, so that it
// measures an attempt without its wait and without a login, which is a separate request. The
// network is innermost. It also decodes the answer, so that each layer sees a broken answer as a
// failed attempt.
func (c *Conn) chain() sender {
	cfg := c.cfg
	if cfg.Unusable != nil {
		return failing{cfg.Unusable}
	}
	way := &proxies{getenv: cfg.Getenv, secrets: c.Secrets}
	if cfg.Transport == nil {
		cfg.Transport = transport(cfg, way)
	}
	return &authenticating{
		next: &pacing{
			capacity: cfg.MaxAPICapacity, stats: &c.stats, warn: cfg.Warn,
			next: &logging{
				log: cfg.Log, secrets: c.Secrets, stats: &c.stats, sent: cfg.Sent,
				next: &network{
					timeout: cfg.RequestTimeout, proxies: way, transport: cfg.Transport,
				},
			},
		},
	}
}

// transport is the transport of net/http, with the proxies of the environment.
func transport(cfg Config, way *proxies) http.RoundTripper {
	//nolint:forcetypeassert // The standard library's own value.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy, transport.OnProxyConnectResponse = way.choose, refuseAnswer
	transport.TLSClientConfig = &tls.Config{RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS12}
	return transport
}
