// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import "strings"

// SystemKind says whether an API is a system API, and which kind.
type SystemKind int

// The kinds of APIs.
const (
	NotSystem SystemKind = iota
	// ManagementAPI exists in every tenant from the start.
	ManagementAPI
	// OnDemandAPI is created from a template on request, such as the My Account API.
	OnDemandAPI
)

// expressConfigureAPI is an identifier that is the same in every tenant.
const expressConfigureAPI = "urn:auth0:express-configure"

// SystemKind checks the identifier as well as is_system, which older tenants do not return (API
// contract 3.12).
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

// IsSystem reports whether an identifier belongs to a system API.
func (r *Run) IsSystem(identifier string) bool {
	return r.SystemKind(identifier, false) != NotSystem
}

// TemplateName returns the display name of a system API that is created on demand, or "" for
// any other identifier.
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
