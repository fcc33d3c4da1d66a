// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package printable

import "testing"

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "",
		"Orders\tü€😀\nof \u0634\u0631\u06a9\u062a\u200c\u0647\u0627": "Orders\tü€😀\nof \u0634\u0631\u06a9\u062a\u200c\u0647\u0627",
		"a\r\nb\rc":                      "a\r\nb\\u000dc",
		"\x1b[2J\a\b\x7f\u009b31m\x00":   "\\u001b[2J\\u0007\\u0008\\u007f\\u009b31m\\u0000",
		"\u202ekcab\u202c \u2066x\u2069": "\\u202ekcab\\u202c \\u2066x\\u2069",
	} {
		if got := Text(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                       "",
		"Orders ü€😀 شركت":        "Orders ü€😀 شركت",
		"a\nb\r\nc\rd\te":        `a\nb\r\nc\u000dd\te`,
		"a\u2028b\u2029c\u202ed": `a\u2028b\u2029c\u202ed`,
		"\x9b31m\xff":            "\ufffd31m\ufffd",
	} {
		if got := Line(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
