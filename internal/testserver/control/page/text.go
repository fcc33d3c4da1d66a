// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// shown makes the characters of a name visible that control a terminal, or reorder the text after
// them. Somebody may copy the name.
func shown(text string) string {
	var out strings.Builder
	for _, char := range strings.ToValidUTF8(text, "\ufffd") {
		if unicode.IsControl(char) || unicode.Is(unicode.Bidi_Control, char) {
			fmt.Fprintf(&out, `\u%04x`, char)
			continue
		}
		out.WriteRune(char)
	}
	return out.String()
}

// lines is shown for a text with several lines.
func lines(text string) string {
	parts := strings.Split(text, "\n")
	for i, part := range parts {
		parts[i] = shown(part)
	}
	return strings.Join(parts, "\n")
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
