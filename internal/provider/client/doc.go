// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package client is the data sources of clients (applications), which the provider reads and
// never writes. The client that the provider itself logs in with is part of its
// configuration, not of this package.
package client
