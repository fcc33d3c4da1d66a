// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package attribute holds what several types share about single attributes: parts of
// schemas, validators, and conversions between Terraform's values and the API's.
//
// It makes no request and knows no type: what concerns one type only lives in the package
// of that type.
package attribute
