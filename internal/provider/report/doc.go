// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package report turns API errors into diagnostics for all types: what the API answered, for
// which object, and what to do about it. No other package words such an error.
//
// It sends no requests and keeps no state. Wording that only one type needs, such as refusals
// of the token endpoint, is in the package of that type.
package report
