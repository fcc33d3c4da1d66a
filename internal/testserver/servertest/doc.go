// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package servertest helps tests talk to a reference server in literal requests and replies: it
// starts a server, sends requests, gets tokens and compares answers. Only tests import it.
package servertest
