// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package m2m is a client for the parts of the Auth0 Management API v2 that decide which machine
// may call which API, and for the token endpoint. It knows nothing of Terraform.
//
// client.go assembles the client from its configuration in config.go. The other files form four
// groups. Each calls only groups below it, except that a write of an endpoint tells batches that
// earlier answers are outdated:
//
//	reads      reads of a plan, with few requests: reads, batches
//	scopes     single scopes of an API: scopes, scope_queue, scope_call, scope_look, scope
//	endpoints  resource_servers, client_grants, organization_client_grants (and their list),
//	           clients, organizations; create, remove, look, pages, field
//	tokens     tokens, token, token_share, credentials, login, granted, token_file; the package
//	           verify
//
// Reads and scopes use the package batch. All groups send with the package rest, which has the
// errors of the API too. errors.go has the
// errors beyond these. The package input checks values before anything is sent.
package m2m

import "github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"

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

	conn  *rest.Conn
	login *login
}

// New makes a client. It sends nothing: the first call logs in.
func New(cfg Config) (*Client, error) {
	c, err := rest.New(cfg.Config)
	if err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults(c.Issuer() + "api/v2/")
	c.Secrets.Add(cfg.Credentials.ClientSecret, cfg.Credentials.PrivateKey, cfg.APIToken)
	tokens := newTokens(c, cfg.Credentials, cfg.Now)
	l := &login{
		fixed: cfg.APIToken, missing: cfg.NoCredentials,
		audience: cfg.Audience, tokens: tokens, now: cfg.Now,
	}
	if cfg.APITokenFile != "" {
		l.file = &tokenFile{path: cfg.APITokenFile}
	}
	c.Login = l

	servers, grants := &ResourceServers{conn: c}, &ClientGrants{conn: c}
	client := &Client{
		ResourceServers:          servers,
		ResourceServerScopes:     newResourceServerScopes(servers, cfg.GatherScopes),
		ClientGrants:             grants,
		OrganizationClientGrants: &OrganizationClientGrants{conn: c},
		Clients:                  &Clients{conn: c},
		Organizations:            &Organizations{conn: c},
		Tokens:                   tokens,
		conn:                     c,
		login:                    l,
	}
	all := newBatches(cfg, client)
	servers.batch, grants.batch = all, all
	client.OrganizationClientGrants.batch = all
	client.Reads = &Reads{client: client, batch: all}
	client.FreshReads = &Reads{client: client, batch: all, fresh: true}
	return client, nil
}

// Slowdown is Slowdown of package rest.
func (c *Client) Slowdown() rest.Slowdown { return c.conn.Slowdown() }

// Usage returns what the client has asked of the tenant so far.
func (c *Client) Usage() rest.Usage { return c.conn.Usage() }
