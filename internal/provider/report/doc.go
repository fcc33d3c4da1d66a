// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package report turns errors of the API into diagnostics, for all types: what the API
// answered, for which object, and what to do about it. Nothing else words such an error.
//
// It makes no request and keeps nothing. The wording that only one type needs, such as the
// refusals of the token endpoint, is in the package of that type.
package report
