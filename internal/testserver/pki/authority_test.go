// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package pki

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func newTestAuthority(t *testing.T, hosts ...string) *Authority {
	t.Helper()
	authority, err := NewAuthority(hosts...)
	if err != nil {
		t.Fatal(err)
	}
	return authority
}

// poolOf returns the trusted certificates of a client that has only the CA file.
func poolOf(t *testing.T, authority *Authority) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority.PEM()) {
		t.Fatalf("no certificate in %s", authority.PEM())
	}
	return pool
}

func TestAuthority_oldTLSIsRefused(t *testing.T) {
	t.Parallel()
	authority := newTestAuthority(t)
	ours, theirs := net.Pipe()
	go func() { _ = tls.Server(theirs, authority.ServerConfig()).HandshakeContext(t.Context()) }()
	client := tls.Client(ours, &tls.Config{
		RootCAs: poolOf(t, authority), ServerName: "localhost", MinVersion: tls.VersionTLS10,
		MaxVersion: tls.VersionTLS11,
	})
	if err := client.HandshakeContext(t.Context()); err == nil {
		t.Errorf("connected with %x", client.ConnectionState().Version)
	}
}

func TestAuthority_certificatesSatisfyStrictClients(t *testing.T) {
	t.Parallel()
	authority := newTestAuthority(t, "tenant.example.com", "localhost", "127.0.0.1")
	block, rest := pem.Decode(authority.PEM())
	if block == nil || len(rest) > 0 || strings.Contains(string(authority.PEM()), "PRIVATE") {
		t.Fatalf("not one certificate: %s", authority.PEM())
	}
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !ca.IsCA || ca.MaxPathLen != 0 || !ca.MaxPathLenZero ||
		ca.KeyUsage != x509.KeyUsageCertSign {
		t.Errorf("CA: %t, path length %d, usage %b", ca.IsCA, ca.MaxPathLen, ca.KeyUsage)
	}
	if !slices.Equal(ca.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}) {
		t.Errorf("CA: extended usage %v", ca.ExtKeyUsage)
	}
	if want := []string{"localhost", "tenant.example.com"}; !ca.PermittedDNSDomainsCritical ||
		!slices.Equal(ca.PermittedDNSDomains, want) {
		t.Errorf("CA: constrained to %v", ca.PermittedDNSDomains)
	}
	if len(ca.PermittedIPRanges) != 2 || ca.PermittedIPRanges[0].String() != "127.0.0.1/32" ||
		ca.PermittedIPRanges[1].String() != "::1/128" {
		t.Errorf("CA: constrained to %v", ca.PermittedIPRanges)
	}

	leaf := authority.leaf.Leaf
	if leaf.IsCA || !slices.Equal(leaf.DNSNames, []string{"localhost", "tenant.example.com"}) ||
		len(leaf.IPAddresses) != 2 {
		t.Errorf("leaf: CA %t, names %v %v", leaf.IsCA, leaf.DNSNames, leaf.IPAddresses)
	}
	if !slices.Equal(leaf.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}) {
		t.Errorf("leaf: usage %v", leaf.ExtKeyUsage)
	}
	if len(leaf.SubjectKeyId) == 0 || len(ca.SubjectKeyId) == 0 ||
		!slices.Equal(leaf.AuthorityKeyId, ca.SubjectKeyId) {
		t.Errorf(
			"leaf: key %x, authority %x of %x", leaf.SubjectKeyId, leaf.AuthorityKeyId,
			ca.SubjectKeyId,
		)
	}
	if lifetime := leaf.NotAfter.Sub(leaf.NotBefore); lifetime > 825*24*time.Hour ||
		leaf.NotAfter.After(ca.NotAfter) {
		t.Errorf("leaf: valid for %v until %v", lifetime, leaf.NotAfter)
	}
	if time.Since(leaf.NotBefore) < time.Minute || time.Until(ca.NotAfter) < 9*365*24*time.Hour {
		t.Errorf("leaf from %v, CA until %v", leaf.NotBefore, ca.NotAfter)
	}
	for usage, accepted := range map[x509.ExtKeyUsage]bool{
		x509.ExtKeyUsageServerAuth: true,
		x509.ExtKeyUsageClientAuth: false,
	} {
		_, err := leaf.Verify(x509.VerifyOptions{
			Roots:     poolOf(t, authority),
			DNSName:   "localhost",
			KeyUsages: []x509.ExtKeyUsage{usage},
		})
		if (err == nil) != accepted {
			t.Errorf("usage %v: %v", usage, err)
		}
	}
}

// The key of a CA that a machine trusts must be useless for impersonating other hosts.
func TestAuthority_cannotVouchForOtherHosts(t *testing.T) {
	t.Parallel()
	own, err := parseHosts([]string{"tenant.example.com", "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	ca, err := newCA(own, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca.certificate)
	for host, accepted := range map[string]bool{
		"tenant.example.com": true, "127.0.0.1": true,
		"example.com": false, "other.example.com": false, "127.0.0.2": false, "::1": false,
	} {
		names, err := parseHosts([]string{host})
		if err != nil {
			t.Fatal(err)
		}
		forged, err := ca.issue(names, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		_, err = forged.Leaf.Verify(x509.VerifyOptions{Roots: pool})
		invalid, _ := errors.AsType[x509.CertificateInvalidError](err)
		if (err == nil) != accepted ||
			!accepted && invalid.Reason != x509.CANotAuthorizedForThisName {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestAuthority_opensslAcceptsTheChain(t *testing.T) {
	t.Parallel()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl on PATH; CI has it, and the other tests check with Go's own TLS")
	}
	authority := newTestAuthority(t, "tenant.example.com")
	dir := t.TempDir()
	ca, leaf := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "leaf.pem")
	encoded := pem.EncodeToMemory(&pem.Block{
		Type:  "CERTIFICATE",
		Bytes: authority.leaf.Certificate[0],
	})
	if err := errors.Join(
		os.WriteFile(ca, authority.PEM(), 0o600), os.WriteFile(leaf, encoded, 0o600),
	); err != nil {
		t.Fatal(err)
	}
	verify := func(more ...string) (string, error) {
		arguments := slices.Concat(
			[]string{"verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca}, more,
			[]string{leaf},
		)
		output, err := exec.CommandContext(t.Context(), openssl, arguments...).CombinedOutput()
		return string(output), err
	}
	for _, name := range [][]string{
		{"-verify_hostname", "localhost"},
		{"-verify_hostname", "tenant.example.com"},
		{"-verify_ip", "127.0.0.1"},
		{"-verify_ip", "::1"},
	} {
		if output, err := verify(name...); err != nil {
			t.Errorf("%v: %v\n%s", name, err, output)
		}
	}
	if output, err := verify("-verify_hostname", "example.com"); err == nil {
		t.Errorf("accepted for example.com\n%s", output)
	}
}

func TestAuthority_invalidHosts(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"", " ", "*.example.com", "https://example.com", "example.com:443", "[::1]", ".example.com",
		"example.com.", "exämple.com",
		"-a", "a-", "a..b", strings.Repeat("a.", 127) + "a",
	} {
		if _, err := NewAuthority(host); err == nil {
			t.Errorf("accepted %q", host)
		}
	}
}
