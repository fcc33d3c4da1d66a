// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// warnOfUnusedValues warns of planned values that the tenant stores, but that have no effect (API
// contract 4.1 and 4.4).
func warnOfUnusedValues(object string, plan grantModel, diags *diag.Diagnostics) {
	if plan.AllowAnyOrganization.ValueBool() && plan.permitsNoOrganization() {
		diags.AddAttributeWarning(path.Root("allow_any_organization"),
			fmt.Sprintf("The %s permits no organization", object),
			"allow_any_organization has no effect, because organization_usage is not \"allow\" "+
				"or \"require\". Set organization_usage, or remove allow_any_organization.")
	}
	if plan.SubjectType.ValueString() == m2m.DefaultSubjectType &&
		len(plan.AuthorizationDetailsTypes.Elements()) > 0 {
		diags.AddAttributeWarning(path.Root("authorization_details_types"),
			fmt.Sprintf("The %s does not use authorization details", object),
			"Only a grant with subject_type = \"user\" uses authorization_details_types. Set "+
				"subject_type, or remove authorization_details_types.")
	}
}

// permitsNoOrganization reports whether it is known that tokens are for no organization.
func (m *grantValues) permitsNoOrganization() bool {
	usage := m.OrganizationUsage
	return usage.IsNull() || usage.ValueString() == "deny"
}
