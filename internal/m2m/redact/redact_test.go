// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// each encodes every character of a text, or every byte if it is a format for bytes.
func each[T rune | byte | uint16](format string, text []T) string {
	var b strings.Builder
	for _, char := range text {
		fmt.Fprintf(&b, format, char)
	}
	return b.String()
}

func jsonString(text string) string {
	encoded, _ := json.Marshal(text)
	return string(encoded[1 : len(encoded)-1])
}

func plainJSONString(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text)
	return strings.TrimSuffix(b.String()[1:], "\"\n")
}

func unquoted(quoted string) string { return quoted[1 : len(quoted)-1] }

// lowerHex makes the hexadecimal digits of percent escapes lower case.
func lowerHex(text string) string {
	var b strings.Builder
	for i, rest := range strings.Split(text, "%") {
		if i > 0 {
			b.WriteString("%" + strings.ToLower(rest[:2]))
			rest = rest[2:]
		}
		b.WriteString(rest)
	}
	return b.String()
}

// encodings are what an echo can do to a text.
var encodings = map[string]func(string) string{
	"as it is":            func(s string) string { return s },
	"JSON":                plainJSONString,
	"JSON for HTML":       jsonString,
	"JSON, escaped slash": func(s string) string { return strings.ReplaceAll(jsonString(s), "/", `\/`) },
	"JSON, all escaped":   func(s string) string { return each(`\u%04x`, utf16.Encode([]rune(s))) },
	"JSON, upper case":    func(s string) string { return each(`\u%04X`, utf16.Encode([]rune(s))) },
	"Go":                  func(s string) string { return unquoted(strconv.Quote(s)) },
	"Go, ASCII":           func(s string) string { return unquoted(strconv.QuoteToASCII(s)) },
	"Go, bytes":           func(s string) string { return each(`\x%02x`, []byte(s)) },
	"octal":               func(s string) string { return each(`\%03o`, []byte(s)) },
	"HTML":                html.EscapeString,
	"HTML, names": func(s string) string {
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'",
			"&apos;", "/", "&sol;", "ü", "&uuml;").Replace(s)
	},
	"HTML, decimal":     func(s string) string { return each("&#%d;", []rune(s)) },
	"HTML, hexadecimal": func(s string) string { return each("&#x%X;", []rune(s)) },
	"path":              url.PathEscape,
	"query":             url.QueryEscape,
	"path, lower case":  func(s string) string { return lowerHex(url.PathEscape(s)) },
	"query, lower case": func(s string) string { return lowerHex(url.QueryEscape(s)) },
	"percent":           func(s string) string { return each("%%%02X", []byte(s)) },
}

// base64Encodings are the variants of base64, with the secret at each offset, since it may be part
// of a longer text.
func base64Encodings() map[string]func(string) string {
	made := map[string]func(string) string{}
	for name, encoding := range map[string]*base64.Encoding{
		"base64": base64.StdEncoding, "base64url": base64.URLEncoding,
		"base64, raw": base64.RawStdEncoding, "base64url, raw": base64.RawURLEncoding,
	} {
		for before := range 3 {
			for after := range 3 {
				made[fmt.Sprintf("%s, %d before, %d after", name, before, after)] = func(s string) string {
					return encoding.EncodeToString([]byte("id:"[:before] + s + `"}`[:after]))
				}
			}
		}
	}
	made["base64, lines"] = func(s string) string {
		encoded := base64.StdEncoding.EncodeToString([]byte(s))
		for at := 16; at < len(encoded); at += 18 {
			encoded = encoded[:at] + "\r\n" + encoded[at:]
		}
		return encoded
	}
	return made
}

var awkward = []rune("&<>\"'\\/+%=?#:;,. \t\n{}[]()|^~`!@$*-_üß€日😀azAZ09u41x3Camplt\u2028\u00a0")

