// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package client contains the data sources m2m_client and m2m_clients. The provider reads
// clients (applications) and never writes them. The client that the provider itself logs in
// with is part of its configuration, not of this package.
package client
