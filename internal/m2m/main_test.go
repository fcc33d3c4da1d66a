// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	apiToken     = "eyJhbGciOiJSUzI1NiJ9.eyJmaXhlZCI6dHJ1ZX0.Zml4ZWQ"
	clientID     = "Mgmt0Client0Id0000000000000000AB"
	clientSecret = "s3cr3t-of-the-management-client-with-64-characters-aaaaaaaaaaaaa"
)

// Short names of what tests share.
type tenant = m2mtest.Tenant

var (
	serve, script       = m2mtest.Serve, m2mtest.Script
	reply, html         = m2mtest.Reply, m2mtest.HTML
	reset, truncated    = m2mtest.Reset, m2mtest.Truncated
	answer, connected   = m2mtest.Answer, m2mtest.Connected
	noon, atNoon        = m2mtest.Noon, m2mtest.AtNoon
	rsaKey, otherRSAKey = m2mtest.RSAKey, m2mtest.OtherRSAKey
)

const ordersJSON = m2mtest.OrdersJSON

// client returns a client of a server, with a ready-made token.
func client(t *testing.T, s *tenant, change ...func(*Config)) *Client {
	t.Helper()
	return clientOf(t, s.URL, change...)
}

func clientOf(t *testing.T, domain string, change ...func(*Config)) *Client {
	t.Helper()
	base, err := input.ParseDomain(domain)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Config:   rest.Config{BaseURL: base, Getenv: m2mtest.NoEnv},
		APIToken: apiToken, Now: atNoon,
	}
	for _, c := range change {
		c(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// withLogin makes a client log in instead of using a ready-made token.
func withLogin(cfg *Config) {
	cfg.APIToken = ""
	cfg.Credentials = Credentials{ClientID: clientID, ClientSecret: clientSecret}
}

// over returns a client that sends over f.
func over(t *testing.T, f m2mtest.Wire, change ...func(*Config)) *Client {
	t.Helper()
	change = append(change, func(cfg *Config) { cfg.Transport = f })
	return clientOf(t, "tenant.example", change...)
}

// getOrders is a read, for tests that need any read.
func getOrders(ctx context.Context, c *Client) error {
	_, err := c.ResourceServers.Get(ctx, "https://orders.example.com")
	return err
}
