// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// customClaims is a JSON object with the claims that an action adds; empty if it adds none.
type customClaims []byte

// maxCustomClaims is the maximum total size of a token's custom claims (API contract 9.5).
//
// ASSUMED: the size is measured in JSON, and 1 KB is 1,024 bytes.
const maxCustomClaims = 100 << 10

// reservedClaims are the claims that actions cannot set, as listed in the documentation of the real
// API (API contract 9.5).
//
// ASSUMED: `scope` is also reserved. The documentation does not list it, but a token with two
// `scope` claims would be ambiguous.
var reservedClaims = strings.Fields(`
	acr act active amr at_hash ath attest aud auth_time authorization_details azp c_hash
	client_id cnf cty dest entitlements events exp groups gty htm htu iat internalService iss
	jcard jku jti jwe jwk kid may_act mky nbf nonce object_id org_id org_name orig origid
	permissions roles rph s_hash scope sid sip_callid sip_cseq_num sip_date sip_from_tag
	sip_via_branch sub sub_jwk toe txn typ uuid vot vtm x5t#S256`)

// encodeCustomClaims silently drops reserved claims, and for system APIs also claims without a
// namespace (API contract 9.5).
func encodeCustomClaims(claims map[string]any, api tenant.ResourceServer) (customClaims, error) {
	kept := map[string]any{}
	for name, value := range claims {
		if !slices.Contains(reservedClaims, name) && (!api.IsSystem || isNamespaced(name)) {
			kept[name] = value
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	encoded := wire.Encode(kept)
	if len(encoded) > maxCustomClaims {
		return nil, because(errClaimsTooLarge,
			fmt.Sprintf("The tenant's action adds %d bytes of claims.", len(encoded)),
			fmt.Sprintf("Let the action add at most %d bytes.", maxCustomClaims))
	}
	return encoded, nil
}

// isNamespaced reports whether a name is a URL or a URN.
func isNamespaced(name string) bool {
	parsed, err := url.Parse(name)
	if err != nil {
		return false
	}
	switch parsed.Scheme {
	case "http", "https":
		return parsed.Host != ""
	case "urn":
		return parsed.Opaque != ""
	default:
		return false
	}
}

// before inserts the custom claims before the others, the observed order (API contract 10.2).
//
// ASSUMED: custom claims are sorted by name.
func (c customClaims) before(claims []byte) []byte {
	if len(c) == 0 {
		return claims
	}
	return slices.Concat(c[:len(c)-1], []byte(","), claims[1:])
}
