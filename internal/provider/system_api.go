// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// systemKind tells the APIs that belong to a tenant itself from all others.
type systemKind int

const (
	notSystem systemKind = iota
	// managementAPI is in every tenant, made and kept by it.
	managementAPI
	// onDemandAPI is made from a template when somebody creates it, such as the My
	// Account API.
	onDemandAPI
)

// expressConfigureAPI is the same identifier in every tenant.
const expressConfigureAPI = "urn:auth0:express-configure"

// systemKind goes by the identifier as well as by is_system, which older tenants do
// not answer (API contract 3.12).
func (s *session) systemKind(m resourceServerModel) systemKind {
	management := s.managementAudience
	switch identifier := m.Identifier.ValueString(); {
	case identifier == "":
		return notSystem
	case identifier == management:
		return managementAPI
	case m.IsSystem.ValueBool() && strings.HasSuffix(identifier, "/api/v2/"):
		return managementAPI // Of a provider that names its tenant by a custom domain.
	case m.IsSystem.ValueBool(), templateName(identifier, management) != "":
		return onDemandAPI
	default:
		return notSystem
	}
}

// templateName names, for people, a system API that is created on demand. It is
// empty for all other identifiers.
func templateName(identifier, management string) string {
	tenant := strings.TrimSuffix(management, "api/v2/")
	switch {
	case identifier == expressConfigureAPI:
		return "Okta OIN Express Configuration API"
	case management == "":
		return ""
	case identifier == tenant+"me/":
		return "Auth0 My Account API"
	case identifier == tenant+"my-org/":
		return "Auth0 My Organization API"
	default:
		return ""
	}
}

// changeable are the attributes of the Management API that can be changed.
var changeable = []string{"token_lifetime", "skip_consent_for_verifiable_first_party_clients", "subject_type_authorization"}

// isFixed tells whether an attribute of a system API is the tenant's alone. What
// sources say nothing of is left to the tenant to judge.
func (k systemKind) isFixed(attribute string) bool {
	switch k {
	case managementAPI:
		return !slices.Contains(changeable, attribute)
	case onDemandAPI:
		return attribute == "name" || attribute == "scopes"
	default:
		return false
	}
}

// forSystem takes out of a request the half for machines, which a system API
// refuses even unchanged (API contract 3.5).
func (k systemKind) forSystem(settings m2m.ResourceServerSettings) m2m.ResourceServerSettings {
	subjects := settings.SubjectTypeAuthorization.Value()
	if k == notSystem || subjects == nil || subjects.Client == nil {
		return settings
	}
	settings.SubjectTypeAuthorization = m2m.Field[m2m.SubjectTypeAuthorization]{}
	if subjects.User != nil {
		settings.SubjectTypeAuthorization = m2m.Set(m2m.SubjectTypeAuthorization{User: subjects.User})
	}
	return settings
}
