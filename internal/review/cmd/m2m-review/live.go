// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// connect makes a client of the tenant that the provider's environment variables name.
func connect(getenv func(string) string) (*m2m.Client, error) {
	if getenv("AUTH0_DOMAIN") == "" {
		return nil, errors.New(
			"-live needs a tenant: set AUTH0_DOMAIN, and credentials as for the provider")
	}
	base, err := input.ParseDomain(getenv("AUTH0_DOMAIN"))
	if err != nil {
		return nil, fmt.Errorf("AUTH0_DOMAIN: %w", err)
	}
	cfg := m2m.Config{
		Config: rest.Config{
			BaseURL: base, UserAgent: "m2m-review/" + build().Version, Getenv: getenv,
		},
		Audience: getenv("AUTH0_AUDIENCE"),
		APIToken: getenv("AUTH0_API_TOKEN"), APITokenFile: getenv("AUTH0_API_TOKEN_FILE"),
		Credentials: m2m.Credentials{
			ClientID:     getenv("AUTH0_CLIENT_ID"),
			ClientSecret: getenv("AUTH0_CLIENT_SECRET"),
			PrivateKey:   getenv("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY"),
			SigningAlg:   getenv("AUTH0_CLIENT_ASSERTION_SIGNING_ALG"),
		},
	}
	if cfg.APIToken == "" && cfg.APITokenFile == "" &&
		(cfg.Credentials.ClientSecret == "" && cfg.Credentials.PrivateKey == "") {
		return nil, errors.New(
			"-live needs credentials: set AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, or " +
				"AUTH0_API_TOKEN",
		)
	}
	if file := getenv("AUTH0_CA_CERT_FILE"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("AUTH0_CA_CERT_FILE: %w", err)
		}
		if cfg.RootCAs, err = x509.SystemCertPool(); err != nil {
			cfg.RootCAs = x509.NewCertPool()
		}
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("AUTH0_CA_CERT_FILE: %s holds no certificate", file)
		}
	}
	return m2m.New(cfg)
}
