// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package terminal

import "testing"

func TestEscape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "",
		"Orders\tü€😀\nof \u0634\u0631\u06a9\u062a\u200c\u0647\u0627": "Orders\tü€😀\nof \u0634\u0631\u06a9\u062a\u200c\u0647\u0627",
		"a\r\nb\rc":                      "a\r\nb\\u000dc",
		"\x1b[2J\a\b\x7f\u009b31m\x00":   "\\u001b[2J\\u0007\\u0008\\u007f\\u009b31m\\u0000",
		"\u202ekcab\u202c \u2066x\u2069": "\\u202ekcab\\u202c \\u2066x\\u2069",
	} {
		if got := Escape(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
