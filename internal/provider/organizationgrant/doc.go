// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package organizationgrant implements m2m_organization_client_grant: the association of a client
// grant with an organization. Package clientgrant implements the grant itself.
package organizationgrant
