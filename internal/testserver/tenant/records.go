// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"encoding/json"
)

// snapshot is a whole tenant, secrets and private keys included.
type snapshot struct {
	Issuer  string   `json:"issuer"` // Of the server that it was taken from.
	Records []record `json:"records"`
}

// issuers says that a tenant has moved. Its own APIs are named after it (API contract 3.12).
type issuers struct{ from, to string }

// The system APIs that are named after their tenant, behind the issuer.
const (
	managementPath     = "api/v2/"
	myAccountPath      = "me/"
	myOrganizationPath = "my-org/"
)

// rename gives an identifier of a system API its new name and leaves others alone.
func (moved issuers) rename(identifier string) string {
	for _, path := range []string{managementPath, myAccountPath, myOrganizationPath} {
		if identifier == moved.from+path {
			return moved.to + path
		}
	}
	return identifier
}

// record is an object, or with a null value the removal of one, as the journal and snapshots keep
// it.
type record struct {
	Table  string          `json:"table"`
	Number uint64          `json:"number"`
	Value  json.RawMessage `json:"value,omitzero"`
}
