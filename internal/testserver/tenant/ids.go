// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// newResourceServerID returns an id whose first eight digits are the creation time (API contract
// 1.9).
func newResourceServerID(now time.Time) string {
	var tail [8]byte
	_, _ = rand.Read(tail[:])
	return fmt.Sprintf("%08x%s", uint32(now.Unix()), hex.EncodeToString(tail[:]))
}

// NewClientGrantID returns a new id for a client grant (API contract 1.9).
func NewClientGrantID() string { return "cgr_" + wire.RandomText(16) }

func newOrganizationID() string { return "org_" + wire.RandomText(16) }

// NewCredentialID returns a new id for a credential (API contract 1.9).
func NewCredentialID() string { return "cred_" + wire.RandomText(22) }

// NewClientID returns a new id for a client. Ids of third-party clients have a prefix (API contract
// 1.9).
//
// ASSUMED: 32 characters follow the prefix; no source gives the number.
func NewClientID(isFirstParty bool) string {
	if isFirstParty {
		return wire.RandomText(32)
	}
	return "tpc_" + wire.RandomText(32)
}

// NewClientSecret returns 64 characters of [A-Za-z0-9_-] (API contract 1.9).
func NewClientSecret() string {
	var secret [48]byte
	_, _ = rand.Read(secret[:])
	return base64.RawURLEncoding.EncodeToString(secret[:])
}

// NewSigningSecret returns a secret for an API that uses HS256 and was created without one (API
// contract 3.3).
func NewSigningSecret() string { return wire.RandomText(32) }
