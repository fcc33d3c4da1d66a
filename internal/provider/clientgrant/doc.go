// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package clientgrant implements m2m_client_grant: the resource, the list resource, and the data
// source m2m_client_grants. Package organizationgrant associates grants with organizations.
//
// Package run provides the scopes that an API defines or will define.
package clientgrant
