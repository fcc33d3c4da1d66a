// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/redact"
)

func TestProxy_noProxyExcludesHosts(t *testing.T) {
	t.Parallel()
	for domain, env := range map[string]map[string]string{
		"tenant.invalid":    {"HTTPS_PROXY": "ftp://proxy", "NO_PROXY": ".invalid"},
		"tenant.corp":       {"https_proxy": "ftp://proxy", "no_proxy": "*"},
		"https://localhost": {"HTTPS_PROXY": "ftp://proxy"},
		"http://127.0.0.1":  {"HTTP_PROXY": "ftp://proxy"},
		"other.corp":        {"HTTP_PROXY": "ftp://proxy", "ALL_PROXY": "ftp://proxy"},
	} {
		base, err := input.ParseDomain(domain)
		if err != nil {
			t.Fatal(err)
		}
		ways := proxies{func(name string) string { return env[name] }, &redact.Secrets{}}
		if found, err := ways.of(base); found != nil || err != nil {
			t.Errorf("%s: %+v, %v", domain, found, err)
		}
	}
}
