// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"net"
	"net/url"
	"os"
	"path/filepath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// secure configures the server for HTTPS if -tls is set. Otherwise it returns nil.
func (o *options) secure() (*testserver.Authority, error) {
	if !o.tls {
		return nil, nil
	}
	authority, err := testserver.NewAuthority(o.hosts()...)
	if err != nil {
		return nil, err
	}
	o.server.TLS = authority.ServerConfig()
	return authority, nil
}

// publish writes the certificate that clients must trust to a file. Call it only once the server
// listens: a server that cannot start must not replace the file of a running one. remove deletes
// the file if it is temporary.
func (o *options) publish(
	authority *testserver.Authority,
) (caFile string, remove func(), err error) {
	remove = func() {}
	if authority == nil {
		return "", remove, nil
	}
	if o.caOut != "" {
		if caFile, err = filepath.Abs(o.caOut); err == nil {
			err = os.WriteFile(caFile, authority.PEM(), 0o644) //nolint:gosec // Certificates are public.
		}
		return caFile, remove, err
	}
	file, err := os.CreateTemp("", "m2m-testserver-ca-*.pem")
	if err != nil {
		return "", remove, err
	}
	remove = func() { _ = os.Remove(file.Name()) }
	if _, err = file.Write(authority.PEM()); err == nil {
		err = file.Close()
	}
	return file.Name(), remove, err
}

// hosts returns the host names from the flags, in addition to the names that every certificate has.
func (o *options) hosts() []string {
	var hosts []string
	host, _, _ := net.SplitHostPort(o.server.Addr)
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
		hosts = append(hosts, host)
	}
	if issuer, err := url.Parse(o.server.Issuer); err == nil && issuer.Hostname() != "" {
		hosts = append(hosts, issuer.Hostname())
	}
	return hosts
}
