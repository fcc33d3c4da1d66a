// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
)

func (s *session) explainTransport(op operation, err error) string {
	var (
		dns       *net.DNSError
		cert      *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		timeout   net.Error
	)
	domain := fmt.Sprintf("%s (from %s)", s.settings.domain.value, s.settings.domain.source())
	said := fmt.Sprintf("No answer for the %s: %s.", op.object, err)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return sentences(said, "There is no host of this name. Check the domain "+domain+".")
	case errors.Is(err, syscall.ECONNREFUSED):
		return sentences(said, "Nothing listens there. Check the domain "+domain+", and that the server runs.")
	case errors.As(err, &authority):
		return sentences(said, "Its certificate is not signed by an authority that this machine trusts. Check the domain "+domain+
			"; where a proxy or a test server has its own authority, set ca_cert_file (or AUTH0_CA_CERT_FILE) to its certificate.")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return sentences(said, "Its certificate has expired or is not valid yet. Renew it, or check the clock of this machine.")
	case errors.As(err, &hostname), errors.As(err, &cert):
		return sentences(said, "Its certificate is not valid for this host. Check the domain "+domain+".")
	case errors.Is(err, http.ErrSchemeMismatch):
		return sentences(said, "The server speaks plain http. Check the domain "+domain+"; on loopback it can start with http://.")
	case errors.Is(err, context.Canceled):
		return sentences(said, "The run was cancelled.")
	case errors.As(err, &timeout) && timeout.Timeout():
		return sentences(said, "The tenant did not answer in time. Check the network; request_timeout sets how long one attempt may take.")
	default:
		return sentences(said, "Check the network and the domain "+domain+", and run terraform apply again.")
	}
}
