// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package input

import (
	"strings"
	"testing"
)

func TestParseDomain_acceptsHostsAndURLs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"acme.eu.auth0.com":              "https://acme.eu.auth0.com",
		"ACME.eu.Auth0.com":              "https://acme.eu.auth0.com",
		"acme.eu.auth0.com/":             "https://acme.eu.auth0.com",
		"https://acme.eu.auth0.com":      "https://acme.eu.auth0.com",
		"HTTPS://acme.eu.auth0.com///":   "https://acme.eu.auth0.com",
		"https://acme.eu.auth0.com:443/": "https://acme.eu.auth0.com",
		"acme.eu.auth0.com:443":          "https://acme.eu.auth0.com",
		"acme.eu.auth0.com:":             "https://acme.eu.auth0.com",
		"acme.eu.auth0.com:8443":         "https://acme.eu.auth0.com:8443",
		"acme.eu.auth0.com:4430":         "https://acme.eu.auth0.com:4430",
		"localhost:8443":                 "https://localhost:8443",
		"https://localhost:8443":         "https://localhost:8443",
		"10.1.2.3":                       "https://10.1.2.3",
		"[2001:db8::1]:8443":             "https://[2001:db8::1]:8443",
		"https://[2001:DB8::1]":          "https://[2001:db8::1]",
		"https://[2001:db8::443]":        "https://[2001:db8::443]",
		"https://[::1]:443":              "https://[::1]",
		"http://localhost:4646":          "http://localhost:4646",
		"http://LocalHost:4646/":         "http://localhost:4646",
		"http://127.0.0.1:4646":          "http://127.0.0.1:4646",
		"http://127.9.9.9":               "http://127.9.9.9",
		"http://127.0.0.1:80":            "http://127.0.0.1",
		"http://127.0.0.1:443":           "http://127.0.0.1:443",
		"http://[::1]:4646":              "http://[::1]:4646",
	} {
		u, err := ParseDomain(in)
		if err != nil || u.String() != want {
			t.Errorf("ParseDomain(%q) = %v, %v; want %s", in, u, err, want)
		}
	}
}

func TestParseDomain_refusesWithAReason(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                   "contains no host",
		" ":                                  "consists of white space",
		" acme.auth0.com":                    `" acme.auth0.com" begins with white space`,
		"\ufeffacme.auth0.com":               "begins with a byte order mark",
		"https://":                           "contains no host",
		"https:///api":                       "contains no host",
		":8443":                              "contains no host",
		"acme.eu.auth0.com\n":                `"acme.eu.auth0.com\n" ends with a line break`,
		"acme .auth0.com":                    "neither a host nor a URL",
		"acme.auth0.com:port":                "neither a host nor a URL",
		"::1":                                "neither a host nor a URL",
		"acme.auth0.com/api/v2":              "use only the host, such as acme.auth0.com",
		"https://acme.auth0.com/api/v2/":     "use only the host, such as acme.auth0.com",
		"https://acme.auth0.com/?x=y":        "use only the host",
		"https://acme.auth0.com/#x":          "use only the host",
		"http://acme.auth0.com":              "use https://acme.auth0.com",
		"http://10.0.0.1":                    "plain http",
		"http://0.0.0.0":                     "plain http",
		"http://[2001:db8::1]":               "plain http",
		"http://localhost.evil.example":      "plain http",
		"http://127.0.0.1.evil.example":      "plain http",
		"http://127.1":                       "plain http",
		"ftp://acme.auth0.com":               `has the scheme "ftp"`,
		"https://user:hunter2@acme.auth0.io": "must not contain credentials",
		"http://127.0.0.1@evil.example":      "must not contain credentials",
		"https://user:hun:ter2@a b":          "must not contain credentials",
		"https://user:hunter2@":              "must not contain credentials",
	} {
		u, err := ParseDomain(in)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseDomain(%q) = %v, %v; want an error with %q", in, u, err, want)
			continue
		}
		if strings.Contains(err.Error(), "hun") {
			t.Errorf("ParseDomain(%q) repeats the password: %v", in, err)
		}
	}
}
