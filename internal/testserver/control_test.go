// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func newControlledTenant(t *testing.T) *servertest.Tenant {
	t.Helper()
	return servertest.NewWith(t, testserver.Config{ControlAddr: ":0"})
}

// steer calls the control API. The header Host is sent as the host.
func steer(x *servertest.Tenant, method, path, body string, headers ...string) servertest.Answer {
	x.T.Helper()
	r, err := http.NewRequestWithContext(
		x.T.Context(), method, x.ControlURL()+path, strings.NewReader(body),
	)
	if err != nil {
		x.T.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	r.Host = r.Header.Get("Host")
	response, err := x.Client.Do(r)
	if err != nil {
		x.T.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		x.T.Fatal(err)
	}
	return servertest.Answer{
		Status: response.StatusCode, Header: response.Header, Body: string(content),
	}
}

func TestControl_isOffByDefault(t *testing.T) {
	t.Parallel()
	if url := servertest.New(t).ControlURL(); url != "" {
		t.Errorf("it listens on %s", url)
	}
	if url := newControlledTenant(t).ControlURL(); !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("it listens on %s", url)
	}
}

func TestControl_healthAndReadiness(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	got := steer(x, "GET", "/health", "")
	got.Want(t, 200, `{"status":"ok"}`)
	got.WantHeader(t, "Content-Type", "application/json")
	steer(x, "GET", "/ready", "").Want(t, 200, `{"status":"ok"}`)
	if got := steer(x, "HEAD", "/ready", ""); got.Status != 200 {
		t.Errorf("HEAD: %d", got.Status)
	}
}

func TestControl_clock(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	for _, step := range []struct{ body, offset string }{
		{`{"advance":"90m"}`, "1h30m0s"},
		{`{"advance":"-30m"}`, "1h0m0s"},
		{`{"offset":"-2s"}`, "-2s"},
		{`{"offset":"0s"}`, "0s"},
		{`{"advance":"24h"}`, "24h0m0s"},
	} {
		got := steer(x, "POST", "/clock", step.body)
		if got.Status != 200 || got.Field(t, "offset") != step.offset {
			t.Errorf("%s: %d %s", step.body, got.Status, got.Body)
		}
	}
	now, err := time.Parse(time.RFC3339, steer(x, "GET", "/clock", "").Field(t, "now"))
	if ahead := time.Until(now); err != nil || ahead < 23*time.Hour || ahead > 24*time.Hour {
		t.Errorf("%v ahead, %v", ahead, err)
	}
	for _, body := range []string{
		``, `{}`, `{"advance":"1h","offset":"0s"}`, `{"advance":"soon"}`, `{"advance":90}`,
		`{"offset":"1000000h"}`, `{"advance":""}`,
		`{"advance":"438000h"}`, `{"advance":"1h","by":"me"}`,
	} {
		got := steer(x, "POST", "/clock", body)
		if got.Status != 400 || got.Field(t, "error") == "" {
			t.Errorf("%s: %d %s", body, got.Status, got.Body)
		}
	}
	if got := x.Clock().Offset(); got != 24*time.Hour {
		t.Errorf("the clock moved to %v", got)
	}
}

