// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxJWT is the maximum length of a token to decode, in bytes. Tokens are sent in headers, and
// servers limit the size of headers to much less.
const maxJWT = 1 << 20

// TokenForm is the outer form of a token.
type TokenForm string

// The forms of access tokens (API contract 10.1). Only a signed token can be read by anybody.
const (
	SignedToken    TokenForm = "signed"
	EncryptedToken TokenForm = "encrypted"
	OpaqueToken    TokenForm = "opaque"
)

// FormOf returns the form of a token, by the number of its parts (RFC 7515 7.1, RFC 7516 7.1).
func FormOf(token string) TokenForm {
	switch strings.Count(token, ".") {
	case 2:
		return SignedToken
	case 4:
		return EncryptedToken
	default:
		return OpaqueToken
	}
}

// DecodeJWT returns the header and the claims of a JSON Web Token, each a JSON object. It verifies
// nothing, and its errors reveal nothing about the token.
func DecodeJWT(token string) (header, claims json.RawMessage, err error) {
	if len(token) > maxJWT {
		return nil, nil, fmt.Errorf("the token is longer than %d bytes", maxJWT)
	}
	token = strings.TrimSpace(token) // A token read from a file ends in a newline.
	if scheme, _, found := strings.Cut(token, " "); found && strings.EqualFold(scheme, "Bearer") {
		return nil, nil, errors.New(
			`the token begins with the word "Bearer"; pass only the token itself`,
		)
	}
	switch FormOf(token) {
	case EncryptedToken:
		return nil, nil, errors.New("the token is encrypted (JWE, five parts), so only the API " +
			"it is meant for can read it")
	case OpaqueToken:
		return nil, nil, fmt.Errorf("the token is opaque: a JSON Web Token has three parts "+
			"separated by dots, but this token has %d",
			strings.Count(token, ".")+1)
	}

	parts, err := decodeParts(token)
	return parts[0], parts[1], err
}

// decodeParts decodes the header, the payload and the signature of a signed token. It accepts only
// the canonical encoding, so that no two texts are the same token.
func decodeParts(token string) (decoded [3][]byte, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != len(decoded) {
		return decoded, fmt.Errorf(
			"a signed token has three parts separated by dots, but this token has %d", len(parts),
		)
	}
	for i, name := range []string{"header", "payload", "signature"} {
		// The decoder would skip line breaks.
		raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[i])
		if err != nil || strings.ContainsAny(parts[i], "\r\n") {
			return [3][]byte{}, fmt.Errorf("the %s of the token is not base64url", name)
		}
		if name != "signature" && !isJSONObject(raw) {
			return [3][]byte{}, fmt.Errorf("the %s of the token is not a JSON object", name)
		}
		decoded[i] = raw
	}
	return decoded, nil
}

func isJSONObject(raw []byte) bool {
	return utf8.Valid(raw) && json.Valid(raw) &&
		bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("{"))
}
