// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package attribute contains what several types need for single attributes: parts of schemas,
// validators, and conversions between Terraform's values and the API's.
//
// It sends no requests and knows no types. Code for one type belongs in the package of that
// type.
package attribute
