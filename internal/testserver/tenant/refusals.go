// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import "github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

// Refusals about objects that are missing or already exist (API contract 1.5).
//
// ASSUMED: whether conflicts have a code, and which; the missing full stop of the first text; the
// text about an unknown audience (API contract 15); a missing signing key has no code (8).
var (
	ErrNoResourceServer = wire.Missing(
		"inexistent_resource_server", "The resource server does not exist",
	)
	ErrNoClientGrant    = wire.Missing("inexistent_client_grant", "The grant does not exist.")
	ErrNoClient         = wire.Missing("inexistent_client", "The client does not exist")
	ErrNoOrganization   = wire.Missing("", "No organization found by that id or name")
	ErrNoOrganizationID = wire.Missing("", "No organization found by that id")
	ErrNoAudience       = wire.Missing(
		"inexistent_resource_server", "No resource with identifier %s",
	)
	ErrNoSigningKey    = wire.Missing("", "Signing key not found.")
	ErrIdentifierTaken = wire.Conflict(
		"resource_server_conflict", "A resource server with the same identifier already exists",
	)
	ErrClientGrantExists = wire.Conflict("client_grant_conflict", "client_grant already exists")
	ErrOrganizationTaken = wire.Conflict(
		"organization_conflict", "An organization with this name already exists.",
	)
	ErrGrantAssociated = wire.Conflict(
		"", "The client grant has already been added to this organization.",
	)
	ErrTooManyGrants = wire.Conflict(
		"", "Quota exceeded; cannot add more than 100 client grants to a single organization",
	)
)

// Refusals about system objects, which callers cannot change or delete (API contract 3, 4 and 6).
//
// ASSUMED: the code for deleting a system API.
var (
	ErrSystemResourceServer = wire.NotSupported("System resource servers cannot be deleted.")
	ErrSystemGrantPatched   = wire.NotSupported("System client grants cannot be patched.")
	ErrSystemGrantDeleted   = wire.NotSupported("System client grants cannot be deleted.")
	ErrGlobalClient         = wire.NotSupported("Global client cannot be deleted.")
)

// Refusals because of another object or of an object's state (API contract 4, 7 and 8).
//
// ASSUMED: all texts except the one about Express clients; the contract says only that these
// requests are refused.
var (
	ErrExpressClient = wire.BadRequest(
		"validation_error", "Client of type express_configuration cannot be used",
	)
	ErrThirdPartySystemAPI = wire.InvalidBody("Third-party clients cannot be granted a system API")
	ErrTooManyCredentials  = wire.InvalidBody("A client can have 2 credentials at most")
	ErrNotPreviousKey      = wire.InvalidBody("Only a previous signing key can be revoked.")
)
