// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"strings"
)

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
	public, err := parsePublicKey(k.PEM)
	switch {
	case err != nil:
		return errEncryptionKey
	case public.N.BitLen() < minEncryptionKeyBits:
		return errEncryptionKeyTooShort
	}
	// A key that encrypts nothing would otherwise fail each token request.
	if _, err := k.encrypt(""); err != nil {
		return errEncryptionKey
	}
	if k.ThumbprintSHA256, err = public.thumbprint(); err != nil {
		return errEncryptionKey
	}
	return nil
}

// oaepHashes are the hashes of the three key encryption algorithms that the API knows.
var oaepHashes = map[string]func() hash.Hash{
	"RSA-OAEP-256": sha256.New,
	"RSA-OAEP-384": sha512.New384,
	"RSA-OAEP-512": sha512.New,
}

func (k *encryptionKey) isUsable() bool {
	_, err := parsePublicKey(k.PEM)
	return err == nil && oaepHashes[k.Alg] != nil
}

// encrypt wraps a signed token into a compact JWE (RFC 7516). It is spelled out here because go-jose lacks two of the
// three key encryption algorithms.
//
// ASSUMED: the content is encrypted with A256GCM; the contract names no algorithm for it.
func (k *encryptionKey) encrypt(token string) (string, error) {
	public, err := parsePublicKey(k.PEM)
	if err != nil {
		return "", err
	}
	var contentKey [32]byte
	var nonce [12]byte
	_, _ = rand.Read(contentKey[:])
	_, _ = rand.Read(nonce[:])
	wrapped, err := rsa.EncryptOAEP(oaepHashes[k.Alg](), rand.Reader, public.PublicKey, contentKey[:], nil)
	if err != nil {
		return "", err
	}
	header := encode(struct {
		Alg string `json:"alg"`
		Enc string `json:"enc"`
		CTY string `json:"cty"`
		KID string `json:"kid,omitzero"`
	}{k.Alg, "A256GCM", "JWT", k.KID})
	protected := base64.RawURLEncoding.EncodeToString(header)
	content, tag, err := seal(contentKey[:], nonce[:], []byte(token), []byte(protected))
	if err != nil {
		return "", err
	}
	parts := []string{protected}
	for _, part := range [][]byte{wrapped, nonce[:], content, tag} {
		parts = append(parts, base64.RawURLEncoding.EncodeToString(part))
	}
	return strings.Join(parts, "."), nil
}

// seal encrypts with AES-GCM and returns the ciphertext and the tag, which JWE keeps apart.
func seal(key, nonce, plaintext, additional []byte) (ciphertext, tag []byte, err error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, nil, err
	}
	sealed := gcm.Seal(nil, nonce, plaintext, additional)
	end := len(sealed) - gcm.Overhead()
	return sealed[:end], sealed[end:], nil
}
