// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package report turns API errors into diagnostics, for all types. A diagnostic says what the API
// answered, for which object, and what to do about it.
//
// The package sends no requests. Its only state is which problems of a run have been reported. Text
// that only one type needs, such as the explanation of a refused token request, is in the package
// of that type.
package report
