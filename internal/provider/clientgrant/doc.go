// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package clientgrant is m2m_client_grant: the resource, its list, and the data source
// m2m_client_grants. The association of a grant with an organization is a package of its
// own.
//
// What an API defines or is going to define, it asks of package run.
package clientgrant
