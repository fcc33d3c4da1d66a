// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	apiType         = "m2m_resource_server"
	scopeType       = "m2m_resource_server_scope"
	grantType       = "m2m_client_grant"
	associationType = "m2m_organization_client_grant"
	exclusiveType   = "m2m_client_grants_exclusive"
)

// ownSecret are the arguments of a provider that logs in with a secret.
func ownSecret() values {
	return values{
		"domain": sceneDomain, "client_id": testserver.ManagementClientID,
		"client_secret": testserver.ManagementClientSecret,
	}
}

// file writes a file and returns its path.
func (s *scene) file(name, content string) string {
	s.T.Helper()
	folder := s.T.TempDir()
	s.folders = append(s.folders, folder)
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.T.Fatal(err)
	}
	return path
}

// needsTenant sends a request.
func (s *scene) needsTenant() {
	s.T.Helper()
	s.reads(apiType, apiWith(), nil)
}

// inBlock configures the provider with an argument beside its credentials.
func inBlock(name string, value any) func(*scene) {
	return func(s *scene) { s.configure(ownSecret().with(name, value)) }
}

// inEnvironment sends a request with a variable in the environment.
func inEnvironment(changes ...string) func(*scene) {
	return func(s *scene) {
		s.run(changes...)
		s.needsTenant()
	}
}

var providerScenes = map[string]func(*scene){
	"two methods": inBlock("api_token", "token"),
	"three methods in the environment": inEnvironment(
		"AUTH0_API_TOKEN", "eyJhbGciOi", "AUTH0_API_TOKEN_FILE", "token.txt",
	),
	"key that is a file name": inBlock("client_assertion_private_key", "key.pem"),
	"algorithm in the variable": inEnvironment(
		"AUTH0_CLIENT_SECRET", "", "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", testkeys.PrivatePEM(),
		"AUTH0_CLIENT_ASSERTION_SIGNING_ALG", "HS256",
	),
	"unknown algorithm": inBlock("client_assertion_signing_alg", "HS256"),
	"headers": inBlock("headers", map[string]string{
		"Authorization": "x", "X-Proxy": "a", "x-proxy": "b",
	}),
	"padded audience":   inBlock("audience", systemAPI+"\n"),
	"padded secret":     inBlock("client_secret", "secret\n"),
	"padded token":      func(s *scene) { s.configure(values{"domain": sceneDomain, "api_token": "a b"}) },
	"domain":            inBlock("domain", "http://acme.eu.auth0.com"),
	"domain variable":   inEnvironment("AUTH0_DOMAIN", "acme.eu.auth0.com/login"),
	"capacity":          inEnvironment("M2M_MAX_API_CAPACITY", "half"),
	"capacity in block": inBlock("max_api_capacity", 12.5),
	"read batching":     inEnvironment("M2M_READ_BATCHING", "maybe"),
	"adopt identical":   inEnvironment("M2M_ADOPT_IDENTICAL", "maybe"),
	"duration":          inBlock("request_timeout", "30"),
	"no such CA file":   inBlock("ca_cert_file", "/nowhere/ca.pem"),
	"no certificate": func(s *scene) {
		s.configure(ownSecret().with("ca_cert_file", s.file("ca.pem", "certificate")))
	},
	"broken certificate": func(s *scene) {
		s.configure(ownSecret().with("ca_cert_file", s.file(
			"ca.pem", "-----BEGIN CERTIFICATE-----\nMIIB",
		)))
	},
	"report over another file": func(s *scene) {
		s.configure(ownSecret().with("request_report_file", s.file("main.tf", "locals {}")))
	},
	"no credentials": inEnvironment("AUTH0_CLIENT_ID", "", "AUTH0_CLIENT_SECRET", ""),
	"no id":          inEnvironment("AUTH0_CLIENT_ID", ""),
	"no secret":      inEnvironment("AUTH0_CLIENT_SECRET", ""),
	"key without an id": inEnvironment("AUTH0_CLIENT_ID", "", "AUTH0_CLIENT_SECRET", "",
		"AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", testkeys.PrivatePEM()),
	"algorithm without a key": func(s *scene) {
		s.configure(values{"client_assertion_signing_alg": "RS256"})
		s.needsTenant()
	},
	"no domain": inEnvironment("AUTH0_DOMAIN", ""),
	"domain known after apply": func(s *scene) {
		s.configure(ownSecret().with("domain", unknownText))
		s.needsTenant()
		s.needsTenant()
	},
	"mistakes are reported once": func(s *scene) {
		s.run("AUTH0_DOMAIN", "acme.eu.auth0.com/login")
		s.needsTenant()
		s.reads(apiType, apiWith().with("identifier", acctest.OrdersAPI+"/2"), nil)
	},
}
