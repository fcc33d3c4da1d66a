// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

func TestReport_proxy(t *testing.T) {
	t.Parallel()
	const (
		failed = "The proxy http://proxy.corp:3128 (from the environment variable HTTPS_PROXY) " +
			"did not connect to the tenant acme.eu.auth0.com: "
		unseen = ". The tenant did not receive the request.\n\n"
		direct = "If this machine can reach the tenant without the proxy, add its host to the " +
			"environment variable NO_PROXY."
	)
	refused := &net.OpError{
		Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED),
	}
	unknown := &net.DNSError{Err: "no such host", Name: "proxy.corp", IsNotFound: true}
	answer := errors.New("the answer")
	for want, err := range map[string]*rest.ProxyError{
		failed + "dial tcp: connect: connection refused" + unseen + "No proxy is listening " +
			"there. Check the environment variable HTTPS_PROXY and that the proxy is running. " +
			direct: {Err: refused},
		failed + "lookup proxy.corp: no such host" + unseen + "No host has the name of the " +
			"proxy. Check the environment variable HTTPS_PROXY. " + direct: {Err: unknown},
		failed + "the answer" + unseen + "The proxy requires a user and a password. Add them " +
			"to the environment variable HTTPS_PROXY, as in http://USER:PASSWORD@HOST:PORT, with " +
			"special characters percent-encoded.": {Status: 407, Err: answer},
		failed + "the answer" + unseen + "The proxy does not accept the user and the password " +
			"in the environment variable HTTPS_PROXY. Special characters in them must be " +
			"percent-encoded.": {Status: 407, HasLogin: true, Err: answer},
		failed + "the answer" + unseen + "The proxy does not allow this host. Ask its " +
			"administrators to allow it. " + direct: {Status: 403, Err: answer},
		failed + "the answer" + unseen + "Check that the proxy can reach the tenant. " +
			direct: {Status: 502, Err: answer},
		failed + "the answer" + unseen + "Check the environment variable HTTPS_PROXY and the " +
			"network. " + direct: {Err: answer},
		"The environment variable HTTPS_PROXY contains the address of the proxy " +
			"http://proxy.corp:3128, whose scheme is not supported.\n\nIt must be an address " +
			"such as http://proxy.example.com:3128. The schemes": {Err: rest.ErrProxyAddress},
	} {
		err.Proxy, err.Variable = "http://proxy.corp:3128", "HTTPS_PROXY"
		checkReport(t, &rest.TransportError{Err: err}, want)
		checkReport(t, &rest.LoginError{Err: &rest.TransportError{Err: err}}, want)
	}
	checkReport(t, &rest.ProxyError{Variable: "https_proxy", Err: rest.ErrProxyAddress},
		"The environment variable https_proxy does not contain the address of a proxy.\n\nIt "+
			"must be an address such as")
}

// checkReport checks how the detail of an error begins.
func checkReport(t *testing.T, err error, want string) {
	t.Helper()
	var diags diag.Diagnostics
	c := &Connection{
		Domain: "acme.eu.auth0.com", DomainSource: "the provider's domain",
		Login: `the client "abc" (client_id from the provider's client_id, client_secret from ` +
			`the environment variable AUTH0_CLIENT_SECRET)`,
	}
	op := Operation{Verb: Read, Kind: "resource server", Object: `API "x"`}
	c.Report(&diags, op, err)
	if len(diags) != 1 || !strings.HasPrefix(diags[0].Detail(), want) {
		t.Errorf("%v, want %q", diags, want)
	}
}
