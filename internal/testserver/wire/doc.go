// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package wire is how requests and answers look as bytes: JSON and forms that are read strictly,
// replies with their headers and compression, connections that end without an answer, and the
// mechanism of refusals. What a package refuses it words itself; only what any request can meet
// with is worded here. It knows no routes and no objects.
package wire
