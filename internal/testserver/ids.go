// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"
)

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// randomText returns n random characters of [A-Za-z0-9].
func randomText(n int) string {
	text := make([]byte, 0, n)
	var pool [64]byte
	for len(text) < n {
		_, _ = rand.Read(pool[:]) // Never fails, as its documentation promises.
		for _, b := range pool {
			// Six bits reach 64; dropping the two values beyond the alphabet keeps all characters equally likely.
			if i := int(b & 63); i < len(alphanumeric) && len(text) < n {
				text = append(text, alphanumeric[i])
			}
		}
	}
	return string(text)
}

// newResourceServerID makes an id whose first eight digits are the creation time (API contract 1.9).
func newResourceServerID(now time.Time) string {
	var tail [8]byte
	_, _ = rand.Read(tail[:])
	return fmt.Sprintf("%08x%s", uint32(now.Unix()), hex.EncodeToString(tail[:]))
}

func newClientGrantID() string  { return "cgr_" + randomText(16) }
func newOrganizationID() string { return "org_" + randomText(16) }
func newCredentialID() string   { return "cred_" + randomText(22) }

// newClientID makes the id of a client; those of third parties are told by their prefix (API contract 1.9).
//
// ASSUMED: 32 characters follow the prefix; no source says how many.
func newClientID(isFirstParty bool) string {
	if isFirstParty {
		return randomText(32)
	}
	return "tpc_" + randomText(32)
}

// newClientSecret makes 64 characters of [A-Za-z0-9_-] (API contract 1.9).
func newClientSecret() string {
	var secret [48]byte
	_, _ = rand.Read(secret[:])
	return base64.RawURLEncoding.EncodeToString(secret[:])
}

// newSigningSecret makes what the API makes for HS256 without a secret (API contract 3.3).
func newSigningSecret() string { return randomText(32) }
