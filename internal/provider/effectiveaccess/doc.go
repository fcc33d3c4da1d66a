// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package effectiveaccess contains data.m2m_effective_access, which lists who can call what. The
// rules are in package access, and access/live reads the tenant.
package effectiveaccess
