// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package accesstoken is m2m_access_token, as a data source and as an ephemeral resource, and
// the function decode_jwt: it fetches tokens, verifies them, and says what to do about a
// refusal of the token endpoint.
//
// The grants that tokens depend on are in package clientgrant; whether one is going to change
// is asked of package run.
package accesstoken
