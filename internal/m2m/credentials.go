// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

// Credentials authenticate an OAuth client at the token endpoint: with
// ClientSecret, or with an assertion signed by PrivateKey (private_key_jwt,
// RFC 7523).
type Credentials struct {
	ClientID     string
	ClientSecret string
	PrivateKey   string // PEM, PKCS #1 or PKCS #8.
	SigningAlg   string // RS256 (also when empty), RS384 or PS256.
	// AuthMethod is how the secret is sent: one of SecretAuthMethods, the first
	// when empty.
	AuthMethod string
}

// The ways to send a client secret, by the names of OpenID Connect Core 9.
const (
	clientSecretPost  = "client_secret_post"
	clientSecretBasic = "client_secret_basic"
)

// SecretAuthMethods are the ways to send a client secret: in the body of the
// request, or in its header by HTTP Basic.
func SecretAuthMethods() []string { return []string{clientSecretPost, clientSecretBasic} }
