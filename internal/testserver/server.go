// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package testserver is a reference server: a tenant with resource servers, client grants and clients, its Management
// API and its token endpoint, that keeps state and enforces the rules of the real ones.
package testserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// Server is a tenant that listens.
type Server struct {
	url      string // Where it listens, without a slash at the end.
	tenant   string // The URL that the tenant is known by, without a slash at the end.
	latency  time.Duration
	limits   *rateLimits
	log      *slog.Logger
	clock    Clock
	store    *store
	seeded   snapshot // What Reset goes back to.
	replays  replayGuard
	quotas   quotaMeter
	action   func(Exchange) Verdict
	recorder recorder
	faults   faultBook
	awkward  *dice // nil when answers are not made awkward.
	routes   []route
	unknown  route
	chain    endpoint
	http     *http.Server
	control  *control // nil when there is none.
	closing  context.Context
	close    context.CancelFunc
	served   chan struct{}

	withoutFeatures []string
}

// Listen starts a server with a seeded tenant. It accepts connections when Listen returns. The control API listens
// before that and says that the tenant is not ready.
func Listen(config Config) (*Server, error) {
	control, err := listenControl(config)
	if err != nil {
		return nil, err
	}
	s, err := listenTenant(config)
	if err != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		return nil, errors.Join(err, control.shutdown(ctx))
	}
	s.control = control
	control.attach(s)
	return s, nil
}

func listenTenant(config Config) (*Server, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", withHost(config.Addr))
	if err != nil {
		return nil, err
	}
	scheme := "http"
	if config.TLS != nil {
		scheme = "https"
	}
	s, err := newServer(config, baseURL(scheme, config.Addr, listener.Addr()))
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
	s := &Server{
		url: listening, tenant: tenant, latency: config.Latency, log: logOf(config), action: config.Action,
		served: make(chan struct{}),
	}
	s.limits = newRateLimits(config.RateLimit, s.clock.Now)
	s.closing, s.close = context.WithCancel(context.Background())
	s.store = newStore(&s.clock)
	if err := s.setPlan(config.WithoutFeatures); err != nil {
		return nil, err
	}
	if err := s.makeSigningKeys(config.SigningKeys); err != nil {
		return nil, err
	}
	s.faults.dice = newDice(config.Seed)
	if config.Awkward != nil {
		s.awkward = newDice(*config.Awkward)
	}
	s.routes = s.routeTable()
	s.unknown = route{handle: func(*call) (any, error) { return notFound(), nil }}
	s.chain = s.assemble()
	s.http = newHTTPServer(http.HandlerFunc(s.serve), s.log)
	s.http.TLSConfig = config.TLS.Clone()
	if err := s.seed(); err != nil {
		return nil, fmt.Errorf("seed the tenant: %w", err)
	}
	if err := s.seedFrom(config.Tenant); err != nil {
		return nil, fmt.Errorf("seed the tenant: %w", err)
	}
	s.store.settle()
	s.seeded = s.store.snapshot(s.issuer())
	return s, s.keepIn(config.Data)
}

// newHTTPServer bounds what a slow or broken client can hold up.
func newHTTPServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		// What the HTTP server would print there are failed handshakes and broken connections of clients.
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// URL is where the server listens, without a slash at the end.
func (s *Server) URL() string { return s.url }

// ControlURL is where the control API listens, without a slash at the end; empty when there is none.
func (s *Server) ControlURL() string { return s.control.baseURL() }

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

// Shutdown stops accepting connections, lets the requests under way end, and cuts them off when ctx ends. The control
// API goes last.
func (s *Server) Shutdown(ctx context.Context) error {
	s.close()
	err := stop(ctx, s.http)
	<-s.served
	return errors.Join(err, s.control.shutdown(ctx), s.store.close())
}

// stop lets the requests under way end, and cuts them off when ctx ends.
func stop(ctx context.Context, server *http.Server) error {
	if err := server.Shutdown(ctx); err != nil {
		return server.Close()
	}
	return nil
}

// Done is closed when the server serves no longer, whether it was told to stop or failed.
func (s *Server) Done() <-chan struct{} { return s.served }

// Requests returns what clients sent, in the order of arrival. Very old requests are forgotten.
func (s *Server) Requests() []Request { return s.recorder.all() }

// ForgetRequests empties the record.
func (s *Server) ForgetRequests() { s.recorder.forget() }

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
