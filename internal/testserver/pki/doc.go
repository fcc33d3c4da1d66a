// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package pki makes and reads keys and certificates: the certificate authority for TLS, public keys
// in PEM with their thumbprints, PKCS #7 bags, and encryption for the owner of a key. It knows
// nothing of tenants, tokens or HTTP.
package pki
