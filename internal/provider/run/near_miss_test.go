// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import "testing"

func TestNearMiss(t *testing.T) {
	t.Parallel()
	tenant := []string{
		"https://acme.eu.auth0.com/api/v2/", "https://billing.example.com",
		"https://orders.example.com/", "urn:a", "urn:warehouse",
	}
	for unknown, want := range map[string][2]string{
		"https://billing.example.com/":  {"https://billing.example.com", "without the slash"},
		"https://orders.example.com":    {"https://orders.example.com/", "with a slash at the end"},
		" https://billing.example.com":  {"https://billing.example.com", "without the surrounding spaces"},
		"https://Billing.example.com":   {"https://billing.example.com", "in other upper and lower case"},
		"http://billing.example.com":    {"https://billing.example.com", "with https://"},
		"https://urn:warehouse":         {"urn:warehouse", "without a scheme"},
		"http://Orders.example.com":     {"https://orders.example.com/", ""},
		"https://biling.example.com":    {"https://billing.example.com", ""},
		"https://billnig.example.com/":  {"https://billing.example.com", ""},
		"https://acme.eu.auth0.com/api": {},
		"https://payment.example.com":   {},
		"urn:b":                         {"urn:a", ""},
		"b":                             {},
	} {
		found, difference := nearMiss(unknown, tenant)
		if got := [2]string{found, difference}; got != want {
			t.Errorf("%q: %q, want %q", unknown, got, want)
		}
	}
}
