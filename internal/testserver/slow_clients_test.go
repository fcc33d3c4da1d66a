// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// onePipe is a listener with one connection, a pipe without a buffer.
type onePipe struct{ conns chan net.Conn }

func (l onePipe) Accept() (net.Conn, error) {
	conn, ok := <-l.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}
func (onePipe) Close() error   { return nil }
func (onePipe) Addr() net.Addr { return &net.TCPAddr{} }

// serveOne serves one connection and sends a request on it.
func serveOne(t *testing.T, x *direct) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	l := onePipe{make(chan net.Conn, 1)}
	l.conns <- server
	close(l.conns)
	go func() { _ = x.http.Serve(l) }()
	if _, err := fmt.Fprintf(
		client, "GET /api/v2/clients HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n\r\n",
		x.token,
	); err != nil {
		t.Fatal(err)
	}
	return client
}

func TestServer_slowClientsAreCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := newDirect()
		client := serveOne(t, x)
		synctest.Wait()
		if x.unsent.Used() == 0 {
			t.Error("the reply does not count while the client does not read it")
		}
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if used := x.unsent.Used(); used != 0 {
			t.Errorf("the server still holds %d bytes", used)
		}
		if text, err := io.ReadAll(client); len(text) > 0 || err != nil {
			t.Errorf("the connection is still open: %q, %v", text, err)
		}
		_ = x.http.Close()
	})
}

func TestServer_longDelaysAreServed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := newDirect()
		const delay = 9 * time.Minute
		x.Next("GET /api/v2/clients", Delay(delay))
		start := time.Now()
		client := serveOne(t, x)
		response, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		err = errors.Join(err, response.Body.Close())
		if response.StatusCode != http.StatusOK || len(body) == 0 || err != nil ||
			time.Since(start) != delay {
			t.Errorf("%d after %v: %s, %v", response.StatusCode, time.Since(start), body, err)
		}
		_, _ = client.Close(), x.http.Close()
	})
}

func TestServer_unsentRepliesAreBounded(t *testing.T) {
	t.Parallel()
	x := newDirect()
	x.unsent.SetLimit(100)
	x.do(http.StatusServiceUnavailable, x.api(http.MethodGet, "/clients", ""))
	x.unsent.SetLimit(maxUnsent)
	x.do(http.StatusOK, x.api(http.MethodGet, "/clients", ""))
	if used := x.unsent.Used(); used != 0 {
		t.Errorf("%d bytes count after the replies", used)
	}
}

// Waiting for the other time limits would take too long, so this test reads them.
func TestServer_limits(t *testing.T) {
	t.Parallel()
	server := newDirect().http
	for name, bound := range map[string]time.Duration{
		"headers": server.ReadHeaderTimeout, "request": server.ReadTimeout,
		"idle": server.IdleTimeout,
	} {
		if bound <= 0 || bound > 5*time.Minute {
			t.Errorf("%s: %v", name, bound)
		}
	}
	if server.MaxHeaderBytes != 256<<10 || server.HTTP2.MaxConcurrentStreams != 64 {
		t.Errorf("headers %d, streams %d", server.MaxHeaderBytes, server.HTTP2.MaxConcurrentStreams)
	}
}
