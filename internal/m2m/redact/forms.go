// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package redact

import (
	"html"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// maxDepth is the number of encodings inside each other that are undone.
const maxDepth = 3

// form is a text, decoded in one way. Each byte knows its origin in the original text.
type form struct {
	text    string
	origins []origin // For each byte of text. Nil means the original text itself.
}

// origin is the part of the original text that a byte is decoded from.
type origin struct{ start, end int }

// originOf returns the part of the original text that a part of the form is decoded from.
func (f form) originOf(from, to int) origin {
	if f.origins == nil {
		return origin{from, to}
	}
	return origin{f.origins[from].start, f.origins[to-1].end}
}

// equals reports whether two forms show the same secrets at the same places.
func (f form) equals(other form) bool {
	return f.text == other.text && slices.Equal(f.origins, other.origins)
}

// formsOf returns a text and what it is when decoded in each order of up to maxDepth encodings. The
// order of two encodings often makes no difference.
func formsOf(text string) iter.Seq[form] {
	return func(yield func(form) bool) {
		layer := []form{{text: text}}
		for depth := 0; ; depth++ {
			var next []form
			for _, f := range layer {
				if !yield(f) {
					return
				}
				if depth == maxDepth {
					continue
				}
				for _, decode := range decoders {
					decoded := decode(f)
					if decoded.text != f.text && decoded.text != "" &&
						!slices.ContainsFunc(next, decoded.equals) {
						next = append(next, decoded)
					}
				}
			}
			if layer = next; len(layer) == 0 {
				return
			}
		}
	}
}

// decoders undo one encoding each. They decode what they can and leave the rest, because an encoded
// text is part of other text.
var decoders = []func(form) form{
	escaped('\\', backslash), escaped('&', entity), escaped('%', percent),
	escaped('+', percentOrPlus), base64Runs,
}

// escaped makes a decoder of a function that decodes the escape sequence at the beginning of a text
// and returns its length, or 0. A text without the mark is not encoded in this way.
func escaped(
	mark byte, sequence func(rest string) (decoded string, length int),
) func(form) form {
	return func(f form) form {
		if strings.IndexByte(f.text, mark) < 0 {
			return f
		}
		b := newBuilder(len(f.text))
		for i := 0; i < len(f.text); {
			decoded, length := sequence(f.text[i:])
			if length == 0 {
				decoded, length = f.text[i:i+1], 1
			}
			b.add(decoded, f.originOf(i, i+length))
			i += length
		}
		return b.form()
	}
}

// backslash decodes escape sequences of JSON and Go. Other languages only have a backslash before
// a character that means itself.
func backslash(rest string) (string, int) {
	if len(rest) < 2 || rest[0] != '\\' {
		return "", 0
	}
	if high, ok := utf16Escape(rest); ok {
		low, _ := utf16Escape(rest[utf16Length:])
		if char := utf16.DecodeRune(high, low); char != unicode.ReplacementChar {
			return string(char), 2 * utf16Length
		}
	}
	char, multibyte, tail, err := strconv.UnquoteChar(rest, 0)
	switch {
	case err != nil:
		return rest[1:2], 2
	case multibyte:
		return string(char), len(rest) - len(tail)
	default:
		return string([]byte{byte(char)}), len(rest) - len(tail)
	}
}

const utf16Length = len(`\u003c`)

// utf16Escape decodes an escape sequence of JSON, which may be half of a pair.
func utf16Escape(rest string) (rune, bool) {
	if len(rest) < utf16Length || rest[:2] != `\u` {
		return 0, false
	}
	char, err := strconv.ParseUint(rest[2:utf16Length], 16, 16)
	return rune(char), err == nil
}

var entityForm = regexp.MustCompile(
	`^&(#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});?`)

// entity decodes a character reference of HTML or XML.
func entity(rest string) (string, int) {
	if rest[0] != '&' {
		return "", 0
	}
	reference := entityForm.FindString(rest)
	if decoded := html.UnescapeString(reference); decoded != reference {
		return decoded, len(reference)
	}
	return "", 0
}

// percent decodes an escape sequence of a URL.
func percent(rest string) (string, int) {
	const length = len("%3C")
	if rest[0] != '%' || len(rest) < length {
		return "", 0
	}
	char, err := strconv.ParseUint(rest[1:length], 16, 8)
	if err != nil {
		return "", 0
	}
	return string([]byte{byte(char)}), length
}

// percentOrPlus decodes an escape sequence of a query or a form, which differs from the rest of a
// URL only if it has a plus sign.
func percentOrPlus(rest string) (string, int) {
	if rest[0] == '+' {
		return " ", 1
	}
	return percent(rest)
}

// minRun is the number of base64 digits of the shortest secret.
const minRun = (minSecret*8 + 5) / 6

// barrier separates decoded texts. No secret contains it.
const barrier = "\x00"

// base64Runs decodes everything that may be base64, of the standard or the URL alphabet, in one
// line or several.
func base64Runs(f form) form {
	var (
		b      builder
		digits []byte
		places []int // Of the digits in the text.
	)
	for i := range len(f.text) + 1 {
		if i < len(f.text) {
			if digit, ok := base64Digit(f.text[i]); ok {
				digits, places = append(digits, digit), append(places, i)
				continue
			}
			if f.text[i] == '\r' || f.text[i] == '\n' {
				continue
			}
		}
		if len(digits) >= minRun {
			b.decodeBase64(f, digits, places)
		}
		digits, places = digits[:0], places[:0]
	}
	return b.form()
}

// decodeBase64 decodes a run of digits. Nobody knows where in it the encoded text begins, so it is
// decoded from each of its first four digits.
func (b *builder) decodeBase64(f form, digits []byte, places []int) {
	for first := range 4 {
		// A byte consists of bits of two digits. Each fourth pair of digits shares no byte.
		for i := first; i+1 < len(digits); i++ {
			pair := (i - first) % 4
			if pair == 3 {
				continue
			}
			char := digits[i]<<(2+2*pair) | digits[i+1]>>(4-2*pair)
			b.add(string([]byte{char}), f.originOf(places[i], places[i+1]+1))
		}
		b.add(barrier, origin{}) // The next byte has another origin.
	}
}

func base64Digit(char byte) (digit byte, ok bool) {
	switch {
	case 'A' <= char && char <= 'Z':
		return char - 'A', true
	case 'a' <= char && char <= 'z':
		return char - 'a' + 26, true
	case '0' <= char && char <= '9':
		return char - '0' + 52, true
	case char == '+', char == '-':
		return 62, true
	case char == '/', char == '_':
		return 63, true
	default:
		return 0, false
	}
}

// builder makes a form.
type builder struct {
	text    strings.Builder
	origins []origin
}

// newBuilder makes a builder of a form of about this length.
func newBuilder(length int) *builder {
	b := &builder{origins: make([]origin, 0, length)}
	b.text.Grow(length)
	return b
}

func (b *builder) add(text string, from origin) {
	b.text.WriteString(text)
	for range len(text) {
		b.origins = append(b.origins, from)
	}
}

func (b *builder) form() form { return form{b.text.String(), b.origins} }
