// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package tfstate holds what every type does with Terraform's state, whatever the object:
// it finishes a create, confirms that an answer is what was planned, forgets what is gone,
// reads and writes identities, accepts states of the auth0 provider, and streams the results
// of a list.
//
// It makes no request and knows no type. How an object becomes the attributes of its type
// is in the model of that type.
package tfstate
