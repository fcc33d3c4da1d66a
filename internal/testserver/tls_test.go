// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestAuthority_clientsTrustOnlyItsNames(t *testing.T) {
	t.Parallel()
	authority, err := testserver.NewAuthority(
		"tenant.example.com", "UPPER.example", "192.0.2.7", "2001:db8::7",
	)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority.PEM()) {
		t.Fatalf("no certificate in %s", authority.PEM())
	}
	server, err := testserver.Listen(testserver.Config{TLS: authority.ServerConfig()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	listening := strings.TrimPrefix(server.URL(), "https://")
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			// All names lead to this server.
			return new(net.Dialer).DialContext(ctx, network, listening)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	get := func(host string) (proto, status string, err error) {
		request, err := http.NewRequestWithContext(
			t.Context(), http.MethodGet, "https://"+host+"/.well-known/jwks.json", nil,
		)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := transport.RoundTrip(request)
		if err != nil {
			return "", "", err
		}
		defer func() { _ = answer.Body.Close() }()
		_, err = io.Copy(io.Discard, answer.Body)
		return answer.Proto, answer.Status, err
	}
	for _, host := range []string{
		"localhost", "127.0.0.1", "[::1]", "tenant.example.com", "upper.example", "192.0.2.7",
		"[2001:db8::7]",
	} {
		if proto, status, err := get(host); err != nil || proto != "HTTP/2.0" ||
			status != "200 OK" {
			t.Errorf("%s: %s %s, %v", host, proto, status, err)
		}
	}
	for _, host := range []string{
		"example.com", "other.example.com", "sub.tenant.example.com", "127.0.0.2", "[::2]",
	} {
		_, status, err := get(host)
		if _, refused := errors.AsType[x509.HostnameError](err); !refused {
			t.Errorf("%s: %s, %v", host, status, err)
		}
	}
}
