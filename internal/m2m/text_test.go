// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"encoding/pem"
	"strings"
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
	if err := CheckToken("\ufeff" + apiToken); err == nil || err.Error() != mark {
		t.Error(err)
	}
	if err := CheckToken(apiToken + "\n"); err != nil {
		t.Error(err)
	}
}

func TestParsePrivateKey_namesTheMistake(t *testing.T) {
	t.Parallel()
	key := pkcs1PEM(rsaKey())
	lines := strings.Split(strings.TrimSpace(key), "\n")
	legacy, _ := pem.Decode([]byte(key))
	legacy.Headers = map[string]string{
		"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,0102030405060708090A0B0C0D0E0F10",
	}
	const encrypted = "the key is encrypted; decrypt it first, for example with openssl pkey"
	for want, text := range map[string]string{
		"the text " + mark: "\ufeff" + key,
		`the line breaks are written as \n, which is two characters each; they must be real line ` +
			"breaks": strings.ReplaceAll(key, "\n", `\n`),
		"the line breaks are missing":       strings.Join(lines, " "),
		"the line with -----END is missing": strings.Join(lines[:len(lines)-1], "\n"),
		"the lines are indented; remove the white space at their beginnings": "  " +
			strings.Join(lines, "\n  ") + "\n",
		encrypted: string(pem.EncodeToMemory(&pem.Block{
			Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x"),
		})),
		encrypted + " ": string(pem.EncodeToMemory(legacy)),
	} {
		_, err := ParsePrivateKey(text)
		if err == nil || err.Error() != strings.TrimSpace(want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, text := range []string{
		strings.ReplaceAll(key, "\n", "\r\n"), "A comment\n  indented\n" + key, "\n" + key,
	} {
		if _, err := ParsePrivateKey(text); err != nil {
			t.Errorf("a usable key is refused: %v", err)
		}
	}
	public := strings.ReplaceAll(publicPEM(t, &rsaKey().PublicKey), "\n", `\n`)
	if _, err := Thumbprint(public); err == nil ||
		!strings.HasPrefix(err.Error(), `the line breaks are written as \n`) {
		t.Error(err)
	}
}
