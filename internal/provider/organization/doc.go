// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package organization contains the data sources m2m_organization and m2m_organizations. The
// provider reads organizations and never writes them. The association of a grant with an
// organization is in package organizationgrant.
package organization
