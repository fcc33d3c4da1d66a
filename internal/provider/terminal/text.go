// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package terminal

import (
	"fmt"
	"strings"
	"unicode"
)

// Escape replaces the characters that control a terminal with escape sequences, as HCL writes them.
// Line breaks and tabs are part of a text.
func Escape(text string) string {
	if !strings.ContainsFunc(text, controls) {
		return text
	}
	var b strings.Builder
	for i, char := range text {
		if controls(char) && !strings.HasPrefix(text[i:], "\r\n") {
			fmt.Fprintf(&b, `\u%04x`, char)
			continue
		}
		b.WriteRune(char)
	}
	return b.String()
}

// controls reports whether a character is a control character, or reorders the text after it.
// Joiners, and marks of one direction, are part of many languages.
func controls(char rune) bool {
	return unicode.IsControl(char) && char != '\n' && char != '\t' ||
		'\u202a' <= char && char <= '\u202e' || '\u2066' <= char && char <= '\u2069'
}
