// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package resourceserverscope implements m2m_resource_server_scope: a single scope of an API that
// another configuration may manage. Package resourceserver manages all scopes of an API together.
package resourceserverscope
