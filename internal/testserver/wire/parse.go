// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	errNotUnicode = errors.New("not valid Unicode")
	errTooDeep    = errors.New("nested too deep")
)

// maxNesting bounds the objects and arrays within each other. encoding/json would read ten times as
// many, but then what is kept could not be read back from within a snapshot, which is nested
// deeper.
const maxNesting = 1000

// ParseJSON refuses what encoding/json would replace by U+FFFD without a word: identifiers are
// compared byte for byte, and two that differ must not become one.
//
// ASSUMED: such bodies, and those nested too deep, are malformed; no answer to one was observed.
func ParseJSON(body []byte, target any) error {
	switch {
	case !utf8.Valid(body) || hasLoneSurrogate(body):
		return errNotUnicode
	case nesting(body) > maxNesting:
		return errTooDeep
	}
	return json.Unmarshal(body, target)
}

// nesting counts the levels of a JSON document. Brackets inside of strings are none.
func nesting(body []byte) (deepest int) {
	level, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++ // Past the escaped character, which may be a quote.
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[', c == '{':
			level++
			deepest = max(deepest, level)
		case c == ']', c == '}':
			level--
		}
	}
	return deepest
}

// ParseForm refuses invalid UTF-8 for the same reason.
func ParseForm(body []byte) (url.Values, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	for name, given := range values {
		for _, text := range append(given, name) {
			if !utf8.ValidString(text) {
				return nil, errNotUnicode
			}
		}
	}
	return values, nil
}

// hasLoneSurrogate finds escapes such as \ud800 without their other half.
func hasLoneSurrogate(body []byte) bool {
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		first, ok := escapedUnit(body[i:])
		switch {
		case !ok:
			i++ // Past the escaped character, which may be a backslash.
		case !utf16.IsSurrogate(first):
			i += escapeLength - 1
		default:
			second, _ := escapedUnit(body[min(i+escapeLength, len(body)):])
			if utf16.DecodeRune(first, second) == utf8.RuneError {
				return true
			}
			i += 2*escapeLength - 1
		}
	}
	return false
}

const escapeLength = len(`\uXXXX`)

// escapedUnit reads the UTF-16 unit of an escape at the start of text.
func escapedUnit(text []byte) (rune, bool) {
	if len(text) < escapeLength || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(text[2:escapeLength]), 16, 16)
	return rune(unit), err == nil
}
