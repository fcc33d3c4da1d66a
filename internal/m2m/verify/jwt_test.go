// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func TestDecodeJWT_returnsHeaderAndClaims(t *testing.T) {
	t.Parallel()
	const header, claims = `{"alg":"none"}`, ` {"sub":"ünï","n":12345678901234567890}`
	for name, token := range map[string]string{
		"signed":         b64(header) + "." + b64(claims) + "." + b64("signature"),
		"unsigned":       b64(header) + "." + b64(claims) + ".",
		"from a file":    b64(header) + "." + b64(claims) + ".c2ln\n",
		"with a newline": "\r\n" + b64(header) + "." + b64(claims) + ".",
	} {
		gotHeader, gotClaims, err := DecodeJWT(token)
		if string(gotHeader) != header || string(gotClaims) != claims || err != nil {
			t.Errorf("%s: %s %s %v", name, gotHeader, gotClaims, err)
		}
	}
}

func TestDecodeJWT_readsTokensOfAnotherLibrary(t *testing.T) {
	t.Parallel()
	token, err := jwt.NewWithClaims(
		jwt.SigningMethodRS256, jwt.MapClaims{"scope": "read:orders"},
	).SignedString(rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	header, claims, err := DecodeJWT(token)
	if string(header) != `{"alg":"RS256","typ":"JWT"}` ||
		string(claims) != `{"scope":"read:orders"}` || err != nil {
		t.Errorf("%s %s %v", header, claims, err)
	}
}

func TestDecodeJWT_errorsRevealNothing(t *testing.T) {
	t.Parallel()
	header, claims := b64(`{"alg":"RS256"}`), b64(`{"sub":"hush"}`)
	for name, c := range map[string]struct{ token, want string }{
		"empty": {
			"",
			"the token is opaque: a JSON Web Token has three parts separated by dots, but this " +
				"token has 1",
		},
		"opaque":     {"hushHUSHhush", "this token has 1"},
		"two parts":  {header + "." + claims, "this token has 2"},
		"four parts": {header + "." + claims + ".hush.hush", "this token has 4"},
		"six parts":  {"hush.h.h.h.h.h", "this token has 6"},
		"encrypted": {
			header + ".hush.hush.hush.hush",
			"the token is encrypted (JWE, five parts), so only the API it is meant for can read " +
				"it",
		},
		"scheme in front": {
			"bearer " + header + "." + claims + ".hush",
			`the token begins with the word "Bearer"; pass only the token itself`,
		},
		"header not base64url": {
			"hu+sh." + claims + ".hush", "the header of the token is not base64url",
		},
		"padded": {
			header + "." + claims + "==.hush", "the payload of the token is not base64url",
		},
		"stray bits": {
			header + ".eB.hush", "the payload of the token is not base64url",
		},
		"line break within": {
			header[:4] + "\n" + header[4:] + "." + claims + ".hush",
			"the header of the token is not base64url",
		},
		"signature": {
			header + "." + claims + ".hu sh", "the signature of the token is not base64url",
		},
		"header not JSON": {
			b64("hush") + "." + claims + ".hush", "the header of the token is not a JSON object",
		},
		"payload not JSON": {
			header + "." + b64("{hush}") + ".hush", "the payload of the token is not a JSON object",
		},
		"payload and more": {
			header + "." + b64(`{"a":1}{}`) + ".hush",
			"the payload of the token is not a JSON object",
		},
		"payload not UTF-8": {
			header + "." + b64("{\"hush\":\"\xff\"}") + ".hush",
			"the payload of the token is not a JSON object",
		},
		"payload is a list": {
			header + "." + b64(`["hush"]`) + ".hush",
			"the payload of the token is not a JSON object",
		},
		"payload is null": {
			header + "." + b64(`null`) + ".hush", "the payload of the token is not a JSON object",
		},
		"no payload": {
			header + "..hush", "the payload of the token is not a JSON object",
		},
		"nothing between dots": {"..", "the header of the token is not a JSON object"},
		"longer than any header": {
			strings.Repeat("h", maxJWT+1), "the token is longer than 1048576 bytes",
		},
	} {
		_, _, err := DecodeJWT(c.token)
		if err == nil || !strings.Contains(err.Error(), c.want) ||
			strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestFormOf_countsTheParts(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]TokenForm{
		"": OpaqueToken, "opaque": OpaqueToken, "a.b": OpaqueToken, "a.b.c.d": OpaqueToken,
		"a.b.c.d.e.f": OpaqueToken,
		"a.b.c":       SignedToken, "a.b.": SignedToken, "a.b.c.d.e": EncryptedToken,
		"a..c.d.e": EncryptedToken,
	} {
		if got := FormOf(token); got != want {
			t.Errorf("FormOf(%q) = %s", token, got)
		}
	}
}
