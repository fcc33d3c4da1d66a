// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package wire turns requests and replies into bytes and back: strict parsing of JSON and forms,
// replies with their headers and compression, connections that end without a reply, and the
// mechanism of refusals. Each package words its own refusals; this package words only those that
// any request can get. It knows no routes and no objects.
package wire
