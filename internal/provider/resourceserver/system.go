// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// whyFixed explains that an attribute of an API cannot be changed, and which attributes can.
func whyFixed(kind run.SystemKind, identifier, attribute string) string {
	if kind == run.ManagementAPI {
		return fmt.Sprintf("The tenant does not allow changing %s of the Management API, only "+
			"token_lifetime, skip_consent_for_verifiable_first_party_clients and "+
			"subject_type_authorization.user.",
			attribute)
	}
	return fmt.Sprintf("The API %q is a system API, and the tenant does not allow changing its %s.",
		identifier, attribute)
}

// fixedIn returns the changed attributes that cannot be changed for a system API.
func fixedIn(kind run.SystemKind, changes m2m.ResourceServerProperties) []string {
	return slices.DeleteFunc(attribute.NamesOf(changes), func(name string) bool {
		return !isFixed(kind, name)
	})
}

// checkAdoption refuses to adopt a system API if the tenant does not allow the changes. The plan
// refuses changes that it already knows.
func checkAdoption(
	kind run.SystemKind, identifier string, changes m2m.ResourceServerProperties,
) error {
	refused := fixedIn(kind, changes)
	if len(refused) == 0 {
		return nil
	}
	list := strings.Join(refused, ", ")
	return &report.DiagnosticError{
		Summary: "Unable to adopt system API",
		Detail: whyFixed(kind, identifier, list) + fmt.Sprintf(
			" Nothing was changed. Remove %s from the configuration and apply again.", list,
		),
	}
}

// systemKind returns whether an API is a system API, and of which kind.
func systemKind(r *run.Run, m serverValues) run.SystemKind {
	return r.SystemKind(m.Identifier.ValueString(), m.IsSystem.ValueBool())
}

// changeable are the attributes of the Management API that can be changed.
var changeable = []string{
	"token_lifetime", "skip_consent_for_verifiable_first_party_clients",
	"subject_type_authorization",
}

// isFixed reports whether it is known that an attribute of a system API cannot be changed. The
// tenant decides about attributes that the Auth0 documentation does not mention.
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

// forSystem removes subject_type_authorization.client from an update of a system API. The tenant
// refuses it even if it is unchanged (API contract 3.5).
func forSystem(
	kind run.SystemKind, changes m2m.ResourceServerProperties,
) m2m.ResourceServerProperties {
	subjects := changes.SubjectTypeAuthorization.Value()
	if kind == run.NotSystem || subjects == nil || subjects.Client == nil {
		return changes
	}
	changes.SubjectTypeAuthorization = m2m.Field[m2m.SubjectTypeAuthorization]{}
	if subjects.User != nil {
		changes.SubjectTypeAuthorization = m2m.Set(m2m.SubjectTypeAuthorization{
			User: subjects.User,
		})
	}
	return changes
}
