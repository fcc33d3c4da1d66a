// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

func TestError_readsBothFormats(t *testing.T) {
	t.Parallel()
	const path = "/api/v2/resource-servers/https:%2F%2Forders.example.com"
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   rest.Error
		text   string
	}{
		"Management API": {
			reply(
				400,
				`{"statusCode":400,"error":"Bad Request","message":"Payload validation error: 'x'.","errorCode":"invalid_body"}`,
				"X-Auth0-RequestId", "r-1",
			),
			rest.Error{
				Status: 400, Code: "invalid_body", Message: "Payload validation error: 'x'.",
				RequestID: "r-1", ContentType: "application/json",
			},
			"400 Bad Request: Payload validation error: 'x'. (invalid_body)",
		},
		"without errorCode": {
			reply(
				401, `{"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}`,
			),
			rest.Error{Status: 401, Message: "Missing authentication", ContentType: "application/json"},
			"401 Unauthorized: Missing authentication",
		},
		"token endpoint": {
			reply(
				403, `{"error":"access_denied","error_description":"Unauthorized"}`, "Content-Type",
				"application/json",
			),
			rest.Error{
				Status: 403, Code: "access_denied", Message: "Unauthorized",
				ContentType: "application/json",
			},
			"403 Forbidden: Unauthorized (access_denied)",
		},
		"HTML": {
			html(404),
			rest.Error{
				Status: 404, NotJSON: true, Body: "text/html instead of JSON",
				ContentType: "text/html",
			},
			"404 Not Found: the answer has text/html instead of JSON",
		},
		"no content type": {
			reply(404, "", "Content-Type", ";"),
			rest.Error{Status: 404, NotJSON: true, Body: "an empty body"},
			"404 Not Found: the answer has an empty body",
		},
		"JSON of another API": {
			reply(404, `{"detail":"no such thing"}`),
			rest.Error{
				Status: 404, NotJSON: true, Body: "JSON without a message",
				ContentType: "application/json",
			},
			"404 Not Found: the answer has JSON without a message",
		},
		"JSON with other types": {
			reply(404, `{"error":{"code":7}}`),
			rest.Error{
				Status: 404, NotJSON: true, Body: "JSON without a message",
				ContentType: "application/json",
			},
			"404 Not Found: the answer has JSON without a message",
		},
	} {
		err := getOrders(t.Context(), client(t, serve(t, tc.answer)))
		var got *rest.Error
		if !errors.As(err, &got) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		tc.want.Method, tc.want.Path, tc.want.Attempts = "GET", path, 1
		if diff := cmp.Diff(&tc.want, got, cmpopts.IgnoreFields(rest.Error{}, "Elapsed", "cause"),
			cmpopts.IgnoreUnexported(rest.Tries{})); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if want := "read resource server: GET " + path + ": " +
			tc.text; !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %s", name, err)
		}
	}
}

func TestIsNotFound_trustsOnlyTheAPI(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   bool
	}{
		"resource server": {reply(404, ordersMissing), true},
		"grant": {
			reply(
				404,
				`{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`,
			),
			true,
		},
		"unknown route": {
			reply(404, `{"statusCode":404,"error":"Not Found","message":"Not Found"}`), false,
		},
		"other code": {
			reply(
				404, `{"statusCode":404,"error":"Not Found","message":"x","errorCode":"not_found"}`,
			),
			false,
		},
		"HTML":          {html(404), false},
		"empty":         {reply(404, ""), false},
		"gone":          {reply(410, ordersMissing), false},
		"code on a 400": {reply(400, ordersMissing), false},
		"success":       {reply(200, ordersJSON), false},
		"token endpoint 404": {
			reply(404, `{"error":"not_found","error_description":"inexistent_"}`), false,
		},
	} {
		err := getOrders(t.Context(), client(t, serve(t, tc.answer)))
		if got := rest.IsNotFound(err); got != tc.want {
			t.Errorf("%s: %v (%v)", name, got, err)
		}
		if rest.IsNotFound(fmt.Errorf("outer: %w", err)) != tc.want {
			t.Errorf("%s: wrapped", name)
		}
		if rest.IsNotFound(&rest.LoginError{Err: err}) {
			t.Errorf("%s: in a login", name)
		}
	}
	if rest.IsNotFound(nil) || rest.IsNotFound(errors.New("404")) {
		t.Error("IsNotFound of no answer")
	}
}

