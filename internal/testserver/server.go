// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package testserver is a reference server: a tenant that keeps state and enforces the rules of a
// real one. It has resource servers, client grants, clients and organizations, a Management API and
// a token endpoint.
//
// Each part has its own package. This package listens, passes requests through the chain to
// their handlers (chain.go, routes.go, pace.go, recorder.go), sets up the tenant (seed.go,
// tenant_file.go) and provides the API for tests. It imports control, the control API;
// management, tokens and faults, which answer requests; routing, which describes a request to
// them; tenant and schema; and, at the bottom, datafile, wire, pki and listen. No
// package imports a package above it in this list.
package testserver

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/control"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/listen"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/management"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tokens"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Server is a tenant that listens. Its methods can be called by several goroutines at once.
type Server struct {
	url     string // Where it listens, without a trailing slash.
	log     *slog.Logger
	http    *http.Server
	control *control.API // nil if there is none.
	closing context.Context
	close   context.CancelFunc
	served  chan struct{}

	// How requests are answered.
	routes routing.Table
	chain  routing.Endpoint

	// The tenant, and the parts that answer its requests.
	clock      tenant.Clock
	store      *tenant.Store
	management *management.Handlers
	tokens     *tokens.Service
	limits     *rateLimits

	// What tests inspect, and the faults that they inject.
	recorder recorder
	faults   *faults.Book
	awkward  *faults.Awkward // nil if answers are not made awkward.
	latency  time.Duration
	unsent   wire.Budget
}

// Listen starts a server with a seeded tenant. It accepts connections when Listen returns. The
// control API listens before that and says that the tenant is not ready.
func Listen(config Config) (*Server, error) {
	control, err := control.Listen(config.ControlAddr, config.RemoteControl, logOf(config))
	if err != nil {
		return nil, err
	}
	s, err := listenTenant(config)
	if err != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		return nil, errors.Join(err, control.Shutdown(ctx))
	}
	s.control = control
	control.Attach(steered{s})
	return s, nil
}

func listenTenant(config Config) (*Server, error) {
	listener, err := listen.TCP(config.Addr)
	if err != nil {
		return nil, err
	}
	scheme := "http"
	if config.TLS != nil {
		scheme = "https"
	}
	s, err := newServer(config, listen.URL(scheme, config.Addr, listener.Addr()))
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

// newServer makes a server that does not serve yet. listening is its future URL.
func newServer(config Config, listening string) (*Server, error) {
	known, err := tenantURL(config.Issuer, listening)
	if err != nil {
		return nil, err
	}
	s := &Server{
		url: listening, log: logOf(config), latency: config.Latency, served: make(chan struct{}),
	}
	s.unsent.SetLimit(maxUnsent)
	s.closing, s.close = context.WithCancel(context.Background())
	s.store = tenant.New(known, &s.clock)
	s.tokens = tokens.New(s.store, config.Action, s.log)
	if s.management, err = management.New(s.store, config.WithoutFeatures); err != nil {
		s.close()
		return nil, err
	}
	s.limits = newRateLimits(config.RateLimit, s.clock.Now)
	s.routes = s.routeTable()
	s.faults = faults.NewBook(s.routes, config.Seed, s.clock.Now, s.closing.Done())
	if config.Awkward != nil {
		s.awkward = faults.NewAwkward(*config.Awkward, s.clock.Now)
	}
	s.chain = s.assemble()
	s.http = listen.NewServer(s, s.log)
	s.http.TLSConfig = config.TLS.Clone()
	if err := s.populate(config); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// URL is where the server listens, without a trailing slash.
func (s *Server) URL() string { return s.url }

// ControlURL is where the control API listens, without a trailing slash. It is empty if there is no
// control API.
func (s *Server) ControlURL() string { return s.control.URL() }

// Clock is the clock of the tenant.
func (s *Server) Clock() *tenant.Clock { return &s.clock }

// Issuer is the URL that the tenant is known by, without a trailing slash.
func (s *Server) Issuer() string { return s.store.URL() }

// Close stops the server. Requests in progress have one second to finish.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return s.Shutdown(ctx)
}

// Shutdown stops accepting connections and lets the requests in progress finish. When ctx ends, it
// interrupts them. It stops the control API last.
func (s *Server) Shutdown(ctx context.Context) error {
	s.close()
	err := listen.Stop(ctx, s.http)
	<-s.served
	return errors.Join(err, s.control.Shutdown(ctx), s.store.Close())
}

// Done is closed when the server has stopped serving, because it was stopped or because it failed.
func (s *Server) Done() <-chan struct{} { return s.served }

// Requests returns what clients sent, in the order of arrival. Very old requests are forgotten.
func (s *Server) Requests() []Request { return s.recorder.all() }

// ForgetRequests empties the record.
func (s *Server) ForgetRequests() { s.recorder.forget() }
