// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/datafile"
)

// snapshot is a whole tenant, including secrets and private keys.
type snapshot struct {
	Issuer  string   `json:"issuer"` // The issuer of the server that made the snapshot.
	Records []record `json:"records"`
}

// issuers renames a tenant that moves to another server. Identifiers of its system APIs start with
// the issuer (API contract 3.12).
type issuers struct{ from, to string }

// Identifiers of the system APIs, without the issuer.
const (
	managementPath     = "api/v2/"
	myAccountPath      = "me/"
	myOrganizationPath = "my-org/"
)

// rename updates the identifier of a system API and returns other identifiers unchanged.
func (moved issuers) rename(identifier string) string {
	for _, path := range []string{managementPath, myAccountPath, myOrganizationPath} {
		if identifier == moved.from+path {
			return moved.to + path
		}
	}
	return identifier
}

// record is a stored object in the data file or in a snapshot.
type record = datafile.Record
