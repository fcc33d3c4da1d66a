// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

func (c *Connection) explainTransport(op Operation, err error) string {
	return Paragraphs(c.explainNoAnswer(op, err), Tried(rest.TriesOf(err)))
}

func (c *Connection) explainNoAnswer(op Operation, err error) string {
	var (
		dns       *net.DNSError
		cert      *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		timeout   net.Error
		proxy     *rest.ProxyError
		limit     *rest.LimitError
	)
	if errors.As(err, &proxy) {
		return c.explainProxy(proxy)
	}
	domain := fmt.Sprintf("%s (from %s)", c.Domain, c.DomainSource)
	said := fmt.Sprintf("No answer for the %s: %s.", op.Object, err)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return Paragraphs(said, "No host has this name. Check the domain "+domain+".")
	case errors.Is(err, syscall.ECONNREFUSED):
		return Paragraphs(
			said,
			"No server is listening there. Check the domain "+domain+
				" and that the server is running.",
		)
	case errors.As(err, &authority):
		return Paragraphs(said, "Its certificate is not signed by an authority that this machine "+
			"trusts. Check the domain "+domain+
			". If a proxy or a test server uses its own certificate authority, set ca_cert_file "+
			"(or AUTH0_CA_CERT_FILE) to the certificate of that authority.")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return Paragraphs(
			said,
			"Its certificate has expired or is not valid yet. Renew it, or check the clock of "+
				"this machine.",
		)
	case errors.As(err, &hostname), errors.As(err, &cert):
		return Paragraphs(
			said, "Its certificate is not valid for this host. Check the domain "+domain+".",
		)
	case errors.Is(err, http.ErrSchemeMismatch):
		return Paragraphs(
			said,
			"The server speaks plain http. Check the domain "+domain+
				". A loopback address may start with http://.",
		)
	case errors.As(err, &limit):
		return fmt.Sprintf("The tenant limits the rate of requests, and the request for the %s "+
			"did not get its turn in time. Nothing was changed in the tenant by it. Run "+
			"Terraform again later, or raise the provider's retry_timeout.", op.Object)
	case errors.Is(err, context.Canceled):
		return Paragraphs(said, "The run was cancelled. Run Terraform again.")
	case errors.As(err, &timeout) && timeout.Timeout():
		return Paragraphs(
			said,
			"The tenant did not answer in time. Check the network; request_timeout sets how long "+
				"one attempt may take.",
		)
	default:
		return Paragraphs(
			said, "Check the network and the domain "+domain+", and run Terraform again.",
		)
	}
}
