// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

// readAPI reads m2m_resource_server and returns the diagnostics.
func readAPI(p *protocol.Protocol, identifier string) []*tfprotov6.Diagnostic {
	p.T.Helper()
	const typeName = "m2m_resource_server"
	read, err := p.Server.ReadDataSource(p.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: typeName,
		Config: p.Value(p.Schema.DataSourceSchemas[typeName], map[string]tftypes.Value{
			"identifier": protocol.Text(identifier),
		}),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return read.Diagnostics
}

// The environment of the provider decides about the proxy.
func TestProvider_refusingProxyIsNamed(t *testing.T) {
	t.Parallel()
	const pass = "hush-of-the-proxy"
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	p := protocol.ConfiguredProtocol(t, map[string]string{
		"AUTH0_DOMAIN": "acme.eu.auth0.com", "AUTH0_API_TOKEN": "opaque",
		"HTTPS_PROXY": strings.Replace(proxy.URL, "//", "//user:"+pass+"@", 1),
	})
	diags := readAPI(p, acctest.OrdersAPI)
	want := "The proxy " + proxy.URL + " (from the environment variable HTTPS_PROXY) did not " +
		"connect to the tenant acme.eu.auth0.com: 407 Proxy Authentication Required."
	if len(diags) != 1 || !strings.HasPrefix(diags[0].Detail, want) || asked.Load() != 1 {
		t.Errorf("%v after %d requests, want %s", diags, asked.Load(), want)
	}
	if strings.Contains(p.Log.String(), pass) || strings.Contains(diags[0].Detail, pass) {
		t.Error("the password of the proxy can be seen")
	}
}

// One wrong secret is one full error, however many objects need it.
func TestProvider_wrongSecretIsReportedInFullOnce(t *testing.T) {
	n := acctest.NewTenant(t)
	t.Parallel()
	p := protocol.ConfiguredProtocol(t, n.Env("AUTH0_CLIENT_SECRET", "wrong-secret"))
	for i := range 7 {
		diags := readAPI(p, acctest.OrdersAPI)
		want := "The login failed, as reported for another object of this run."
		if i == 0 {
			want = "The token endpoint answered: 401 Unauthorized (access_denied): Unauthorized"
		}
		if len(diags) != 1 || diags[0].Summary != "Unable to log in to the Management API" ||
			!strings.HasPrefix(diags[0].Detail, want) {
			t.Errorf("%d: %v, want %s", i, diags, want)
		}
	}
}

// Without arguments of the provider, its first use reports a mistake of the environment. An error
// of the provider itself would make Terraform ask for a provider block.
func TestProvider_mistakesOfTheEnvironmentAreReportedAtFirstUse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		want string
	}{
		"domain": {
			map[string]string{"AUTH0_DOMAIN": "http://acme.eu.auth0.com"},
			`The environment variable AUTH0_DOMAIN: "http://acme.eu.auth0.com" uses plain http`,
		},
		"byte order mark": {
			map[string]string{"AUTH0_DOMAIN": "acme", "AUTH0_CLIENT_SECRET": "\ufeffhush"},
			"The environment variable AUTH0_CLIENT_SECRET begins with a byte order mark",
		},
		"two ways": {
			map[string]string{
				"AUTH0_DOMAIN": "acme", "AUTH0_API_TOKEN": "a", "AUTH0_CLIENT_SECRET": "b",
			},
			"The environment variable AUTH0_API_TOKEN and the environment variable " +
				"AUTH0_CLIENT_SECRET are both set, but only one can be used.",
		},
		"CA file": {
			map[string]string{"AUTH0_DOMAIN": "acme", "AUTH0_CA_CERT_FILE": "/nonexistent"},
			"The environment variable AUTH0_CA_CERT_FILE: open /nonexistent: no such file",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := protocol.ConfiguredProtocol(t, c.env)
			if p.Said.Len() > 0 {
				t.Errorf("reported by the provider itself: %s", &p.Said)
			}
			for _, want := range []string{
				c.want, "No request can be sent, as reported for another object of this run.",
			} {
				diags := readAPI(p, acctest.OrdersAPI)
				if len(diags) != 1 || !strings.HasPrefix(diags[0].Detail, want) ||
					diags[0].Attribute != nil {
					t.Errorf("%v, want %s", diags, want)
				}
			}
		})
	}
	// With arguments, the error is the provider's, because Terraform names its block.
	p := &protocol.Protocol{T: t}
	p.Start(map[string]string{"AUTH0_DOMAIN": "http://acme.eu.auth0.com"})
	p.Configure(map[string]tftypes.Value{"api_token": protocol.Text("opaque")})
	if !strings.Contains(p.Said.String(), "The environment variable AUTH0_DOMAIN") {
		t.Errorf("reported: %s", &p.Said)
	}
}
