// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

func TestNew_refusesInvalidHeaders(t *testing.T) {
	t.Parallel()
	base, err := input.ParseDomain("tenant.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{Config: rest.Config{
		BaseURL: base, Headers: map[string]string{"Host": "x"},
	}}); err == nil ||
		!strings.Contains(err.Error(), "the header Host") {
		t.Error(err)
	}
}

// Requests for tokens, discovery and keys pass the same proxy, but another host must not see its
// headers.
func TestHeaders_areSentToTheTenantOnly(t *testing.T) {
	t.Parallel()
	const pass = "the-pass-of-the-proxy"
	other := serve(t, reply(200, `{"keys":[]}`))
	var s *tenant
	s = loginServer(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			reply(200, fmt.Sprintf(
				`{"issuer":%q,"jwks_uri":%q}`, s.URL+"/", other.URL+"/keys",
			))(w, r)
		default:
			reply(200, ordersJSON)(w, r)
		}
	})
	c := client(t, s, withLogin, func(cfg *Config) {
		cfg.UserAgent, cfg.Headers = "tests", map[string]string{"x-pass": pass}
	})
	if err := getOrders(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := verifyKeyed(t, c); err == nil {
		t.Fatal("a token without a known key is accepted")
	}
	arrived := s.Arrived()
	if len(arrived) != 3 || len(other.Arrived()) != 1 {
		t.Fatalf("%v, elsewhere %v", arrived, other.Arrived())
	}
	for _, a := range arrived {
		if got := a.Header.Get("X-Pass"); got != pass || a.Header.Get("User-Agent") != "tests" {
			t.Errorf("%s: %v", a, a.Header)
		}
	}
	if got := other.Arrived()[0].Header; got.Get("X-Pass") != "" ||
		got.Get("User-Agent") != "tests" {
		t.Errorf("elsewhere: %v", got)
	}
}
