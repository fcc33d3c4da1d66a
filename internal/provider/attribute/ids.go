// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"regexp"
)

// OrganizationID matches the id of an organization, but not its name.
var OrganizationID = regexp.MustCompile(`^org_[A-Za-z0-9_-]+$`)

// GrantID matches the id of a client grant.
var GrantID = regexp.MustCompile(`^cgr_[A-Za-z0-9_-]+$`)
