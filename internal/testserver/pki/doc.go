// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package pki makes and reads keys and certificates: the certificate authority for TLS, RSA public
// keys in PEM with their thumbprints, PKCS #7 bags, and JWE encryption. It knows no tenants, tokens
// or HTTP.
package pki
