// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

// readAPI reads m2m_resource_server and returns the details of its errors.
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
	asked := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
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
	if len(diags) != 1 || !strings.HasPrefix(diags[0].Detail, want) || asked != 1 {
		t.Errorf("%v after %d requests, want %s", diags, asked, want)
	}
	if strings.Contains(p.Log.String(), pass) || strings.Contains(diags[0].Detail, pass) {
		t.Error("the password of the proxy can be seen")
	}
}
