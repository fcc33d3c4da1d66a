// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	apiToken     = "eyJhbGciOiJSUzI1NiJ9.eyJmaXhlZCI6dHJ1ZX0.Zml4ZWQ"
	clientID     = "Mgmt0Client0Id0000000000000000AB"
	clientSecret = "s3cr3t-of-the-management-client-with-64-characters-aaaaaaaaaaaaa"
)

// noon is the current time in tests that judge tokens.
var noon = time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// noEnv is an environment without variables, so that no test uses the proxy of its machine.
func noEnv(string) string { return "" }

var (
	rsaKey      = rsaKeyOf(2048)
	otherRSAKey = rsaKeyOf(2048)
	smallRSAKey = rsaKeyOf(1024)
)

func rsaKeyOf(bits int) func() *rsa.PrivateKey {
	return sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		return key
	})
}

func pkcs1PEM(key *rsa.PrivateKey) string {
	return string(pem.EncodeToMemory(&pem.Block{
		Type:  "RSA PRIVATE KEY",
		Bytes: x509.MarshalPKCS1PrivateKey(key),
	}))
}

func pkcs8PEM(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func publicPEM(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// arrival is a request as the server received it.
type arrival struct {
	Method, Target, Body string
	Header               http.Header
}

func (a arrival) String() string { return a.Method + " " + a.Target }

// tenant is a server that records its requests.
type tenant struct {
	*httptest.Server
	mu   sync.Mutex
	seen []arrival
}

func (s *tenant) record(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.seen = append(s.seen, arrival{r.Method, r.RequestURI, string(body), r.Header.Clone()})
		s.mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

func (s *tenant) arrived() []arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]arrival(nil), s.seen...)
}

// lines returns the requests, as "METHOD TARGET" each.
func (s *tenant) lines() []string {
	var lines []string
	for _, a := range s.arrived() {
		lines = append(lines, a.String())
	}
	return lines
}

func serve(t *testing.T, h http.HandlerFunc) *tenant {
	t.Helper()
	s := &tenant{}
	s.Server = httptest.NewUnstartedServer(s.record(h))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// script answers each request with the next step. More requests than steps fail the test.
func script(t *testing.T, steps ...http.HandlerFunc) *tenant {
	t.Helper()
	var mu sync.Mutex
	next := 0
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		i := next
		next++
		mu.Unlock()
		if i >= len(steps) {
			t.Errorf("request %d was not expected: %s %s", i+1, r.Method, r.RequestURI)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		steps[i](w, r)
	})
}

// reply answers with a status, a JSON body and headers, given as pairs.
func reply(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func html(status int) http.HandlerFunc {
	return reply(
		status, "<!doctype html><title>Sign in to the hotel</title>", "Content-Type",
		"text/html; charset=utf-8",
	)
}

// reset drops the connection without an answer.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// truncated sends less than it announces.
func truncated(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, `{"id":"68f0`)
}

// client returns a client of a server, with a ready-made token.
func client(t *testing.T, s *tenant, change ...func(*Config)) *Client {
	t.Helper()
	return clientOf(t, s.URL, change...)
}

func clientOf(t *testing.T, domain string, change ...func(*Config)) *Client {
	t.Helper()
	base, err := ParseDomain(domain)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{BaseURL: base, APIToken: apiToken, Now: atNoon, Getenv: noEnv}
	for _, c := range change {
		c(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// withLogin makes a client log in instead of using a ready-made token.
func withLogin(cfg *Config) {
	cfg.APIToken = ""
	cfg.Credentials = Credentials{ClientID: clientID, ClientSecret: clientSecret}
}

// wire replaces the network, to fake time or errors.
type wire func(*http.Request) (*http.Response, error)

func (f wire) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// over returns a client that sends over f.
func over(t *testing.T, f wire, change ...func(*Config)) *Client {
	t.Helper()
	c := clientOf(t, "tenant.example", change...)
	networkOf(c).transport = f
	return c
}

// networkOf returns the innermost layer of a client's chain.
func networkOf(c *Client) *network {
	return c.Tokens.conn.chain.(*authenticating).next.(*pacing).next.(*logging).next.(*network)
}

// connected tells the client that the request has a connection.
func connected(req *http.Request) {
	if trace := httptrace.ContextClientTrace(req.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
}

// answer is the answer of a handler, over a fake wire.
func answer(req *http.Request, h http.HandlerFunc) (*http.Response, error) {
	connected(req)
	w := httptest.NewRecorder()
	h(w, req)
	resp := w.Result()
	resp.Request = req
	return resp, nil
}

// getOrders is a read, for tests that need any read.
func getOrders(ctx context.Context, c *Client) error {
	_, err := c.ResourceServers.Get(ctx, "https://orders.example.com")
	return err
}

const ordersJSON = `{"id":"68f0a1b2c3d4e5f60718293a","identifier":"https://orders.example.com",
 "allow_offline_access":false,"skip_consent_for_verifiable_first_party_clients":false,
 "subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}},
 "token_lifetime":86400,"token_lifetime_for_web":7200,"signing_alg":"RS256"}`

// jsonText encodes a value.
func jsonText(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(raw)
}
