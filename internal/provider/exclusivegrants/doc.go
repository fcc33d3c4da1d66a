// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package exclusivegrants implements m2m_client_grants_exclusive: the client grants that one API or
// one client may have. Package clientgrant implements the grants.
package exclusivegrants
