// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package listen is what the server and its control API have in common as listeners: addresses that
// stay off the network unless told otherwise, the URL that an address is found at, bounds on slow
// clients, and an orderly end.
package listen

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// WithHost keeps an address without a host off the network.
func WithHost(addr string) string {
	if addr == "" {
		return "127.0.0.1:0"
	}
	if strings.HasPrefix(addr, ":") {
		return "127.0.0.1" + addr
	}
	return addr
}

// URL keeps the host name that was configured, because it is part of the issuer. An unspecified
// address can be listened on but not be called, so the loopback address stands for it.
func URL(scheme, addr string, bound net.Addr) string {
	_, port, _ := net.SplitHostPort(bound.String())
	host, _, _ := net.SplitHostPort(WithHost(addr))
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// NewServer bounds what a slow or broken client can hold up.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		// What the HTTP server would print there are failed handshakes and broken connections of
		// clients.
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Stop lets the requests under way end, and cuts them off when ctx ends.
func Stop(ctx context.Context, server *http.Server) error {
	if err := server.Shutdown(ctx); err != nil {
		return server.Close()
	}
	return nil
}

// TCP listens at an address. An empty host means 127.0.0.1; port 0 picks a free port.
func TCP(addr string) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(context.Background(), "tcp", WithHost(addr))
}
