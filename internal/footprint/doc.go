// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package footprint limits what the process of the provider costs the machine that runs it: no log
// that nobody reads, and little garbage collection.
//
// The functions change the whole process, so only main calls them.
package footprint
