// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package organization is the data sources of organizations, which the provider reads and never
// writes. The association of a grant with an organization is in package organizationgrant.
package organization
