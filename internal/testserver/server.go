// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package testserver is a reference server: a tenant with resource servers, client grants and clients, its Management
// API and its token endpoint, that keeps state and enforces the rules of the real ones.
package testserver

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config says how a server is set up. The zero value serves plain HTTP on a free port of 127.0.0.1.
type Config struct {
	// Addr is the address to listen on. An empty host means 127.0.0.1; port 0 picks a free port.
	Addr string
	// Issuer is the URL that the tenant is known by: its tokens, its Management API and its discovery document are named after
	// it. Empty means where the server listens.
	Issuer string
	// Latency is how long each answer is held back.
	Latency time.Duration
	// RateLimit bounds the requests, as API contract 12 says. The zero value is no limit.
	RateLimit RateLimit
	// TLS makes the server speak HTTPS.
	TLS *tls.Config
	// SigningKeys are the current and the next signing key of the tenant. Missing ones are made.
	SigningKeys []*rsa.PrivateKey
	// Data is a file that keeps the tenant: what it holds when the server starts is the tenant, and every write is in it
	// before it is answered. Empty keeps the tenant in memory.
	Data string
	// Log gets a line for each request; nil discards them.
	Log *slog.Logger
}

// Server is a tenant that listens.
type Server struct {
	url      string // Where it listens, without a slash at the end.
	tenant   string // The URL that the tenant is known by, without a slash at the end.
	latency  time.Duration
	limits   *rateLimits
	log      *slog.Logger
	clock    Clock
	keys     *keyring
	store    *store
	seeded   snapshot // What Reset goes back to.
	replays  replayGuard
	recorder recorder
	faults   faultQueues
	routes   []route
	unknown  route
	chain    endpoint
	http     *http.Server
	served   chan struct{}
}

// Listen starts a server with a seeded tenant. It accepts connections when Listen returns.
func Listen(config Config) (*Server, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", withHost(config.Addr))
	if err != nil {
		return nil, err
	}
	s, err := newServer(config, baseURL(config, listener.Addr()))
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	go func() {
		defer close(s.served)
		serve := s.http.Serve
		if config.TLS != nil {
			serve = func(l net.Listener) error { return s.http.ServeTLS(l, "", "") }
		}
		if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("stopped serving", "error", err)
		}
	}()
	return s, nil
}

func newServer(config Config, listening string) (*Server, error) {
	tenant, err := tenantURL(config.Issuer, listening)
	if err != nil {
		return nil, err
	}
	s := &Server{url: listening, tenant: tenant, latency: config.Latency, log: config.Log, served: make(chan struct{})}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.limits = newRateLimits(config.RateLimit, s.clock.Now)
	s.store = newStore(&s.clock)
	keys, err := newKeyring(config.SigningKeys, hostOf(tenant), s.clock.Now())
	if err != nil {
		return nil, err
	}
	s.keys = keys
	s.routes = s.routeTable()
	s.unknown = route{handle: func(*call) (any, error) { return notFound(), nil }}
	s.chain = s.assemble()
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		TLSConfig:         config.TLS.Clone(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		// What the HTTP server would print there are failed handshakes and broken connections of clients.
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	if err := s.seed(); err != nil {
		return nil, fmt.Errorf("seed the tenant: %w", err)
	}
	s.seeded = s.store.snapshot(s.issuer())
	return s, s.keepIn(config.Data)
}

// keepIn makes a file the tenant's journal. What the file holds takes the place of the seeded tenant.
func (s *Server) keepIn(path string) error {
	if path == "" {
		return nil
	}
	file, err := openJournal(path)
	if err != nil {
		return err
	}
	tenant, found, err := file.load()
	if !found {
		tenant = s.seeded
	}
	if err == nil {
		s.store.journal = file
		err = s.adopt(tenant)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, errors.Join(err, file.close()))
	}
	return nil
}

// withHost keeps an address without a host off the network.
func withHost(addr string) string {
	if addr == "" {
		return "127.0.0.1:0"
	}
	if strings.HasPrefix(addr, ":") {
		return "127.0.0.1" + addr
	}
	return addr
}

// baseURL keeps the host name that was configured, because it is part of the issuer. An unspecified address can be
// listened on but not be called, so the loopback address stands for it.
func baseURL(config Config, bound net.Addr) string {
	scheme := "http"
	if config.TLS != nil {
		scheme = "https"
	}
	_, port, _ := net.SplitHostPort(bound.String())
	host, _, _ := net.SplitHostPort(withHost(config.Addr))
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// tenantURL checks an issuer. Without one it is where the server listens.
func tenantURL(issuer, listening string) (string, error) {
	if issuer == "" {
		return listening, nil
	}
	parsed, err := url.Parse(issuer)
	if err != nil || (parsed.Scheme != "https" && parsed.Scheme != "http") || parsed.Host == "" ||
		strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" || parsed.Fragment != "" || parsed.User != nil {
		return "", fmt.Errorf("the issuer %q is not a URL such as https://acme.example.com", issuer)
	}
	return parsed.Scheme + "://" + parsed.Host, nil
}

// URL is where the server listens, without a slash at the end.
func (s *Server) URL() string { return s.url }

// Clock is the time that the server lives in.
func (s *Server) Clock() *Clock { return &s.clock }

// Issuer is the URL that the tenant is known by, without a slash at the end.
func (s *Server) Issuer() string { return s.tenant }

// issuer is the `iss` of the tenant's tokens (API contract 10.2).
func (s *Server) issuer() string { return s.tenant + "/" }

// Close stops the server. Requests under way have a second to end.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return s.Shutdown(ctx)
}

// Shutdown stops accepting connections, lets the requests under way end, and cuts them off when ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = s.http.Close()
	}
	<-s.served
	return errors.Join(err, s.store.close())
}

// Done is closed when the server serves no longer, whether it was told to stop or failed.
func (s *Server) Done() <-chan struct{} { return s.served }

// Requests returns what clients sent, in the order of arrival. Very old requests are forgotten.
func (s *Server) Requests() []Request { return s.recorder.all() }

// ForgetRequests empties the record.
func (s *Server) ForgetRequests() { s.recorder.forget() }

// Next queues faults for a route, given as method and pattern. Each strikes one request. An unknown route is a mistake
// in the test, so it panics.
func (s *Server) Next(route string, faults ...Fault) {
	for i := range s.routes {
		if s.routes[i].name() == route {
			s.faults.add(route, faults)
			return
		}
	}
	panic(fmt.Sprintf("testserver: no route %q; a route is a method and a pattern, such as %q",
		route, "PATCH /api/v2/resource-servers/{id}"))
}

// Dashboard acts as a person at the tenant's dashboard: the rules are the same, but it needs no token, is not recorded,
// and no fault strikes it. The path may have a query.
func (s *Server) Dashboard(method, path, body string) (status int, answer []byte) {
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(context.Background(), method, s.url+path, content)
	if err != nil {
		panic("testserver: " + err.Error())
	}
	r.Header.Set("Content-Type", "application/json")
	c := s.newCall(r)
	c.caller = caller{unrestricted: true}
	done := s.guarded(s.validated(s.dispatch))(c)
	return done.status, done.body
}