func TestError_messageIsBounded(t *testing.T) {
	t.Parallel()
	message := strings.Repeat("ü", 5000)
	body, _ := json.Marshal(map[string]any{
		"statusCode": 400, "error": "Bad Request", "message": "x" + message, "errorCode": message,
	})
	err := getOrders(t.Context(), client(t, serve(t, reply(400, string(body)))))
	var answer *rest.Error
	if !errors.As(err, &answer) {
		t.Fatal(err)
	}
	const maxMessage = 2000
	for _, text := range []string{answer.Message, answer.Code} {
		if len(text) > maxMessage+len(" …") || len(text) < maxMessage-3 ||
			!strings.HasSuffix(text, " …") || !utf8.ValidString(text) {
			t.Errorf("%d bytes, ends in %q", len(text), text[len(text)-8:])
		}
	}
}

func TestError_echoedSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	const (
		signing = "signing-secret-of-orders"
		opaque  = "opaque-api-token-0123456789"
		jwe     = "eyJhbGciOiJSU0EtT0FFUC0yNTYifQ.a2V5.aXY.Y2lwaGVy.dGFn"
	)
	echo := strings.Join(
		[]string{"got", signing, opaque, clientSecret, apiToken, jwe, "as sent"}, " ",
	)
	body, _ := json.Marshal(map[string]any{"error": echo, "message": echo, "errorCode": echo})
	tokenBody, _ := json.Marshal(map[string]any{"error": echo, "error_description": echo})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			reply(400, string(tokenBody), "X-Auth0-RequestId", echo)(w, r)
			return
		}
		reply(400, string(body), "X-Auth0-RequestId", echo)(w, r)
	})
	c := client(t, s, func(cfg *Config) {
		cfg.APIToken = opaque
		cfg.Credentials = Credentials{ClientID: clientID, ClientSecret: clientSecret}
	})
	settings := ResourceServerProperties{SigningSecret: Set(signing)}
	_, created := c.ResourceServers.Create(t.Context(), NewResourceServer{"urn:orders", settings})
	_, updated := c.ResourceServers.Update(t.Context(), "urn:orders", settings)
	_, fetched := c.Tokens.Fetch(t.Context(), TokenRequest{
		Credentials: Credentials{ClientID: "x", ClientSecret: signing},
		Audience:    "y",
	})
	for name, err := range map[string]error{
		"create": created,
		"update": updated,
		"fetch":  fetched,
	} {
		var answer *rest.Error
		if !errors.As(err, &answer) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		const want = "got [redacted] [redacted] [redacted] [redacted] [redacted] as sent"
		if answer.Message != want || answer.Code != want || answer.RequestID != want {
			t.Errorf("%s: %+v", name, answer)
		}
	}
}

func TestLog_hasEachAttemptAndNoSecrets(t *testing.T) {
	t.Parallel()
	const (
		signing = "signing-secret-of-orders"
		issued  = "eyJhbGciOiJSUzI1NiJ9.eyJpc3N1ZWQiOnRydWV9.aXNzdWVk"
		pass    = "the-pass-of-the-proxy"
	)
	var (
		mu      sync.Mutex
		entries []map[string]any
		raw     strings.Builder
	)
	record := func(_ context.Context, msg string, fields ...map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		entry := map[string]any{"msg": msg}
		for _, f := range fields {
			maps.Copy(entry, f)
		}
		entries = append(entries, entry)
		fmt.Fprintf(&raw, "%s %#v\n", msg, fields)
	}
	echo := signing + clientSecret + issued + pass
	s := script(t,
		reply(
			200, `{"access_token":"`+issued+`","expires_in":86400,"token_type":"Bearer"}`, "X-Echo",
			echo,
		),
		reply(503, `{"message":"`+echo+`"}`, "Retry-After", "0", "X-Echo", echo),
		reply(200, ordersJSON),
		reset, // The create; its lookup follows.
		reply(200, ordersFound),
		reply(200, "[]"),
		reply(401, `{"error":"access_denied","error_description":"`+echo+`"}`),
	)
	c := client(t, s, withLogin, func(cfg *Config) {
		cfg.Log, cfg.Headers = record, map[string]string{"X-Pass": pass}
	})
	ctx := t.Context()
	if err := getOrders(ctx, c); err != nil {
		t.Fatal(err)
	}
	_, _ = c.ResourceServers.Create(ctx, NewResourceServer{
		"https://orders.example.com", ResourceServerProperties{SigningSecret: Set(signing)},
	})
	_, _ = c.ClientGrants.Find(ctx, ClientGrantKey{
		ClientID: "query-client",
		Audience: "query-audience",
	})
	_, _ = c.Tokens.Fetch(ctx, TokenRequest{
		Credentials: Credentials{ClientID: "m2m", PrivateKey: m2mtest.PKCS1(rsaKey())},
		Audience:    "body-audience",
	})

	for _, secret := range []string{
		signing, clientSecret, issued, pass, "X-Pass", "eyJ", "Bearer", "query-", "identifiers",
		"body-audience", "PRIVATE", "client_assertion",
	} {
		if strings.Contains(raw.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, raw.String())
		}
	}
	const orders = "/api/v2/resource-servers/https:%2F%2Forders.example.com"
	want := []map[string]any{
		{
			"msg": "Request answered", "method": "POST", "path": "/oauth/token", "status": 200,
			"attempt": 1,
		},
		{"msg": "Request answered", "method": "GET", "path": orders, "status": 503, "attempt": 1},
		{"msg": "Request answered", "method": "GET", "path": orders, "status": 200, "attempt": 2},
		{
			"msg": "Request failed", "method": "POST", "path": "/api/v2/resource-servers",
			"attempt": 1,
		},
		{
			"msg": "Request answered", "method": "GET", "path": "/api/v2/resource-servers",
			"status": 200, "attempt": 1,
		},
		{
			"msg": "Request answered", "method": "GET", "path": "/api/v2/client-grants",
			"status": 200, "attempt": 1,
		},
		{
			"msg": "Request answered", "method": "POST", "path": "/oauth/token", "status": 401,
			"attempt": 1,
		},
	}
	for i, entry := range entries {
		if ms, ok := entry["duration_ms"].(int64); !ok || ms < 0 || ms > 60_000 {
			t.Errorf("entry %d: duration %v", i, entry["duration_ms"])
		}
		if host, _ := entry["host"].(string); !strings.HasPrefix(host, "127.0.0.1:") {
			t.Errorf("entry %d: host %q", i, host)
		}
		if text, ok := entry["error"].(string); ok != (entry["msg"] == "Request failed") ||
			ok && !strings.Contains(text, "reset") && !strings.Contains(text, "EOF") {
			t.Errorf("entry %d: error %v", i, entry["error"])
		}
		delete(entry, "duration_ms")
		delete(entry, "host")
		delete(entry, "error")
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Error(diff)
	}
}

func TestError_hasAttemptsAndElapsedTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := over(t, func(req *http.Request) (*http.Response, error) {
			time.Sleep(5 * time.Millisecond) // On the fake clock.
			return answer(req, reply(502, "", "Retry-After", "0"))
		}, func(cfg *Config) { cfg.RetryTimeout = 100 * time.Millisecond })
		err := getOrders(t.Context(), c)
		var answer *rest.Error
		if !errors.As(err, &answer) || answer.Attempts != 6 ||
			answer.Elapsed != 30*time.Millisecond {
			t.Errorf("%+v", answer)
		}
	})
}

// Form bodies and queries encode secrets, and a management token may be opaque.
func TestError_encodedSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	const (
		special = "a+b&c=dü/e"
		pass    = "the-pass/of-the-proxy"
		form    = "a%2Bb%26c%3Dd%C3%BC%2Fe"
		signing = "signing/secret"
		issued  = "opaque-management-token-0123456789"
		echo    = "got," + special + "," + form + "," + signing + ",signing%2Fsecret," + issued +
			"," + pass + ",as,sent"
		want = "got,[redacted],[redacted],[redacted],[redacted],[redacted],[redacted],as,sent"
	)
	settings := ResourceServerProperties{SigningSecret: Set(signing)}
	own := func(cfg *Config) {
		cfg.Credentials.ClientSecret, cfg.Headers = special, map[string]string{"X-Pass": pass}
	}

	body, _ := json.Marshal(map[string]any{
		"statusCode": 400, "error": "Bad Request", "message": echo, "errorCode": echo,
	})
	login := reply(200, `{"access_token":"`+issued+`","expires_in":86400,"token_type":"Bearer"}`)
	s := script(t, login, reply(
		400, string(body), "X-Auth0-RequestId", echo, "Location", "/x/"+issued,
	))
	_, err := client(t, s, withLogin, own).ResourceServers.Update(
		t.Context(), "urn:orders", settings,
	)
	var answer *rest.Error
	if !errors.As(err, &answer) || answer.Message != want || answer.Code != want ||
		strings.Contains(answer.Location, issued) {
		t.Errorf("%+v", answer)
	}

	// The same applies to a malformed answer.
	var (
		mu  sync.Mutex
		log strings.Builder
	)
	malformed := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, echo+"\r\n\r\n")
		_ = conn.Close()
	}
	s = script(t, login, malformed, reply(
		200, `[{"id":"theirs","identifier":"urn:orders","name":"theirs"}]`,
	))
	c := client(t, s, withLogin, own, func(cfg *Config) {
		cfg.Log = func(_ context.Context, msg string, fields ...map[string]any) {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintln(&log, msg, fields)
		}
	})
	_, err = c.ResourceServers.Create(t.Context(), NewResourceServer{"urn:orders", settings})
	var transport *rest.TransportError
	if !errors.As(err, &transport) {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"error":     err.Error(),
		"transport": transport.Error(),
		"log":       log.String(),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s: %s", name, text)
		}
	}

	// The same applies to the login itself.
	c = client(t, script(t, malformed), withLogin, own, func(cfg *Config) {
		cfg.RetryTimeout = 200 * time.Millisecond
	})
	var refused *rest.LoginError
	if err := getOrders(t.Context(), c); !errors.As(err, &refused) ||
		!strings.Contains(err.Error(), "got,[redacted],[redacted],"+signing) {
		t.Error(err)
	}
}

