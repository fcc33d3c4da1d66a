// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package resourceserver implements m2m_resource_server: the resource, the list resource, and the
// data sources m2m_resource_server and m2m_resource_servers. Package resourceserverscope implements
// a single scope of an API that another configuration manages.
//
// The plan_*.go files plan what the schema alone cannot express, and refuse invalid plans.
package resourceserver
