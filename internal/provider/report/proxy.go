// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// explainProxy explains a request that did not get past a proxy.
func (c *Connection) explainProxy(err *rest.ProxyError) string {
	variable := "the environment variable " + err.Variable
	proxy := fmt.Sprintf("The proxy %s (from %s)", err.Proxy, variable)
	if errors.Is(err, rest.ErrProxyAddress) {
		return explainProxyAddress(err.Proxy, variable)
	}
	direct := "If this machine can reach the tenant without the proxy, add its host to the " +
		"environment variable NO_PROXY."
	failed := fmt.Sprintf("%s did not connect to the tenant %s: %s. The tenant did not receive "+
		"the request.", proxy, c.Domain, err.Err)
	var dns *net.DNSError
	switch {
	case err.Status == http.StatusProxyAuthRequired && err.HasLogin:
		return Paragraphs(failed, "The proxy does not accept the user and the password in "+
			variable+". Special characters in them must be percent-encoded.")
	case err.Status == http.StatusProxyAuthRequired:
		return Paragraphs(failed, "The proxy requires a user and a password. Add them to "+
			variable+", as in http://USER:PASSWORD@HOST:PORT, with special characters "+
			"percent-encoded.")
	case err.Status == http.StatusForbidden:
		return Paragraphs(failed, "The proxy does not allow this host. Ask its administrators "+
			"to allow it. "+direct)
	case err.Status != 0:
		return Paragraphs(failed, "Check that the proxy can reach the tenant. "+direct)
	case errors.As(err, &dns) && dns.IsNotFound:
		return Paragraphs(failed, "No host has the name of the proxy. Check "+variable+". "+direct)
	case errors.Is(err, syscall.ECONNREFUSED):
		return Paragraphs(failed, "No proxy is listening there. Check "+variable+
			" and that the proxy is running. "+direct)
	default:
		return Paragraphs(failed, "Check "+variable+" and the network. "+direct)
	}
}

func explainProxyAddress(address, variable string) string {
	const want = "It must be an address such as http://proxy.example.com:3128. The schemes " +
		"http, https, socks5 and socks5h are supported. Special characters in a user and a " +
		"password must be percent-encoded."
	if address == "" {
		return Paragraphs(Capitalize(variable)+" does not contain the address of a proxy.", want)
	}
	return Paragraphs(fmt.Sprintf("%s contains the address of the proxy %s, whose scheme is not "+
		"supported.", Capitalize(variable), address), want)
}