// Foreign text is shown in a terminal, which must not interpret it.
func TestError_hasNoControlCharacters(t *testing.T) {
	t.Parallel()
	const (
		evil = "\x1b[2J\x1b]0;owned\a\r\n\nApply complete!\u009b31m \u202ekcab\u200b\u2028ü€"
		want = "\ufffd[2J\ufffd]0;owned\ufffd   Apply complete!\ufffd31m \ufffdkcab\ufffd ü€"
	)
	body, _ := json.Marshal(map[string]any{
		"statusCode": 400, "error": "Bad Request", "message": evil, "errorCode": evil,
	})
	err := getOrders(t.Context(), client(t, serve(t, reply(400, string(body)))))
	var answer *rest.Error
	if !errors.As(err, &answer) || answer.Message != want || answer.Code != want {
		t.Errorf("%q", err)
	}

	// A proxy in between can be quoted without a trusted certificate.
	c := over(t, func(*http.Request) (*http.Response, error) {
		return nil, &tls.CertificateVerificationError{Err: x509.HostnameError{
			Certificate: &x509.Certificate{DNSNames: []string{evil}},
			Host:        "acme",
		}}
	})
	if _, err := c.Tokens.Fetch(t.Context(), TokenRequest{Credentials: Credentials{
		ClientID: "a",
	}}); !strings.Contains(err.Error(), want) {
		t.Errorf("%q", err)
	}
}

// A secret is not shown either if something else than the message of the tenant quotes it.
func TestError_everyPartIsRedacted(t *testing.T) {
	t.Parallel()
	const pass = "pass-of-the+gateway"
	header := func(cfg *Config) { cfg.Headers = map[string]string{"X-Pass": pass} }
	s := serve(t, reply(418, "<html>", "Content-Type", "text/"+pass))
	_, err := client(t, s, header).Tokens.Fetch(t.Context(), TokenRequest{
		Credentials: Credentials{ClientID: clientID, ClientSecret: clientSecret},
	})
	var answer *rest.Error
	if !errors.As(err, &answer) || answer.ContentType != "text/[redacted]" {
		t.Errorf("%+v", answer)
	}

	// The discovery document is requested with the extra headers.
	for document, want := range map[string]string{
		`{"issuer":"` + pass + `","jwks_uri":""}`:             `for the issuer "[redacted]", not`,
		`{"issuer":"%s","jwks_uri":"ftp://x/` + pass + `"}`:   `at "ftp://x/[redacted]", which is not`,
		`{"issuer":"%s","jwks_uri":"https://x/` + pass + `"}`: "has a secret in the address of the",
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			reply(200, strings.ReplaceAll(document, "%s", "http://"+r.Host+"/"))(w, r)
		})
		err := verifyKeyed(t, client(t, s, header))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}

	// A proxy gets its user and password as base64.
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(
			conn,
			"got,"+strings.TrimPrefix(r.Header.Get("Proxy-Authorization"), "Basic ")+"\r\n\r\n",
		)
		_ = conn.Close()
	})
	address := "http://u:" + proxyPassword + "@" + strings.TrimPrefix(s.URL, "http://")
	err = getOrders(t.Context(), clientOf(t, "acme.eu.auth0.com", func(cfg *Config) {
		cfg.RetryTimeout = 200 * time.Millisecond
		cfg.Getenv = func(name string) string {
			return map[string]string{"HTTPS_PROXY": address}[name]
		}
	}))

	fault, ok := errors.AsType[*rest.ProxyError](err)
	if !ok || !strings.Contains(fault.Err.Error(), "got,dT[redacted]") ||
		!strings.Contains(err.Error(), "got,dT[redacted]") {
		t.Errorf("%v", err)
	}
}
