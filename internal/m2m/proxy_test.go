// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const proxyPassword = "hush-of-the-proxy"

// behind returns a client of acme.eu.auth0.com in an environment.
func behind(t *testing.T, env map[string]string) *Client {
	t.Helper()
	return clientOf(t, "acme.eu.auth0.com", func(cfg *Config) {
		cfg.Getenv = func(name string) string { return env[name] }
	})
}

// getOrdersAtOnce is getOrders without the pauses between its attempts. The fake clock moves only
// if no connection stays open, so it is for calls that fail.
func getOrdersAtOnce(t *testing.T, c *Client) (err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { err = getOrders(t.Context(), c) })
	return err
}

// closedPort returns an address where no server listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// A proxy that refuses is named with its variable and without its credentials. It is asked again
// only if it may answer otherwise.
func TestProxy_refusalIsTheProxys(t *testing.T) {
	t.Parallel()
	for status, asked := range map[int]int{
		http.StatusProxyAuthRequired:  1,
		http.StatusForbidden:          1,
		http.StatusServiceUnavailable: rest.MaxFailures,
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		host := strings.TrimPrefix(s.URL, "http://")
		err := getOrdersAtOnce(t, behind(t, map[string]string{
			"HTTPS_PROXY": "http://user:" + proxyPassword + "@" + host,
		}))
		fault, ok := errors.AsType[*rest.ProxyError](err)
		if !ok || fault.Status != status || fault.Proxy != s.URL || !fault.HasLogin ||
			fault.Variable != "HTTPS_PROXY" || strings.Contains(err.Error(), proxyPassword) {
			t.Errorf("%d: %v", status, err)
		}
		if lines := s.Lines(); len(lines) != asked ||
			lines[0] != "CONNECT acme.eu.auth0.com:443" {
			t.Errorf("%d: the proxy was asked %q, want %d times", status, lines, asked)
		}
	}
}

// A proxy may lock an account whose password is wrong, so it is not asked once per object.
func TestProxy_refusedLoginIsCached(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	})
	c := clientOf(t, "acme.eu.auth0.com", withLogin, func(cfg *Config) {
		cfg.Getenv = func(name string) string {
			return map[string]string{"HTTPS_PROXY": s.URL}[name]
		}
	})
	for range 3 {
		err := getOrders(t.Context(), c)
		if fault, ok := errors.AsType[*rest.ProxyError](err); !ok || fault.Status != 407 {
			t.Error(err)
		}
	}
	if lines := s.Lines(); len(lines) != 1 {
		t.Errorf("the proxy was asked %d times", len(lines))
	}
}

func TestProxy_faults(t *testing.T) {
	t.Parallel()
	closed := closedPort(t)
	hangsUp := serve(t, reset)
	for name, c := range map[string]struct {
		env                   map[string]string
		proxy, variable, says string
	}{
		"port closed": {
			map[string]string{"https_proxy": closed},
			"http://" + closed, "https_proxy", "connection refused",
		},
		"host unknown": {
			map[string]string{"HTTPS_PROXY": "http://u:" + proxyPassword + "@proxy.invalid:3128"},
			"http://proxy.invalid:3128", "HTTPS_PROXY", "lookup proxy.invalid",
		},
		"hangs up": {
			map[string]string{"HTTPS_PROXY": hangsUp.URL}, hangsUp.URL, "HTTPS_PROXY", "reset",
		},
		"other scheme": {
			map[string]string{"HTTPS_PROXY": "ftp://u:" + proxyPassword + "@proxy.corp:21"},
			"ftp://proxy.corp:21", "HTTPS_PROXY", rest.ErrProxyAddress.Error(),
		},
		"unreadable address": {
			map[string]string{"HTTPS_PROXY": "http://u:" + proxyPassword + "%zz@proxy.corp:3128"},
			"", "HTTPS_PROXY", rest.ErrProxyAddress.Error(),
		},
		"space in the password": {
			map[string]string{"HTTPS_PROXY": "http://u:" + proxyPassword + " x@proxy.corp:3128"},
			"", "HTTPS_PROXY", rest.ErrProxyAddress.Error(),
		},
		"no host": {
			map[string]string{"HTTPS_PROXY": ":3128"}, "", "HTTPS_PROXY", rest.ErrProxyAddress.Error(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := getOrdersAtOnce(t, behind(t, c.env))
			fault, ok := errors.AsType[*rest.ProxyError](err)
			if !ok || fault.Proxy != c.proxy || fault.Variable != c.variable ||
				!strings.Contains(err.Error(), c.says) ||
				strings.Contains(err.Error(), proxyPassword) {
				t.Errorf("%v, want %+v", err, c)
			}
		})
	}
}

// The certificate of the server behind the proxy is not the proxy's fault.
func TestProxy_certificateBehindProxyIsTheServers(t *testing.T) {
	t.Parallel()
	target := httptest.NewUnstartedServer(http.NotFoundHandler())
	target.Config.ErrorLog = log.New(io.Discard, "", 0)
	target.StartTLS()
	t.Cleanup(target.Close)
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		to, err := (&net.Dialer{}).DialContext(
			t.Context(), "tcp", target.Listener.Addr().String(),
		)
		if err != nil {
			t.Error(err)
			return
		}
		defer to.Close()
		w.WriteHeader(http.StatusOK)
		from, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer from.Close()
		go func() { _, _ = io.Copy(to, from) }()
		_, _ = io.Copy(from, to)
	})
	err := getOrders(t.Context(), behind(t, map[string]string{"HTTPS_PROXY": s.URL}))
	var cert *tls.CertificateVerificationError
	if _, blamed := errors.AsType[*rest.ProxyError](err); blamed || !errors.As(err, &cert) {
		t.Error(err)
	}
}
