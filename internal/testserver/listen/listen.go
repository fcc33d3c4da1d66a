// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package listen has what the listeners of the server and its control API share: addresses that are
// local by default, the URL of an address, limits for slow clients, and graceful shutdown. It
// knows no routes.
package listen

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// WithHost adds 127.0.0.1 to an address without a host, so that it is not reachable from the
// network.
func WithHost(addr string) string {
	if addr == "" {
		return "127.0.0.1:0"
	}
	if strings.HasPrefix(addr, ":") {
		return "127.0.0.1" + addr
	}
	return addr
}

// URL returns the URL of a listener. It keeps the configured host name, because that is part of the
// issuer. An unspecified address is replaced with the loopback address: one can listen on it but
// not connect to it.
func URL(scheme, addr string, bound net.Addr) string {
	_, port, _ := net.SplitHostPort(bound.String())
	host, _, _ := net.SplitHostPort(WithHost(addr))
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// IsLoopback reports whether only this machine can reach the address.
func IsLoopback(bound net.Addr) bool {
	tcp, ok := bound.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// NewServer returns an HTTP server with limits for slow or broken clients.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		// Replies have their own limit, since a fault may delay one for longer.
		MaxHeaderBytes: 256 << 10,
		HTTP2:          &http.HTTP2Config{MaxConcurrentStreams: 64},
		// The HTTP server logs clients' failed handshakes and broken connections here.
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Stop waits for requests in progress, and aborts them when ctx ends.
func Stop(ctx context.Context, server *http.Server) error {
	if err := server.Shutdown(ctx); err != nil {
		return server.Close()
	}
	return nil
}

// TCP listens on an address. An empty host means 127.0.0.1; port 0 picks a free port.
func TCP(addr string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", WithHost(addr))
	if err != nil {
		return nil, err
	}
	return bound(listener, maxConnections), nil
}
