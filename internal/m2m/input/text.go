// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package input checks what people configure, before anything is sent: domains, headers, tokens,
// secrets and keys. Its errors say what is wrong with a value and how to mend it, and never quote a
// secret.
package input

import (
	"errors"
	"strings"
)

const byteOrderMark = "\uFEFF"

const startsWithMark = "begins with a byte order mark, an invisible character that some editors " +
	"add; save the file as UTF-8 without it"

// CheckEnds refuses an id or a secret with invisible characters at one of its ends, which files and
// clipboards add. Its errors continue a sentence about the value and reveal nothing about it.
func CheckEnds(value string) error {
	trimmed := strings.TrimSpace(value)
	switch before, after, _ := strings.Cut(value, trimmed); {
	case strings.HasPrefix(trimmed, byteOrderMark):
		return errors.New(startsWithMark)
	case trimmed == "" && value != "":
		return errors.New("consists of white space")
	case strings.ContainsAny(before, "\r\n"):
		return errors.New("begins with a line break")
	case strings.ContainsAny(after, "\r\n"):
		return errors.New("ends with a line break")
	case before != "":
		return errors.New("begins with white space")
	case after != "":
		return errors.New("ends with white space")
	default:
		return nil
	}
}

// CheckToken refuses text that cannot be in an Authorization header, such as several lines or an
// encoding other than UTF-8. White space at the ends does not matter. Its errors continue a
// sentence about the text and reveal nothing about it.
func CheckToken(token string) error {
	token = strings.TrimSpace(token)
	if strings.HasPrefix(token, byteOrderMark) {
		return errors.New(startsWithMark)
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("contains something other than a token, which is one word of ASCII " +
			"characters")
	}
	return nil
}
