// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package pki

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"hash"
	"strings"
)

// oaepHashes maps the three key encryption algorithms of the API to their hashes.
var oaepHashes = map[string]func() hash.Hash{
	"RSA-OAEP-256": sha256.New,
	"RSA-OAEP-384": sha512.New384,
	"RSA-OAEP-512": sha512.New,
}

// CanEncrypt reports whether EncryptJWE supports an algorithm.
func CanEncrypt(alg string) bool { return oaepHashes[alg] != nil }

// EncryptJWE encrypts a signed token as a compact JWE (RFC 7516). It does not use go-jose, which
// lacks two of the three key encryption algorithms.
//
// ASSUMED: the content is encrypted with A256GCM; the contract names no algorithm for it.
func EncryptJWE(key PublicKey, alg, kid, token string) (string, error) {
	var contentKey [32]byte
	var nonce [12]byte
	_, _ = rand.Read(contentKey[:])
	_, _ = rand.Read(nonce[:])
	wrapped, err := rsa.EncryptOAEP(
		oaepHashes[alg](), rand.Reader, key.PublicKey, contentKey[:], nil,
	)
	if err != nil {
		return "", err
	}
	header, err := json.Marshal(struct {
		Alg string `json:"alg"`
		Enc string `json:"enc"`
		CTY string `json:"cty"`
		KID string `json:"kid,omitzero"`
	}{alg, "A256GCM", "JWT", kid})
	if err != nil {
		return "", err
	}
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

// seal encrypts with AES-GCM and returns the ciphertext and the tag separately, as JWE needs them.
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
