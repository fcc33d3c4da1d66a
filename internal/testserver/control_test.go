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
)

func newControlledTenant(t *testing.T) *tenant {
	t.Helper()
	return newTenantWith(t, testserver.Config{ControlAddr: ":0"})
}

// steer calls the control API. The header Host is sent as the host.
func (x *tenant) steer(method, path, body string, headers ...string) answer {
	x.t.Helper()
	r, err := http.NewRequestWithContext(
		x.t.Context(), method, x.ControlURL()+path, strings.NewReader(body),
	)
	if err != nil {
		x.t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	r.Host = r.Header.Get("Host")
	response, err := x.client.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(content)}
}

func TestControl_isOffUnlessAskedFor(t *testing.T) {
	t.Parallel()
	if url := newTenant(t).ControlURL(); url != "" {
		t.Errorf("it listens on %s", url)
	}
	if url := newControlledTenant(t).ControlURL(); !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("it listens on %s", url)
	}
}

func TestControl_healthAndReadiness(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	got := x.steer("GET", "/health", "")
	want(t, got, 200, `{"status":"ok"}`)
	wantHeader(t, got, "Content-Type", "application/json")
	want(t, x.steer("GET", "/ready", ""), 200, `{"status":"ok"}`)
	if got := x.steer("HEAD", "/ready", ""); got.status != 200 {
		t.Errorf("HEAD: %d", got.status)
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
		got := x.steer("POST", "/clock", step.body)
		if got.status != 200 || field(t, got.body, "offset") != step.offset {
			t.Errorf("%s: %d %s", step.body, got.status, got.body)
		}
	}
	now, err := time.Parse(time.RFC3339, field(t, x.steer("GET", "/clock", "").body, "now"))
	if ahead := time.Until(now); err != nil || ahead < 23*time.Hour || ahead > 24*time.Hour {
		t.Errorf("%v ahead, %v", ahead, err)
	}
	for _, body := range []string{
		``, `{}`, `{"advance":"1h","offset":"0s"}`, `{"advance":"soon"}`, `{"advance":90}`,
		`{"offset":"1000000h"}`, `{"advance":""}`,
		`{"advance":"438000h"}`, `{"advance":"1h","by":"me"}`,
	} {
		got := x.steer("POST", "/clock", body)
		if got.status != 400 || field(t, got.body, "error") == "" {
			t.Errorf("%s: %d %s", body, got.status, got.body)
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
	_, _ = x.request("POST", "/oauth/token", "client_secret=secret-in-body")
	x.api("GET", "/clients/secret-in-path?fields=secret-in-query", "")
	x.send("GET", "/secret-path", "", "Authorization: Bearer secret-in-header")
	type entry struct {
		Number   int
		Method   string
		Route    string
		Status   int
		ClientID string   `json:"client_id"`
		Duration *float64 `json:"duration_ms"`
		Fault    string
	}
	list := func(query string) []entry {
		got := x.steer("GET", "/requests"+query, "")
		if got.status != 200 || strings.Contains(got.body, "secret") {
			t.Fatalf("%d %s", got.status, got.body)
		}
		entries := decodeJSON[[]entry](t, got.body)
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
		{Number: 1, Method: "POST", Route: "POST /oauth/token", Fault: "lose_reply"},
		{Number: 2, Method: "POST", Route: "POST /oauth/token", Status: 200, ClientID: management},
		{
			Number: 3, Method: "GET", Route: "GET /api/v2/clients/{id}", Status: 404,
			ClientID: management,
		},
		{Number: 4, Method: "GET", Status: 404},
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
		if got := x.steer("GET", "/requests"+query, ""); got.status != 400 {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	want(t, x.steer("DELETE", "/requests", ""), 204, "")
	want(t, x.steer("GET", "/requests", ""), 200, `[]`)
}

func TestControl_snapshotAndReset(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	x.must("POST", "/resource-servers", `{"identifier":"urn:a"}`)
	saved := x.steer("GET", "/snapshot", "")
	if saved.status != 200 || !strings.Contains(saved.body, "urn:a") {
		t.Fatalf("%d %s", saved.status, saved.body)
	}
	x.must("DELETE", "/resource-servers/urn:a", "")
	want(t, x.steer("PUT", "/snapshot", saved.body), 204, "")
	x.must("GET", "/resource-servers/urn:a", "")
	for _, body := range []string{
		``, `{`, `[]`, `null`, `{}`, strings.Replace(saved.body, `"number":`, `"number":-`, 1),
		saved.body[:len(saved.body)/2],
	} {
		got := x.steer("PUT", "/snapshot", body)
		if got.status != 400 ||
			!strings.HasPrefix(
				field(t, got.body, "error"), "The snapshot is not valid, and nothing has changed: ",
			) {
			t.Errorf("%.40s: %d %s", body, got.status, got.body)
		}
	}
	x.must("GET", "/resource-servers/urn:a", "")
	x.Clock().Advance(time.Hour)
	x.Next(createRoute, testserver.Refuse(503))
	want(t, x.steer("POST", "/reset", ""), 204, "")
	want(t, x.steer("GET", "/requests", ""), 200, `[]`)
	want(t, x.steer("GET", "/faults", ""), 200, `{"queued":[],"rules":[]}`)
	if got := x.Clock().Offset(); got != 0 {
		t.Errorf("the clock is %v off", got)
	}
	x.token = ""
	if got := x.api("GET", "/resource-servers/urn:a", ""); got.status != 404 {
		t.Errorf("what was made is still there: %d", got.status)
	}
}

func TestControl_noWebPageCanDriveIt(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	x.must("POST", "/resource-servers", `{"identifier":"urn:a"}`)
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
		got := x.steer("POST", "/reset", "", headers...)
		if got.status != 403 || field(t, got.body, "error") == "" {
			t.Errorf("%v: %d %s", headers, got.status, got.body)
		}
	}
	if got := x.steer("GET", "/snapshot", "", "Host: evil.example"+port); got.status != 403 ||
		strings.Contains(got.body, "records") {
		t.Errorf("a name that leads here reads everything: %d", got.status)
	}
	x.must("GET", "/resource-servers/urn:a", "")
	for _, host := range []string{
		"localhost" + port, "LOCALHOST", "127.0.0.1", "[::1]" + port, "10.1.2.3:80",
	} {
		want(t, x.steer("GET", "/health", "", "Host: "+host), 200, `{"status":"ok"}`)
	}
	if got := x.steer("GET", "/health", "").header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options is %q", got)
	}
}

func TestControl_unknownCallsAndLargeBodies(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	for _, path := range []string{
		"/", "/nowhere", "/health/", "//health", "/api/v2/clients", "/oauth/token",
	} {
		got := x.steer("GET", path, "")
		if got.status != 404 ||
			!strings.HasPrefix(
				field(t, got.body, "error"),
				"There is no such call. There are GET /health, GET /ready, ",
			) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	got := x.steer("PATCH", "/clock", "")
	wantHeader(t, got, "Allow", "GET, POST")
	if got.status != 405 {
		t.Errorf("status %d", got.status)
	}
	want(
		t, x.steer("POST", "/faults", strings.Repeat(" ", 1<<20+1)), 413,
		`{"error":"The body is larger than 1048576 bytes."}`,
	)
	if got := x.send("GET", "/health", ""); got.status != 404 {
		t.Errorf("the tenant's port steers: %d", got.status)
	}
}

func TestControl_logHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	server, err := testserver.Listen(testserver.Config{
		SigningKeys: signingKeys()[:2], ControlAddr: ":0",
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	x := &tenant{
		Server: server,
		t:      t,
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	}
	x.steer("GET", "/secret-path", "")
	x.steer("POST", "/faults?secret-in-query", `{"secret-in-body":"secret"}`)
	x.steer("GET", "/snapshot", "")
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
