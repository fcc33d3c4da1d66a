// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package schema describes bodies and queries property by property and words what is wrong with one
// as the API does. It returns texts, from which callers make refusals: it knows no HTTP and no
// objects.
package schema
