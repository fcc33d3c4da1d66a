// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package accesstoken contains the data source and the ephemeral resource m2m_access_token, the
// action m2m_verify_access, and the function decode_jwt. It fetches and verifies tokens, and
// explains refusals of the token endpoint.
//
// The grants that tokens depend on are in package clientgrant; package run knows whether a
// grant will change.
package accesstoken
