// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package input

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// ParseDomain turns the configured domain, a host such as acme.eu.auth0.com or a URL such as
// https://localhost:8443, into the root URL of the tenant, without a slash at its end. It accepts
// plain http for loopback addresses only, because secrets and tokens travel over the connection.
func ParseDomain(domain string) (*url.URL, error) {
	raw := domain
	if !strings.Contains(raw, "://") {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	switch {
	case strings.Contains(domain, "@"):
		return nil, errors.New("the domain must not contain credentials")
	case CheckEnds(domain) != nil:
		return nil, fmt.Errorf("%q %w", domain, CheckEnds(domain))
	case err != nil:
		return nil, fmt.Errorf("%q is neither a host nor a URL", domain)
	case u.Hostname() == "" || strings.ContainsAny(domain, " \t\r\n"):
		return nil, fmt.Errorf("%q contains no host; use a host such as acme.eu.auth0.com", domain)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf(
			"%q contains more than a host; use only the host, such as %s", domain, u.Host,
		)
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		return nil, fmt.Errorf("%q uses plain http, which would send secrets and tokens "+
			"unencrypted over the network; http:// is accepted for loopback addresses only, so "+
			"use https://%s", domain, u.Host)
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf(
			"%q has the scheme %q; only https (and http on loopback) is supported", domain,
			u.Scheme,
		)
	}
	// The issuer and the identifier of the Management API never include a default port.
	host := strings.TrimSuffix(strings.ToLower(u.Host), ":")
	return &url.URL{Scheme: u.Scheme, Host: strings.TrimSuffix(host, defaultPorts[u.Scheme])}, nil
}

var defaultPorts = map[string]string{"https": ":443", "http": ":80"}

// IsLoopback reports whether a host is this machine.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
