// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import "strings"

// SystemKind tells the APIs that belong to a tenant itself from all others.
type SystemKind int

// The kinds of APIs.
const (
	NotSystem SystemKind = iota
	// ManagementAPI exists in every tenant from its start.
	ManagementAPI
	// OnDemandAPI is made from a template when somebody creates it, such as the My Account API.
	OnDemandAPI
)

// expressConfigureAPI is the same identifier in every tenant.
const expressConfigureAPI = "urn:auth0:express-configure"

// SystemKind decides by the identifier as well as by is_system, which older tenants do not
// return (API contract 3.12).
func (r *Run) SystemKind(identifier string, isSystem bool) SystemKind {
	switch {
	case identifier == "":
		return NotSystem
	case identifier == r.ManagementAudience:
		return ManagementAPI
	case isSystem && strings.HasSuffix(identifier, "/api/v2/"):
		return ManagementAPI // The provider's domain is a custom one.
	case isSystem, r.TemplateName(identifier) != "":
		return OnDemandAPI
	default:
		return NotSystem
	}
}

// IsSystem reports whether the identifier is of an API that belongs to the tenant itself.
func (r *Run) IsSystem(identifier string) bool {
	return r.SystemKind(identifier, false) != NotSystem
}

// TemplateName names, for people, a system API that is created on demand. It is empty for
// all other identifiers.
func (r *Run) TemplateName(identifier string) string {
	tenant := strings.TrimSuffix(r.ManagementAudience, "api/v2/")
	switch {
	case identifier == expressConfigureAPI:
		return "Okta OIN Express Configuration API"
	case r.ManagementAudience == "":
		return ""
	case identifier == tenant+"me/":
		return "Auth0 My Account API"
	case identifier == tenant+"my-org/":
		return "Auth0 My Organization API"
	default:
		return ""
	}
}
