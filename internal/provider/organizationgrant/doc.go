// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package organizationgrant is m2m_organization_client_grant: the association of a client
// grant with an organization. The grant itself is in package clientgrant.
package organizationgrant
