// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// minEncryptionKeyBits is what RSA-OAEP asks for (RFC 7518, 4.3).
const minEncryptionKeyBits = 2048

// setThumbprint computes what answers show in place of the PEM: the RFC 7638 thumbprint of the
// public key, also when the PEM holds a certificate (API contract 3.6).
func setThumbprint(k *tenant.EncryptionKey) error {
	public, err := pki.ParsePublicKey(k.PEM)
	switch {
	case err != nil:
		return errEncryptionKey
	case public.N.BitLen() < minEncryptionKeyBits:
		return errEncryptionKeyTooShort
	}
	// A key that encrypts nothing would otherwise fail each token request.
	if _, err := pki.EncryptJWE(public, k.Alg, k.KID, ""); err != nil {
		return errEncryptionKey
	}
	if k.ThumbprintSHA256, err = public.Thumbprint(); err != nil {
		return errEncryptionKey
	}
	return nil
}
