// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"

// tokenEncryption says that the tokens of an API are encrypted (API contract 3.6).
type tokenEncryption struct {
	Format        string        `json:"format"`
	EncryptionKey encryptionKey `json:"encryption_key"`
}

type encryptionKey struct {
	Name             string `json:"name,omitzero"`
	Alg              string `json:"alg"`
	KID              string `json:"kid,omitzero"`
	PEM              string `json:"pem,omitzero"`
	ThumbprintSHA256 string `json:"thumbprint_sha256,omitzero"`
}

// minEncryptionKeyBits is what RSA-OAEP asks for (RFC 7518, 4.3).
const minEncryptionKeyBits = 2048

// setThumbprint computes what answers show in place of the PEM: the RFC 7638 thumbprint of the public key, also when the
// PEM holds a certificate (API contract 3.6).
func (k *encryptionKey) setThumbprint() error {
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

func (k *encryptionKey) isUsable() bool {
	_, err := pki.ParsePublicKey(k.PEM)
	return err == nil && pki.CanEncrypt(k.Alg)
}

// encrypt wraps a signed token for the owner of the key.
func (k *encryptionKey) encrypt(token string) (string, error) {
	public, err := pki.ParsePublicKey(k.PEM)
	if err != nil {
		return "", err
	}
	return pki.EncryptJWE(public, k.Alg, k.KID, token)
}
