// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package tfstate handles Terraform's state for all types: it finishes a create, confirms that
// an answer matches the plan, forgets objects that no longer exist, reads and writes
// identities, accepts states from the auth0 provider, and streams the results of a list.
//
// It sends no requests of its own and knows no types. The model of each type converts an object of
// the API to attributes.
package tfstate
