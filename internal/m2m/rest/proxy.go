// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/redact"
)

// ProxyError means that a proxy did not pass the request on, so the tenant has not seen it.
type ProxyError struct {
	// Proxy is the address of the proxy without its credentials. It is empty if the variable
	// contains no address.
	Proxy string
	// Variable is the environment variable that contains the address.
	Variable string
	// HasLogin reports that the address contains credentials.
	HasLogin bool
	// Status is the status of the proxy's answer, or 0.
	Status int
	Err    error
}

func (e *ProxyError) Error() string {
	name := e.Proxy
	if name == "" {
		name = "from " + e.Variable
	}
	return "the proxy " + name + ": " + e.Err.Error()
}

func (e *ProxyError) Unwrap() error { return e.Err }

// ErrProxyAddress means that an environment variable does not contain the address of a usable
// proxy.
var ErrProxyAddress = errors.New("not the address of an HTTP or SOCKS proxy")

// Refuses reports whether the proxy would answer the same request in the same way again.
func (e *ProxyError) Refuses() bool {
	return errors.Is(e.Err, ErrProxyAddress) || e.Status != 0 &&
		e.Status != http.StatusTooManyRequests && !transientStatus(e.Status)
}

// proxySchemes are the schemes that net/http supports.
var proxySchemes = []string{"http", "https", "socks5", "socks5h"}

// proxies chooses the proxy of a request by the environment variables HTTPS_PROXY, HTTP_PROXY and
// NO_PROXY, as net/http does. Unlike net/http, it does not ignore an address that it cannot read:
// a direct request would fail, and the tenant would be blamed.
type proxies struct {
	getenv  func(string) string
	secrets *redact.Secrets
}

// proxy is an address and the variable that contains it.
type proxy struct {
	url      *url.URL
	variable string
	secrets  *redact.Secrets
}

// of returns the proxy for a target, or nil. An error is a *ProxyError.
func (p *proxies) of(target *url.URL) (*proxy, error) {
	value, variable := p.first("HTTPS_PROXY", "https_proxy")
	if target.Scheme == "http" {
		value, variable = p.first("HTTP_PROXY", "http_proxy")
	}
	if value == "" || p.bypassed(target) {
		return nil, nil
	}
	address, err := url.Parse(value)
	if !strings.Contains(value, "://") { // As in "proxy.example.com:3128".
		address, err = url.Parse("http://" + value)
	}
	if err != nil || address.Hostname() == "" {
		return nil, &ProxyError{Variable: variable, Err: ErrProxyAddress}
	}
	if password, ok := address.User.Password(); ok {
		p.secrets.Add(password)
	} else {
		p.secrets.Add(address.User.Username()) // It may be a token.
	}
	found := &proxy{url: address, variable: variable, secrets: p.secrets}
	if !slices.Contains(proxySchemes, address.Scheme) {
		return nil, found.fault(0, ErrProxyAddress)
	}
	return found, nil
}

func (p *proxies) first(variables ...string) (value, variable string) {
	for _, variable := range variables {
		if value := strings.TrimSpace(p.getenv(variable)); value != "" {
			return value, variable
		}
	}
	return "", ""
}

// bypassed reports whether NO_PROXY excludes a target. Loopback addresses are always excluded.
func (p *proxies) bypassed(target *url.URL) bool {
	const anyProxy = "proxy"
	excluded, _ := p.first("NO_PROXY", "no_proxy")
	rules := httpproxy.Config{HTTPProxy: anyProxy, HTTPSProxy: anyProxy, NoProxy: excluded}
	through, err := rules.ProxyFunc()(target)
	return err == nil && through == nil
}

// choose is the proxy function of a transport.
func (p *proxies) choose(req *http.Request) (*url.URL, error) {
	found, err := p.of(req.URL)
	if found == nil {
		return nil, err
	}
	return found.url, nil
}

// refuseAnswer turns the refusal of a tunnel into an error with its status.
func refuseAnswer(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return &ProxyError{
		Status: answer.StatusCode,
		Err:    fmt.Errorf("%d %s", answer.StatusCode, http.StatusText(answer.StatusCode)),
	}
}

// blame returns the error of a request that got no connection. It is a *ProxyError, unless the
// server behind the proxy has a certificate that is not accepted, or does not speak TLS.
func (p *proxy) blame(err error) error {
	var (
		refusal *ProxyError
		dial    *net.OpError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &refusal):
		return p.fault(refusal.Status, refusal.Err)
	case errors.As(err, &dial) && dial.Op == "proxyconnect":
		return p.fault(0, dial.Err)
	case errors.As(err, &cert), errors.As(err, &record), errors.Is(err, context.Canceled):
		return err
	default:
		return p.fault(0, err)
	}
}

func (p *proxy) fault(status int, err error) *ProxyError {
	_, login := p.url.User.Password()
	return &ProxyError{
		Proxy:    (&url.URL{Scheme: p.url.Scheme, Host: p.url.Host}).String(),
		Variable: p.variable, HasLogin: login, Status: status, Err: p.secrets.Error(err),
	}
}
