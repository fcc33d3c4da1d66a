// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// changeable are the attributes of the Management API that can be changed.
var changeable = []string{"token_lifetime", "skip_consent_for_verifiable_first_party_clients", "subject_type_authorization"}

// isFixed reports whether only the tenant decides on an attribute of a system API. The
// tenant itself judges attributes that its documentation does not mention.
func isFixed(kind run.SystemKind, attribute string) bool {
	switch kind {
	case run.ManagementAPI:
		return !slices.Contains(changeable, attribute)
	case run.OnDemandAPI:
		return attribute == "name" || attribute == "scopes"
	default:
		return false
	}
}

// forSystem removes from a request the half for machines, which a system API refuses even
// if it is unchanged (API contract 3.5).
func forSystem(kind run.SystemKind, changes m2m.ResourceServerSettings) m2m.ResourceServerSettings {
	subjects := changes.SubjectTypeAuthorization.Value()
	if kind == run.NotSystem || subjects == nil || subjects.Client == nil {
		return changes
	}
	changes.SubjectTypeAuthorization = m2m.Field[m2m.SubjectTypeAuthorization]{}
	if subjects.User != nil {
		changes.SubjectTypeAuthorization = m2m.Set(m2m.SubjectTypeAuthorization{User: subjects.User})
	}
	return changes
}