func TestControl_requests(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	x.Next("POST /oauth/token", testserver.LoseReply())
	_, _ = x.Request("POST", "/oauth/token", "client_secret=secret-in-body")
	x.API("GET", "/clients/secret-in-path?fields=secret-in-query", "")
	x.Send("GET", "/secret-path", "", "Authorization: Bearer secret-in-header")
	type entry struct {
		Number   int
		Method   string
		Route    string
		Status   int
		ClientID string   `json:"client_id"`
		Duration *float64 `json:"duration_ms"`
		Reason   string
		Fault    string
	}
	list := func(query string) []entry {
		got := steer(x, "GET", "/requests"+query, "")
		if got.Status != 200 || strings.Contains(got.Body, "secret") {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		entries := decodeJSON[[]entry](t, got.Body)
		for i := range entries {
			if entries[i].Duration == nil || *entries[i].Duration > 10_000 {
				t.Errorf("request %d took %v", entries[i].Number, entries[i].Duration)
			}
			entries[i].Duration = nil
		}
		return entries
	}
	const management = testserver.ManagementClientID
	wanted := []entry{
		{
			Number: 1, Method: "POST", Route: "POST /oauth/token", Fault: "lose_reply",
			Reason: "grant_type: The request has no grant_type. Send grant_type=client_credentials.",
		},
		{Number: 2, Method: "POST", Route: "POST /oauth/token", Status: 200, ClientID: management},
		{
			Number: 3, Method: "GET", Route: "GET /api/v2/clients/{id}", Status: 404,
			ClientID: management, Reason: "inexistent_client: The client does not exist",
		},
		{Number: 4, Method: "GET", Status: 404, Reason: "Not Found"},
	}
	if diff := cmp.Diff(wanted, list("")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wanted[2:], list("?since=2")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, query := range []string{
		"?since=", "?since=x", "?since=-1", "?since=1&since=2", "?until=1", "?%zz",
		"?since=99999999999999999999",
	} {
		if got := steer(x, "GET", "/requests"+query, ""); got.Status != 400 {
			t.Errorf("%s: %d %s", query, got.Status, got.Body)
		}
	}
	steer(x, "DELETE", "/requests", "").Want(t, 204, "")
	steer(x, "GET", "/requests", "").Want(t, 200, `[]`)
}

func TestControl_snapshotAndReset(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	x.Must("POST", "/resource-servers", `{"identifier":"urn:a"}`)
	saved := steer(x, "GET", "/snapshot", "")
	if saved.Status != 200 || !strings.Contains(saved.Body, "urn:a") {
		t.Fatalf("%d %s", saved.Status, saved.Body)
	}
	x.Must("DELETE", "/resource-servers/urn:a", "")
	steer(x, "PUT", "/snapshot", saved.Body).Want(t, 204, "")
	x.Must("GET", "/resource-servers/urn:a", "")
	for _, body := range []string{
		``, `{`, `[]`, `null`, `{}`, strings.Replace(saved.Body, `"number":`, `"number":-`, 1),
		saved.Body[:len(saved.Body)/2],
	} {
		got := steer(x, "PUT", "/snapshot", body)
		if got.Status != 400 ||
			!strings.HasPrefix(
				got.Field(t, "error"), "The snapshot is not valid, and nothing has changed: ",
			) {
			t.Errorf("%.40s: %d %s", body, got.Status, got.Body)
		}
	}
	x.Must("GET", "/resource-servers/urn:a", "")
	x.Clock().Advance(time.Hour)
	x.Next(createRoute, testserver.Refuse(503))
	steer(x, "POST", "/reset", "").Want(t, 204, "")
	steer(x, "GET", "/requests", "").Want(t, 200, `[]`)
	steer(x, "GET", "/faults", "").Want(t, 200, `{"queued":[],"rules":[]}`)
	if got := x.Clock().Offset(); got != 0 {
		t.Errorf("the clock is %v off", got)
	}
	x.Token = ""
	if got := x.API("GET", "/resource-servers/urn:a", ""); got.Status != 404 {
		t.Errorf("what was made is still there: %d", got.Status)
	}
}

func TestControl_refusesRequestsOfWebPages(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	x.Must("POST", "/resource-servers", `{"identifier":"urn:a"}`)
	port := x.ControlURL()[strings.LastIndex(x.ControlURL(), ":"):]
	for _, headers := range [][]string{
		{"Host: evil.example" + port},
		{"Host: 127.0.0.1.evil.example" + port},
		{
			"Host: localhost.evil.example" + port, "Origin: http://localhost.evil.example" + port,
			"Sec-Fetch-Site: same-origin",
		},
		{"Origin: https://evil.example"},
		{"Origin: null"},
		{"Origin: http://localhost:1"},
		{"Sec-Fetch-Site: cross-site"},
		{"Sec-Fetch-Site: same-site"},
	} {
		got := steer(x, "POST", "/reset", "", headers...)
		if got.Status != 403 || got.Field(t, "error") == "" {
			t.Errorf("%v: %d %s", headers, got.Status, got.Body)
		}
	}
	if got := steer(x, "GET", "/snapshot", "", "Host: evil.example"+port); got.Status != 403 ||
		strings.Contains(got.Body, "records") {
		t.Errorf("a name that leads here reads everything: %d", got.Status)
	}
	x.Must("GET", "/resource-servers/urn:a", "")
	for _, host := range []string{
		"localhost" + port, "LOCALHOST", "127.0.0.1", "[::1]" + port, "10.1.2.3:80",
	} {
		steer(x, "GET", "/health", "", "Host: "+host).Want(t, 200, `{"status":"ok"}`)
	}
	if got := steer(x, "GET", "/health", "").Header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options is %q", got)
	}
}

func TestControl_unknownCallsAndLargeBodies(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	for _, path := range []string{
		"/nowhere", "/pages", "/health/", "//health", "/api/v2/clients", "/oauth/token",
	} {
		got := steer(x, "GET", path, "")
		if got.Status != 404 ||
			!strings.HasPrefix(
				got.Field(t, "error"),
				"There is no such call. There are GET /health, GET /ready, ",
			) {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
	got := steer(x, "PATCH", "/clock", "")
	got.WantHeader(t, "Allow", "GET, POST")
	if got.Status != 405 {
		t.Errorf("status %d", got.Status)
	}
	steer(x, "POST", "/faults", strings.Repeat(" ", 1<<20+1)).Want(t, 413,
		`{"error":"The body is larger than 1048576 bytes."}`)
	if got := x.Send("GET", "/health", ""); got.Status != 404 {
		t.Errorf("the tenant's port steers: %d", got.Status)
	}
}

func TestControl_logHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	server, err := testserver.Listen(testserver.Config{
		SigningKeys: servertest.SigningKeys()[:2], ControlAddr: ":0",
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	x := &servertest.Tenant{
		Server: server,
		T:      t,
		Client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	}
	steer(x, "GET", "/secret-path", "")
	steer(x, "POST", "/faults?secret-in-query", `{"secret-in-body":"secret"}`)
	steer(x, "GET", "/snapshot", "")
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if strings.Contains(log.String(), "secret") || strings.Count(log.String(), "msg=control") != 3 {
		t.Errorf("the log:\n%s", log.String())
	}
}

func TestListen_busyControlPort(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	taken := strings.TrimPrefix(x.ControlURL(), "http://")
	if _, err := testserver.Listen(testserver.Config{
		ControlAddr: taken,
	}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v", err)
	}
	if _, err := testserver.Listen(testserver.Config{
		ControlAddr: ":0",
		Addr:        taken,
	}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v", err)
	}
}
