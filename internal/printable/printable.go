// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package printable keeps text of others from controlling the terminal or the page that shows it.
// It only replaces characters. Secrets are hidden in package redact, and markup is escaped where it
// is written.
package printable

import (
	"fmt"
	"strings"
	"unicode"
)

// Text replaces the characters that control a terminal with escape sequences, as HCL writes them.
// Line breaks and tabs are part of a text.
func Text(text string) string {
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

// Line is Text for a value that must stay in its line: it also replaces line breaks, tabs, and
// bytes that are not UTF-8.
func Line(text string) string {
	text = Text(strings.ToValidUTF8(text, "\ufffd"))
	return breaks.Replace(text)
}

var breaks = strings.NewReplacer(
	"\n", `\n`, "\r", `\r`, "\t", `\t`, "\u2028", `\u2028`, "\u2029", `\u2029`,
)

// controls reports whether a character is a control character, or reorders the text after it.
// Joiners, and marks of one direction, are part of many languages.
func controls(char rune) bool {
	return unicode.IsControl(char) && char != '\n' && char != '\t' ||
		'\u202a' <= char && char <= '\u202e' || '\u2066' <= char && char <= '\u2069'
}
