// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package m2m is a client for the parts of the Auth0 Management API v2 that decide which machine
// may call which API, and for the token endpoint. It knows nothing of Terraform.
//
// client.go assembles the client from its configuration: config; the package input. The other files
// form five groups. Each depends only on groups below it:
//
//	reads      reads of a plan, with few requests: reads, batches; the package batch
//	scopes     single scopes of an API: scopes, scope_queue, scope_call, scope_look, scope
//	endpoints  resource_servers, client_grants, organization_client_grants (and their list),
//	           clients, organizations; create, remove, look, pages, field
//	tokens     tokens, token, token_share, credentials, login, granted, token_file; the package
//	           verify
//	transport  request, decode; chain, retry, wait, pace, log, network, proxy; stats, errors;
//	           the packages redact and bounded
package m2m

import (
	"crypto/tls"
	"maps"
	"net/http"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/redact"
)

// Client calls one tenant. It is safe for concurrent use. All its calls share one login.
type Client struct {
	ResourceServers          *ResourceServers
	ResourceServerScopes     *ResourceServerScopes
	ClientGrants             *ClientGrants
	OrganizationClientGrants *OrganizationClientGrants
	Clients                  *Clients
	Organizations            *Organizations
	Tokens                   *Tokens
	// Reads reads objects for a plan. FreshReads is the same for readers that may run in an apply,
	// while something else writes: it uses no answer from before the question, unless the process
	// is known to make a plan.
	Reads, FreshReads *Reads

	login *login
	stats *stats
}

// New makes a client. It sends nothing: the first call logs in.
func New(cfg Config) (*Client, error) {
	if cfg.Unusable == nil {
		if err := cfg.check(); err != nil {
			return nil, err
		}
	}
	cfg = cfg.withDefaults()

	c := &conn{
		base:         cfg.BaseURL.String(),
		userAgent:    cfg.UserAgent,
		headers:      cfg.Headers,
		retryTimeout: cfg.RetryTimeout,
		secrets:      &redact.Secrets{},
		stats:        &stats{},
	}
	c.secrets.Add(cfg.Credentials.ClientSecret, cfg.Credentials.PrivateKey, cfg.APIToken)
	c.secrets.Add(slices.Collect(maps.Values(cfg.Headers))...)
	c.chain = chain(cfg, c)
	tokens := newTokens(c, cfg.Credentials, cfg.Now)
	l := &login{
		fixed: cfg.APIToken, missing: cfg.NoCredentials,
		audience: cfg.Audience, tokens: tokens, now: cfg.Now,
	}
	if cfg.APITokenFile != "" {
		l.file = &tokenFile{path: cfg.APITokenFile}
	}
	c.login = l

	servers, grants := &ResourceServers{conn: c}, &ClientGrants{conn: c}
	client := &Client{
		ResourceServers:          servers,
		ResourceServerScopes:     newResourceServerScopes(servers, cfg.GatherScopes),
		ClientGrants:             grants,
		OrganizationClientGrants: &OrganizationClientGrants{conn: c},
		Clients:                  &Clients{conn: c},
		Organizations:            &Organizations{conn: c},
		Tokens:                   tokens,
		login:                    l,
		stats:                    c.stats,
	}
	all := newBatches(cfg, client)
	servers.batch, grants.batch = all, all
	client.OrganizationClientGrants.batch = all
	client.Reads = &Reads{client: client, batch: all}
	client.FreshReads = &Reads{client: client, batch: all, fresh: true}
	return client, nil
}

// chain assembles the layers that each attempt of a call passes. From the outside in, the layers of
// a call are:
//
//	retry -> auth -> pace -> log -> network -> net/http
//
// Retry (type attempts, in retry.go) is outermost and sends through the chain, so that each attempt
// gets fresh credentials and waits for its turn. The log is innermost, so that it measures an
// attempt without its wait and without a login, which is a separate call.
func chain(cfg Config, c *conn) sender {
	if cfg.Unusable != nil {
		return failing{cfg.Unusable}
	}
	way := &proxies{getenv: cfg.Getenv, secrets: c.secrets}
	if cfg.Transport == nil {
		cfg.Transport = transport(cfg, way)
	}
	return &authenticating{
		next: &pacing{
			capacity: cfg.MaxAPICapacity, stats: c.stats, warn: cfg.Warn,
			next: &logging{
				log: cfg.Log, secrets: c.secrets, stats: c.stats, sent: cfg.Sent,
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
