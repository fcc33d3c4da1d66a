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

// maxNesting is the deepest accepted nesting of objects and arrays. encoding/json accepts ten times
// as much, but a snapshot nests the stored document deeper, so it could then not be read back.
const maxNesting = 1000

// ParseJSON decodes a body and refuses text that encoding/json would silently replace with U+FFFD:
// identifiers are compared byte for byte, so two different ones must not become equal.
//
// ASSUMED: such bodies, and bodies nested too deeply, count as malformed; no reply to one was
// observed.
func ParseJSON(body []byte, target any) error {
	switch {
	case !utf8.Valid(body) || hasLoneSurrogate(body):
		return errNotUnicode
	case nesting(body) > maxNesting:
		return errTooDeep
	}
	return json.Unmarshal(body, target)
}

// nesting returns the depth of a JSON document. It ignores brackets inside strings.
func nesting(body []byte) (deepest int) {
	level, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++ // Skip the escaped character, which may be a quote.
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

// ParseForm decodes a form and refuses invalid UTF-8, for the same reason as ParseJSON.
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

// hasLoneSurrogate reports whether an escape such as \ud800 lacks its other half.
func hasLoneSurrogate(body []byte) bool {
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		first, ok := escapedUnit(body[i:])
		switch {
		case !ok:
			i++ // Skip the escaped character, which may be a backslash.
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

// escapedUnit decodes the UTF-16 code unit of a \uXXXX escape at the start of text.
func escapedUnit(text []byte) (rune, bool) {
	if len(text) < escapeLength || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(text[2:escapeLength]), 16, 16)
	return rune(unit), err == nil
}
