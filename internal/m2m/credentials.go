// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/redact"
)

// Credentials authenticate an OAuth client at the token endpoint: with ClientSecret, or with an
// assertion signed by PrivateKey (private_key_jwt, RFC 7523).
type Credentials struct {
	ClientID     string
	ClientSecret string
	PrivateKey   string // PEM, PKCS #1 or PKCS #8.
	SigningAlg   string // RS256 (the default), RS384 or PS256.
	// AuthMethod is how the secret is sent: one of SecretAuthMethods. Empty means the first.
	AuthMethod string
}

// The ways to send a client secret, named as in OpenID Connect Core 9.
const (
	clientSecretPost  = "client_secret_post"
	clientSecretBasic = "client_secret_basic"
)

// SecretAuthMethods are the ways to send a client secret: in the body of the request, or in a
// header (HTTP Basic).
func SecretAuthMethods() []string { return []string{clientSecretPost, clientSecretBasic} }

// clientAuth authenticates an OAuth client at the token endpoint.
type clientAuth struct {
	Credentials
	form     url.Values // The token request, without credentials.
	audience string     // The audience of assertions.
	now      func() time.Time
	secrets  *redact.Secrets
	sentAt   time.Time // When the last attempt was sent.
}

// Authenticate writes the body of an attempt. Each attempt needs its own, because an assertion is
// accepted only once.
func (a *clientAuth) Authenticate(req *http.Request) error {
	a.sentAt = a.now()
	form := maps.Clone(a.form)
	switch {
	case a.ClientID == "":
		return errors.New("no client id is set")
	case a.PrivateKey != "" && a.AuthMethod != "":
		return fmt.Errorf("%q sends a secret, but the client authenticates with a private key",
			a.AuthMethod)
	case a.AuthMethod != "" && !slices.Contains(SecretAuthMethods(), a.AuthMethod):
		return fmt.Errorf("%q is not one of %s",
			a.AuthMethod, strings.Join(SecretAuthMethods(), ", "))
	case a.PrivateKey != "":
		assertion, err := signAssertion(a.Credentials, a.audience, a.sentAt)
		if err != nil {
			return err
		}
		form.Set("client_id", a.ClientID)
		form.Set("client_assertion_type", assertionType)
		form.Set("client_assertion", assertion)
	case a.AuthMethod == clientSecretBasic:
		// No client uses two methods at once (RFC 6749 2.3), so the form has no credentials.
		basic := a.basic()
		a.secrets.Add(basic)
		req.Header.Set("Authorization", "Basic "+basic)
	default:
		form.Set("client_id", a.ClientID)
		form.Set("client_secret", a.ClientSecret)
	}
	setForm(req, form)
	return nil
}

// Renew returns false: the same credentials would be refused again.
func (a *clientAuth) Renew(*http.Request) bool { return false }

// basic encodes id and secret before it joins them, because either may contain a colon
// (RFC 6749 2.3.1).
func (a *clientAuth) basic() string {
	pair := url.QueryEscape(a.ClientID) + ":" + url.QueryEscape(a.ClientSecret)
	return base64.StdEncoding.EncodeToString([]byte(pair))
}

func setForm(req *http.Request, form url.Values) {
	body := form.Encode()
	req.GetBody = func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(body)), nil
	}
	req.Body, _ = req.GetBody()
	req.ContentLength = int64(len(body))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
}

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	// assertionLifetime is well below the accepted five minutes (API contract 9.3), to leave room
	// for clocks that differ.
	assertionLifetime = 2 * time.Minute
)

// AssertionAlgs are the algorithms that can sign a client assertion (API contract 9.3).
func AssertionAlgs() []string { return []string{"RS256", "RS384", "PS256"} }

// signAssertion makes a client assertion (RFC 7523 2.2) with a new jti.
func signAssertion(creds Credentials, audience string, now time.Time) (string, error) {
	key, err := input.ParsePrivateKey(creds.PrivateKey)
	if err != nil {
		return "", fmt.Errorf("client assertion key: %w", err)
	}
	alg := jose.RS256
	if creds.SigningAlg != "" {
		if !slices.Contains(AssertionAlgs(), creds.SigningAlg) {
			return "", fmt.Errorf("client assertion: %q is not one of %s",
				creds.SigningAlg, strings.Join(AssertionAlgs(), ", "))
		}
		alg = jose.SignatureAlgorithm(creds.SigningAlg)
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("client assertion: %w", err)
	}
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer:   creds.ClientID,
		Subject:  creds.ClientID,
		Audience: jwt.Audience{audience},
		IssuedAt: jwt.NewNumericDate(now),
		Expiry:   jwt.NewNumericDate(now.Add(assertionLifetime)),
		ID:       rand.Text(),
	}).Serialize()
}
