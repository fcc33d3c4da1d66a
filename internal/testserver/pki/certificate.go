// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package pki

import (
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
)

// CertificateThumbprint is the SHA-256 thumbprint of a certificate (API contract 7.1).
//
// ASSUMED: base64url without padding, as in the `x5t#S256` of RFC 8705.
func CertificateThumbprint(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// attributeKeys are the usual short names of the attributes of a subject.
var attributeKeys = map[string]string{
	"2.5.4.3": "CN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
	"2.5.4.9": "street", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.17": "postalCode",
	"0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
	"1.2.840.113549.1.9.1": "emailAddress",
}

// SubjectLines has one KEY=value per line, in the order of the certificate (API contract 7.1).
func SubjectLines(certificate *x509.Certificate) string {
	lines := make([]string, len(certificate.Subject.Names))
	for i, attribute := range certificate.Subject.Names {
		oid := attribute.Type.String()
		lines[i] = fmt.Sprintf("%s=%v", cmp.Or(attributeKeys[oid], oid), attribute.Value)
	}
	return strings.Join(lines, "\n")
}
