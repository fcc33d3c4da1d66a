// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package input

import (
	"testing"
)

const mark = "begins with a byte order mark, an invisible character that some editors add; save " +
	"the file as UTF-8 without it"

func TestCheckEnds_namesTheInvisibleCharacter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"s3cret":          "",
		"s3 cret":         "",
		"":                "",
		" s3cret":         "begins with white space",
		"s3cret\t":        "ends with white space",
		"s3cret\u00a0":    "ends with white space",
		"\n s3cret":       "begins with a line break",
		"s3cret\r\n":      "ends with a line break",
		" \n":             "consists of white space",
		"\ufeffs3cret":    mark,
		"\ufeffs3cret\n":  mark,
		"\n\ufeffs3cret ": mark,
	} {
		got := ""
		if err := CheckEnds(value); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q %s, want %q", value, got, want)
		}
	}
}

func TestCheckToken_byteOrderMark(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl"
	if err := CheckToken("\ufeff" + token); err == nil || err.Error() != mark {
		t.Error(err)
	}
	if err := CheckToken(token + "\n"); err != nil {
		t.Error(err)
	}
}
