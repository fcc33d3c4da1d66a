// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package input

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
)

// The key of RFC 7638 3.1 and its thumbprint.
const (
	rfc7638Modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ" +
		"_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08" +
		"qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
	rfc7638Thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
)

func TestThumbprint_matchesTheKey(t *testing.T) {
	t.Parallel()
	raw, err := base64.RawURLEncoding.DecodeString(rfc7638Modulus)
	if err != nil {
		t.Fatal(err)
	}
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(raw), E: 65537}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, m2mtest.RSAKey())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"key":         m2mtest.PublicPEM(t, public),
		"certificate": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
	} {
		if got, err := Thumbprint(text); got != rfc7638Thumbprint || err != nil {
			t.Errorf("%s: %s %v", name, got, err)
		}
	}
}

func TestThumbprint_acceptsOnlyRSAPublicKeys(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"key":                                  "not PEM",
		m2mtest.PKCS1(m2mtest.RSAKey()):        `"RSA PRIVATE KEY"; a PUBLIC KEY or a CERTIFICATE is required`,
		m2mtest.PublicPEM(t, &curve.PublicKey): "not an RSA key",
		m2mtest.PublicPEM(t, m2mtest.RSAKey().Public()) + m2mtest.PKCS8(t, m2mtest.RSAKey()): `the value contains a private key in addition to the PEM block "PUBLIC KEY"`,
		"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n":                       "cannot be read",
	} {
		if _, err := Thumbprint(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestParsePrivateKey_namesTheMistake(t *testing.T) {
	t.Parallel()
	key := m2mtest.PKCS1(m2mtest.RSAKey())
	lines := strings.Split(strings.TrimSpace(key), "\n")
	legacy, _ := pem.Decode([]byte(key))
	legacy.Headers = map[string]string{
		"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,0102030405060708090A0B0C0D0E0F10",
	}
	const encrypted = "the key is encrypted; decrypt it first, for example with openssl pkey"
	for want, text := range map[string]string{
		"the text " + mark: "\ufeff" + key,
		`the line breaks are written as \n, which is two characters each; they must be real line ` +
			"breaks": strings.ReplaceAll(key, "\n", `\n`),
		"the line breaks are missing":       strings.Join(lines, " "),
		"the line with -----END is missing": strings.Join(lines[:len(lines)-1], "\n"),
		"the lines are indented; remove the white space at their beginnings": "  " +
			strings.Join(lines, "\n  ") + "\n",
		encrypted: string(pem.EncodeToMemory(&pem.Block{
			Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x"),
		})),
		encrypted + " ": string(pem.EncodeToMemory(legacy)),
	} {
		_, err := ParsePrivateKey(text)
		if err == nil || err.Error() != strings.TrimSpace(want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, text := range []string{
		strings.ReplaceAll(key, "\n", "\r\n"), "A comment\n  indented\n" + key, "\n" + key,
	} {
		if _, err := ParsePrivateKey(text); err != nil {
			t.Errorf("a usable key is refused: %v", err)
		}
	}
	public := strings.ReplaceAll(m2mtest.PublicPEM(t, &m2mtest.RSAKey().PublicKey), "\n", `\n`)
	if _, err := Thumbprint(public); err == nil ||
		!strings.HasPrefix(err.Error(), `the line breaks are written as \n`) {
		t.Error(err)
	}
}
