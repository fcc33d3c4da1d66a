// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"crypto/rand"
)

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// RandomText returns n random characters of [A-Za-z0-9].
func RandomText(n int) string {
	text := make([]byte, 0, n)
	var pool [64]byte
	for len(text) < n {
		_, _ = rand.Read(pool[:]) // Never fails, according to its documentation.
		for _, b := range pool {
			// Six bits give 64 values; dropping the two beyond the alphabet keeps all characters
			// equally likely.
			if i := int(b & 63); i < len(alphanumeric) && len(text) < n {
				text = append(text, alphanumeric[i])
			}
		}
	}
	return string(text)
}
