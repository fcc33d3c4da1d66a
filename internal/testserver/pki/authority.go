// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Lifetimes of the certificates. Some clients accept no server certificate that is valid for more
// than 825 days.
const (
	caLifetime   = 10 * 365 * 24 * time.Hour
	leafLifetime = 820 * 24 * time.Hour
	// The clock of a client in a container or virtual machine may be slightly behind.
	clockSkew = time.Hour
)

// Authority is a certificate authority that has issued one certificate, for a server. People may
// make their whole machine trust it, so it can sign as little as possible: its own certificate
// limits the hosts that it can vouch for, and its private key is never stored and is discarded
// before NewAuthority returns.
type Authority struct {
	pem  []byte
	leaf tls.Certificate
}

// NewAuthority makes an authority and a server certificate for localhost, 127.0.0.1, ::1 and the
// given hosts, which are names or IP addresses.
func NewAuthority(hosts ...string) (*Authority, error) {
	names, err := parseHosts(append([]string{"localhost", "127.0.0.1", "::1"}, hosts...))
	if err != nil {
		return nil, err
	}
	now := time.Now() // Not the server's clock: clients check certificates by their own clock.
	ca, err := newCA(names, now)
	if err != nil {
		return nil, fmt.Errorf("make a certificate authority: %w", err)
	}
	leaf, err := ca.issue(names, now)
	if err != nil {
		return nil, fmt.Errorf("issue a server certificate: %w", err)
	}
	return &Authority{
		pem:  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.certificate.Raw}),
		leaf: leaf,
	}, nil
}

// PEM returns the certificate that clients must trust.
func (a *Authority) PEM() []byte { return slices.Clone(a.pem) }

// ServerConfig returns the TLS configuration of the server.
func (a *Authority) ServerConfig() *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{a.leaf},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	}
}

// hostNames are the names and addresses that a certificate is valid for.
type hostNames struct {
	dns []string
	ips []net.IP
}

// dnsName is stricter than X.509: a wildcard would need another constraint, and a space or port is
// probably a mistake.
var dnsName = regexp.MustCompile(
	`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`,
)

func parseHosts(hosts []string) (hostNames, error) {
	var names hostNames
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			if !slices.ContainsFunc(names.ips, ip.Equal) {
				names.ips = append(names.ips, ip)
			}
			continue
		}
		name := strings.ToLower(host)
		if len(name) > 253 || !dnsName.MatchString(name) {
			return hostNames{}, fmt.Errorf("%q is neither a host name nor an IP address", host)
		}
		if !slices.Contains(names.dns, name) {
			names.dns = append(names.dns, name)
		}
	}
	return names, nil
}

// signer is an authority that still has its private key.
type signer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// newCA makes an authority that can issue only server certificates, only for the given hosts and
// their subdomains (which a constraint cannot exclude), and no certificates for other authorities.
func newCA(names hostNames, now time.Time) (signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return signer{}, err
	}
	template := &x509.Certificate{
		// The random suffix distinguishes the authorities of several runs in a list of trusted
		// certificates.
		Subject:                     subject("m2m-testserver CA " + rand.Text()[:8]),
		NotBefore:                   now.Add(-clockSkew),
		NotAfter:                    now.Add(caLifetime),
		BasicConstraintsValid:       true,
		IsCA:                        true,
		MaxPathLenZero:              true,
		KeyUsage:                    x509.KeyUsageCertSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         names.dns,
		PermittedIPRanges:           exactly(names.ips),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return signer{}, err
	}
	certificate, err := x509.ParseCertificate(der)
	return signer{certificate, key}, err
}

func subject(commonName string) pkix.Name {
	return pkix.Name{Organization: []string{"m2m-testserver"}, CommonName: commonName}
}

// exactly returns, for each address, the range that contains only this address.
func exactly(ips []net.IP) []*net.IPNet {
	var ranges []*net.IPNet
	for _, ip := range ips {
		if short := ip.To4(); short != nil {
			ip = short
		}
		bits := 8 * len(ip)
		ranges = append(ranges, &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)})
	}
	return ranges
}

// issue makes a server certificate.
func (s signer) issue(names hostNames, now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return tls.Certificate{}, err
	}
	keyID := sha256.Sum256(public)
	template := &x509.Certificate{
		Subject:               subject("m2m-testserver"),
		NotBefore:             now.Add(-clockSkew),
		NotAfter:              now.Add(leafLifetime),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		// As RFC 7093 says. x509 does this by default, but only for authorities.
		SubjectKeyId: keyID[:20],
		DNSNames:     names.dns,
		IPAddresses:  names.ips,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, s.certificate, key.Public(), s.key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}
