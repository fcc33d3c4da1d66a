// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// warned starts a tenant whose log has warnings only, without times.
func warned(t *testing.T) (x *servertest.Tenant, log *bytes.Buffer) {
	t.Helper()
	log = &bytes.Buffer{}
	x = servertest.NewWith(t, testserver.Config{Log: slog.New(slog.NewTextHandler(log,
		&slog.HandlerOptions{
			Level: slog.LevelWarn,
			ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			},
		}))})
	return x, log
}

// What a tenant has and the server does not is answered with 501, and what is a mistake with any
// tenant is not. The log has a warning for both.
func TestNotImplemented(t *testing.T) {
	t.Parallel()
	const (
		missing = " is not implemented by m2m-testserver, see SUPPORTED.md"
		unknown = "unknown route; SUPPORTED.md lists the routes of m2m-testserver"
		refused = "unknown to m2m-testserver, which refuses it as the API would, see SUPPORTED.md: "
	)
	management := func(what string) string {
		return `{"statusCode":501,"error":"Not Implemented","message":"` + what + missing +
			`","errorCode":"not_implemented"}`
	}
	login := func(code, what string) string {
		return `{"error":"` + code + `","error_description":"` + what + missing + `"}`
	}
	const notFound = `{"statusCode":404,"error":"Not Found","message":"Not Found"}`
	for _, test := range []struct {
		request, body string
		status        int
		answer        string
		warning       string // Without the method and the path.
	}{
		{
			"GET /api/v2/users/auth0%7C1?fields=email", "", 501,
			management("GET /api/v2/users"), "GET /api/v2/users" + missing,
		},
		{
			"POST /api/v2/organizations/org_1/members", "{}", 501,
			management("POST /api/v2/organizations/{id}/members"),
			"POST /api/v2/organizations/{id}/members" + missing,
		},
		{
			"GET /api/v2/resource-servers/search", "", 501,
			management("GET /api/v2/resource-servers/search"),
			"GET /api/v2/resource-servers/search" + missing,
		},
		{
			"POST /oauth/revoke", "{}", 501, login("not_implemented", "POST /oauth/revoke"),
			"POST /oauth/revoke" + missing,
		},
		{
			"POST /oauth/token", `{"grant_type":"refresh_token"}`, 501,
			login("unsupported_grant_type", "The grant type refresh_token"),
			"The grant type refresh_token" + missing,
		},
		{
			"GET /api/v2/organizations?sort=name:1", "", 501,
			management("The query parameter sort"), "The query parameter sort" + missing,
		},
		{"PUT /api/v2/clients/x", "{}", 404, notFound, unknown},
		{"GET /api/v2/usersx", "", 404, notFound, unknown},
		{
			"PATCH /api/v2/clients/" + testserver.MachineClientID,
			`{"nick":1,"jwt_configuration":{"kid":2}}`, 400,
			`{"statusCode":400,"error":"Bad Request","message":"Payload validation error: ` +
				`'Additional properties not allowed: nick'. (also) Payload validation error: ` +
				`'Additional properties not allowed: kid' on property jwt_configuration ` +
				`(Configuration of ID tokens).","errorCode":"invalid_body"}`,
			refused + "nick,jwt_configuration.kid",
		},
		{
			"GET /api/v2/clients?colour=red", "", 400,
			`{"statusCode":400,"error":"Bad Request","message":"Query validation error: ` +
				`'Additional properties not allowed: colour'.","errorCode":"invalid_query_string"}`,
			refused + "colour",
		},
	} {
		t.Run(test.request, func(t *testing.T) {
			t.Parallel()
			x, log := warned(t)
			method, path, _ := strings.Cut(test.request, " ")
			got := x.Send(method, path, test.body, servertest.AsJSON, x.Bearer(""))
			if diff := cmp.Diff(test.answer, got.Body); diff != "" || got.Status != test.status {
				t.Errorf("status %d, want %d (-want +got):\n%s", got.Status, test.status, diff)
			}
			path, _, _ = strings.Cut(path, "?")
			if err := x.Close(); err != nil {
				t.Error(err)
			}
			want := `level=WARN msg="` + test.warning + `" method=` + method + " path=" + path + "\n"
			if diff := cmp.Diff(want, log.String()); diff != "" {
				t.Errorf("the log (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNotImplemented_longPathsAreCut(t *testing.T) {
	t.Parallel()
	x, log := warned(t)
	x.Send("GET", "/"+strings.Repeat("a", 1000), "")
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	if !strings.HasSuffix(log.String(), " path=/"+strings.Repeat("a", 199)+"\n") {
		t.Errorf("the log is %s", log)
	}
}

// Each endpoint that the discovery document names either works or is known as not implemented.
func TestNotImplemented_coversDiscovery(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	var document map[string]any
	if err := json.Unmarshal(
		[]byte(x.Send("GET", "/.well-known/openid-configuration", "").Body), &document,
	); err != nil {
		t.Fatal(err)
	}
	endpoints := 0
	for name, value := range document {
		address, _ := value.(string)
		if !strings.HasSuffix(name, "_endpoint") || name == "token_endpoint" {
			continue
		}
		endpoints++
		parsed, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := x.Send("GET", parsed.Path, ""); got.Status != 501 {
			t.Errorf("%s: %s is answered with %d %s", name, address, got.Status, got.Body)
		}
	}
	if endpoints < 5 {
		t.Errorf("the document has only %d endpoints: %v", endpoints, document)
	}
}
