// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

// PlanOrganizations records whether an existing grant permits organizations after this run.
func (r *Run) PlanOrganizations(grantID string, permitted bool) {
	write(r, &r.organizations, grantID, permitted)
}

// RefusesOrganizations reports whether this run plans a grant that permits no organization.
func (r *Run) RefusesOrganizations(grantID string) bool {
	permitted, planned := read(r, &r.organizations, grantID)
	return planned && !permitted
}