func random(r *rand.Rand, length int, alphabet []rune) string {
	var b strings.Builder
	for b.Len() < length {
		b.WriteRune(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// No encoding of a secret survives, nor do two encodings inside each other, in any text. The text
// around it does.
func TestText_noEncodingOfASecretSurvives(t *testing.T) {
	t.Parallel()
	const seed, secretsPerChain = 20260214, 1
	r := rand.New(rand.NewPCG(seed, 0))
	all := base64Encodings()
	maps.Copy(all, encodings)
	words := []rune("abcdefghij klmnop, 0123: \"{}<b>=%&;")
	cases := 0
	for innerName, inner := range all {
		for outerName, outer := range all {
			for range secretsPerChain {
				cases++
				secret := random(r, minSecret+r.IntN(40), awkward)
				// An echo is separated from what is before it, or else it would not be one: after
				// a backslash or a percent sign, an escape sequence means something else.
				before := random(r, r.IntN(40), words) + "x "
				after := " y" + random(r, r.IntN(40), words)
				encoded := outer(inner(secret))
				s := &Secrets{}
				s.Add(secret, "another secret")
				got := s.Text(before + encoded + after)

				middle, ok := strings.CutPrefix(got, before)
				middle, ended := strings.CutSuffix(middle, after)
				// The characters of base64 that have only bits of the bytes around the secret.
				rest := strings.ReplaceAll(middle, Mark, "")
				if limit := slack(innerName, outerName); !ok || !ended || len(rest) > limit ||
					middle == rest {
					t.Errorf("%s in %s: the secret %q as %q became %q", innerName, outerName,
						secret, before+encoded+after, got)
				}
			}
		}
	}
	if want := 56 * 56 * secretsPerChain; cases != want {
		t.Errorf("%d cases instead of %d", cases, want)
	}
}

// slack is the number of bytes around a secret that base64 adds: up to two bytes before and two
// after it, and padding, each encoded again.
func slack(inner, outer string) int {
	isBase64 := func(name string) bool { return strings.HasPrefix(name, "base64") }
	switch {
	case isBase64(inner):
		return 10 * len("&#xFF;")
	case isBase64(outer):
		return 10
	default:
		return 0
	}
}

func TestText_partsAndBounds(t *testing.T) {
	t.Parallel()
	const (
		secret = "0123456789abcdefghijklmnopqrstuv"
		pem    = "-----BEGIN PRIVATE KEY-----\nMIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYw\n" +
			"ggSiAgEAAoIBAQDXu4mhE6kGxN0v\n-----END PRIVATE KEY-----\n"
		jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"
	)
	s := &Secrets{}
	s.Add(secret, " padded secret\n", "A-Z!", "xyz", "", secret, pem, "a secret", "a secret, rotated")
	for text, want := range map[string]string{
		"got " + secret + "!":                                   "got [redacted]!",
		"got " + secret[:16] + "…":                              "got [redacted]…",
		"got " + secret[9:25] + "!":                             "got [redacted]!",
		"got " + secret[9:23] + "!":                             "got 9abcdefghijklm!",
		"got padded secret!":                                    "got [redacted]!",
		"got A-Z!, xyz":                                         "got [redacted], xyz",
		"a secret, a secret, rotated":                           "[redacted], [redacted]",
		"see ggSiAgEAAoIBAQDXu4mhE6kGxN":                        "see [redacted]",
		"got " + jwt + " as sent":                               "got [redacted] as sent",
		"got " + base64.StdEncoding.EncodeToString([]byte(jwt)): "got [redacted]=",
		"key -----BEGIN RSA PRIVATE KEY-----\\nTUlJ\\n-----END RSA PRIVATE KEY----- given": "key " +
			"[redacted] given",
		"":                                   "",
		"100% of C:\\new\\x, a &amp; b+c":    "100% of C:\\new\\x, a &amp; b+c",
		"a\r\nb\tc\x1b[2J\u202ed\xff\u009be": "a  b c\ufffd[2J\ufffdd\ufffd\ufffde",
	} {
		if got := s.Text(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if got := (&Secrets{}).Text("no " + secret); got != "no "+secret {
		t.Error(got)
	}
}

// The end of a long text is cut off. A secret across the cut is redacted.
func TestText_isBounded(t *testing.T) {
	t.Parallel()
	const secret = `a "short" one`
	s := &Secrets{}
	s.Add(secret)
	for _, fill := range []string{"x", "ü", "\x1b", "[redacted]", secret + " "} {
		long := strings.Repeat(fill, maxShown/len(fill)+1)[:maxShown-8] + secret +
			strings.Repeat(fill, 10_000)
		got := s.Text(long)
		if len(got) > maxShown+len(" …") || !strings.HasSuffix(got, " …") ||
			!utf8.ValidString(got) || strings.Contains(got, "hort") {
			t.Errorf("%q: %d bytes, ends in %q", fill, len(got), got[len(got)-20:])
		}
	}
}

// A hostile text costs little: each form of it is at most as long as what it is decoded from, or
// three times that for base64.
func BenchmarkText_hostile(b *testing.B) {
	s := &Secrets{}
	s.Add("a secret that is not in the text")
	r := rand.New(rand.NewPCG(1, 1))
	text := random(r, maxSearched, []rune(`\u004%2525&amp;+QUJDlt0`))
	for b.Loop() {
		s.Text(text)
	}
}
