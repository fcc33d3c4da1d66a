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
	// Issuer is the tenant's URL, which appears in tokens, the identifier of the Management API
	// and the discovery document. Empty means the URL that the server listens on.
	Issuer string
	// Latency delays each answer.
	Latency time.Duration
	// RateLimit bounds the requests, as API contract 12 says. The zero value is no limit.
	RateLimit RateLimit
	// TLS makes the server speak HTTPS.
	TLS *tls.Config
	// SigningKeys are the current and the next signing key of the tenant, which must differ. The
	// server makes missing ones.
	SigningKeys []*rsa.PrivateKey
	// Tenant is a YAML or JSON document with objects to add to the initial tenant: lists named
	// resource_servers, clients, organizations and client_grants, whose entries are bodies that
	// the Management API accepts, optionally with fixed ids and secrets, and a list of actions.
	// $ISSUER in it is replaced with the tenant's URL.
	Tenant []byte
	// Data is a file that stores the tenant. If it has content, the server starts with it. Each
	// write is stored before it is answered. If empty, the tenant is kept in memory.
	Data string
	// WithoutFeatures names properties of resource servers that the tenant's plan does not include:
	// authorization_details, consent_policy, proof_of_possession, token_encryption. By default it
	// includes all.
	WithoutFeatures []string
	// Action runs before each token is issued, and can deny it or add claims to it; nil permits
	// all. It must be safe for concurrent use.
	Action func(tokens.Exchange) tokens.Verdict
	// ControlAddr is where the control API listens, with the same rules as Addr. It speaks plain
	// HTTP. Empty means no control API.
	ControlAddr string
	// RemoteControl permits a ControlAddr that other machines can reach. Everybody who
	// reaches the control API can read all secrets and private keys.
	RemoteControl bool
	// Seed decides which requests get a fault that has a probability.
	Seed uint64
	// Awkward is the seed of unusual behavior of the Management API that a client has to
	// tolerate; nil turns it off.
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
