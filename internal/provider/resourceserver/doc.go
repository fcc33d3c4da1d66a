// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package resourceserver is m2m_resource_server: the resource, its list, and the data sources
// of one and of many. A single scope that another configuration adds to an API is in package
// resourceserverscope.
//
// Files called plan_*.go add to what the schema plans, or refuse it.
package resourceserver
