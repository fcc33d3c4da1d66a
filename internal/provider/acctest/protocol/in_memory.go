// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"context"
	"net"
	"net/http"
	"testing"
)

// InMemory serves a handler until the test ends, and returns the way to it. A test with a fake
// clock needs it instead of a network: the clock stands still while a goroutine waits for a socket.
func InMemory(t *testing.T, handler http.Handler) http.RoundTripper {
	t.Helper()
	listener := make(pipes)
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(listener) }() // Until it is closed.
	transport := &http.Transport{DialContext: listener.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
	})
	return transport
}

// pipes listens for connections in memory.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if conn, open := <-p; open {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error { close(p); return nil }

func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	p <- far
	return near, nil
}
