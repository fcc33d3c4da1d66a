// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package resourceserverscope is m2m_resource_server_scope: one scope that is added to an API
// which another configuration may own. All scopes of an API together belong to package
// resourceserver.
package resourceserverscope
