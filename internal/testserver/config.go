// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"crypto/rsa"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tokens"
)

// Config says how a server is set up. The zero value serves plain HTTP on a free port of 127.0.0.1.
type Config struct {
	// Addr is the address to listen on. An empty host means 127.0.0.1; port 0 picks a free port.
	Addr string
	// Issuer is the URL that the tenant is known by: its tokens, its Management API and its
	// discovery document are named after it. Empty means where the server listens.
	Issuer string
	// Latency is how long each answer is held back.
	Latency time.Duration
	// RateLimit bounds the requests, as API contract 12 says. The zero value is no limit.
	RateLimit RateLimit
	// TLS makes the server speak HTTPS.
	TLS *tls.Config
	// SigningKeys are the current and the next signing key of the tenant, which must differ.
	// Missing ones are made.
	SigningKeys []*rsa.PrivateKey
	// Tenant is a YAML or JSON document with what the tenant starts with besides what every server
	// has: lists named resource_servers, clients, organizations and client_grants, whose entries
	// are bodies that the Management API takes, with ids and secrets of their own if they are to be
	// known beforehand, and a list of actions. $ISSUER in it stands for the URL that the tenant is
	// known by.
	Tenant []byte
	// Data is a file that keeps the tenant: what it holds when the server starts is the tenant, and
	// every write is in it before it is answered. Empty keeps the tenant in memory.
	Data string
	// WithoutFeatures names properties of resource servers that the tenant's plan does not include:
	// authorization_details, consent_policy, proof_of_possession, token_encryption. By default it
	// includes all.
	WithoutFeatures []string
	// Action runs before each token is issued, and may deny it or add claims to it; nil lets all
	// pass. Requests that are served at the same time run it at the same time.
	Action func(tokens.Exchange) tokens.Verdict
	// ControlAddr is where the control API listens, by the same rules; it speaks plain HTTP. Empty
	// means that there is none.
	ControlAddr string
	// Seed decides which requests are struck by faults of a certain probability.
	Seed uint64
	// Awkward is a seed too: with it, the Management API is as awkward as a client has to tolerate.
	// nil leaves it straight.
	Awkward *uint64
	// Log gets a line for each request; nil discards them.
	Log *slog.Logger
}

func logOf(config Config) *slog.Logger {
	if config.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return config.Log
}

// tenantURL checks an issuer. Without one it is where the server listens.
func tenantURL(issuer, listening string) (string, error) {
	if issuer == "" {
		return listening, nil
	}
	parsed, err := url.Parse(issuer)
	if err != nil || (parsed.Scheme != "https" && parsed.Scheme != "http") || parsed.Host == "" ||
		strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" || parsed.Fragment != "" ||
		parsed.User != nil {
		return "", fmt.Errorf("the issuer %q is not a URL such as https://acme.example.com", issuer)
	}
	return parsed.Scheme + "://" + parsed.Host, nil
}
