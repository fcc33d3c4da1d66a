// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page_test

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// fetch calls the control address. A body is sent as a form.
func fetch(x *servertest.Tenant, method, path, body string, headers ...string) servertest.Answer {
	x.T.Helper()
	r, err := http.NewRequestWithContext(
		x.T.Context(), method, x.ControlURL()+path, strings.NewReader(body),
	)
	if err != nil {
		x.T.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
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

// textOf is the text of a page, without its elements.
func textOf(page servertest.Answer) string {
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page.Body, " ")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

func wantText(t *testing.T, page servertest.Answer, text string) {
	t.Helper()
	if got := textOf(page); page.Status != 200 || !strings.Contains(got, text) {
		t.Errorf("the page lacks %q: %d\n%s", text, page.Status, got)
	}
}

// TestPage_loop goes around once without a browser, and without JavaScript.
func TestPage_loop(t *testing.T) {
	t.Parallel()
	x := newTenant(t, orders)
	question := url.Values{"client_id": {"reports"}, "audience": {"https://orders.example.com"}}
	wantText(t, fetch(x, "GET", "/page/why?"+question.Encode(), ""), "Refused: 403 access_denied")
	x.Must("POST", "/client-grants", `{"client_id":"reports","scope":["read:orders"],
		"audience":"https://orders.example.com"}`)
	wantText(t, fetch(x, "GET", "/", ""), "Reports reports machines read:all no effect: the API "+
		"denies all clients users read:all Why? machines read:orders Why?")
	granted := fetch(x, "GET", "/?granted=1&clients=p", "")
	wantText(t, granted, "2 clients of 5, 2 APIs of 4.") // Reports, and Partner by default.
	wantText(t, granted, "Partner partner third party machines by default read:orders")
	wantText(t, fetch(x, "POST", "/page/why", question.Encode()), "A token is issued")
	if n := len(x.Requests()); n != 2 {
		t.Errorf("the page made %d requests", n-2)
	}

	fetch(
		x,
		"POST",
		"/faults",
		`{"route":"POST /oauth/token","fault":"refuse","status":429,"times":1}`,
	)
	wantText(t, fetch(x, "POST", "/page/why", question.Encode()),
		"A fault waits for token requests: refuse 429, 1 time. It comes")
	ask := "client_id=reports&client_secret=not-a-secret&audience=https://orders.example.com"
	if got := x.AskToken(ask); got.Status != 429 {
		t.Errorf("the fault did not strike: %d", got.Status)
	}
	if got := fetch(x, "GET", "/requests/news", "").Body; !strings.Contains(
		got, `"client_id":"","reason":"","fault":"refuse 429"}]}`,
	) {
		t.Errorf("the log is %s", got)
	}

	token := x.AskToken(ask).Token(t)
	check := url.Values{"token": {token}, "needs": {"read:orders"}}.Encode()
	wantText(t, fetch(x, "POST", "/page/token", check), "Accepted by https://orders.example.com")
	fetch(x, "POST", "/clock", `{"advance":"25h"}`)
	wantText(t, fetch(x, "POST", "/page/token", check),
		"Not accepted by https://orders.example.com the token has expired")
	x.Clock().Advance(-25 * time.Hour)
	// A token in an address would be kept by browsers and proxies.
	if got := textOf(fetch(x, "GET", "/page/token?"+check, "")); !strings.Contains(
		got,
		"Paste a token",
	) {
		t.Errorf("the page takes a token from the address: %s", got)
	}
	mint := question.Encode() + "&mint=1"
	if got := textOf(fetch(x, "GET", "/page/token?"+mint, "")); !strings.Contains(
		got,
		"Paste a token",
	) {
		t.Errorf("a link gets a token: %s", got)
	}
	wantText(t, fetch(x, "POST", "/page/token", mint), "Accepted by https://orders.example.com")
}

func TestPage_headers(t *testing.T) {
	t.Parallel()
	x := newTenant(t, "")
	for _, path := range []string{"/", "/page/why", "/page/assets/page.js", "/snapshot", "/page/nowhere"} {
		got := fetch(x, "GET", path, "")
		got.WantHeader(t, "Content-Security-Policy", "default-src 'none'; script-src 'self'; "+
			"style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "+
			"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "+
			"trusted-types page")
		got.WantHeader(t, "X-Content-Type-Options", "nosniff")
		got.WantHeader(t, "Referrer-Policy", "no-referrer")
		got.WantHeader(t, "Cross-Origin-Resource-Policy", "same-origin")
	}
	for _, test := range []struct {
		method, path, header string
		status               int
	}{
		{"GET", "/", "Sec-Fetch-Site: none", 200},
		{"GET", "/page/nowhere", "Accept: */*", 404},
		{"GET", "/page/assets/../page.go", "Accept: */*", 404},
		{"GET", "/page/assets/", "Accept: */*", 404},
		{"DELETE", "/", "Accept: */*", 405},
		{"POST", "/page/why", "Sec-Fetch-Site: same-origin", 200},
		{"POST", "/page/why", "Sec-Fetch-Site: cross-site", 403},
		{"POST", "/page/token", "Origin: https://evil.example", 403},
		{"GET", "/snapshot", "Sec-Fetch-Site: cross-site", 403},
		{"GET", "/snapshot", "Sec-Fetch-Site: same-site", 403},
		{"GET", "/snapshot", "Sec-Fetch-Site: same-origin", 200},
	} {
		if got := fetch(x, test.method, test.path, "", test.header); got.Status != test.status {
			t.Errorf("%s %s with %s: %d", test.method, test.path, test.header, got.Status)
		}
	}
	// An unchanged page is not sent again.
	tag := fetch(x, "GET", "/", "").Header.Get("Etag")
	if got := fetch(x, "GET", "/", "", "If-None-Match: "+tag); got.Status != 304 || got.Body != "" {
		t.Errorf("got %d", got.Status)
	}
}
