// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package redact removes secrets from foreign texts, such as an error that quotes the request. It
// knows nothing of HTTP.
//
// An echo seldom has the secret as it was sent: it may be a JSON string, part of a URL, an HTML
// page, base64, or several of these. So a text is decoded in every order of these encodings, and
// each part that decodes to a secret is replaced. forms.go decodes, and secrets.go searches.
package redact

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Mark replaces each secret.
const Mark = "[redacted]"

const (
	// minSecret is the length in bytes of the shortest secret to redact. Shorter ones are found in
	// half of all texts, so their removal would spoil the text and reveal them.
	minSecret = 4
	// minPart is the length in bytes from which each part of a secret is redacted like the whole,
	// because a quotation may be cut.
	minPart = 16
	// chunk is the length of the pieces of a secret that are searched for. Each part of minPart
	// bytes contains one whole piece.
	chunk = minPart / 2

	// maxShown is the most bytes of a text to show. A secret that begins there is recognized by the
	// bytes after it, up to maxSearched.
	maxShown    = 2000
	maxSearched = maxShown + 2048
)

// unknown are texts that are secret although nobody has named them: tokens, and private keys.
var unknown = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)*|` +
	`-----BEGIN [A-Z ]*PRIVATE KEY-----[^-\x00]*(-----END [A-Z ]*-----)?`)

// Secrets are known secrets. The zero value has none. It is safe for concurrent use.
type Secrets struct {
	mu     sync.Mutex
	known  map[string]bool
	short  []string          // The secrets without a whole chunk.
	chunks map[string][]part // The places of each chunk of the others.
}

// part is a place in a secret.
type part struct {
	secret string
	at     int
}

// Add adds secrets. Secrets below four bytes are ignored.
func (s *Secrets) Add(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		s.add(secret)
		// The other side may have trimmed it.
		s.add(strings.TrimSpace(secret))
	}
}

func (s *Secrets) add(secret string) {
	if len(secret) < minSecret || s.known[secret] {
		return
	}
	if s.known == nil {
		s.known, s.chunks = map[string]bool{}, map[string][]part{}
	}
	s.known[secret] = true
	if len(secret) < chunk {
		s.short = append(s.short, secret)
	}
	for at := 0; at+chunk <= len(secret); at += chunk {
		piece := secret[at : at+chunk]
		s.chunks[piece] = append(s.chunks[piece], part{secret, at})
	}
}

// Text makes a foreign text fit to be shown: in one line, bounded, without characters that control
// a terminal, and without secrets, whichever encodings hide them.
func (s *Secrets) Text(text string) string {
	shown := min(len(text), maxShown)
	secret := s.find(text[:min(len(text), maxSearched)])
	var out strings.Builder
	for i := range shown {
		switch {
		case !secret[i]:
			out.WriteByte(text[i])
		case i == 0 || !secret[i-1]:
			out.WriteString(Mark)
		}
	}
	clean := Printable(strings.ToValidUTF8(out.String(), string(unicode.ReplacementChar)))
	if len(text) > maxShown || len(clean) > maxShown {
		clean = strings.ToValidUTF8(clean[:min(len(clean), maxShown)], "") + " …"
	}
	return clean
}

// In reports whether a text has a secret.
func (s *Secrets) In(text string) bool {
	return slices.Contains(s.find(text[:min(len(text), maxSearched)]), true)
}

// Error returns an error with the same type as err, whose text is fit to be shown.
func (s *Secrets) Error(err error) error { return clean{err, s.Text(err.Error())} }

// clean is an error with another text.
type clean struct {
	error
	text string
}

func (e clean) Error() string { return e.text }

func (e clean) Unwrap() error { return e.error }

// find returns which bytes of a text belong to a secret.
func (s *Secrets) find(text string) []bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	secret := make([]bool, len(text))
	for f := range formsOf(text) {
		for from, to := range s.matches(f.text) {
			for o := f.originOf(from, to); o.start < o.end; o.start++ {
				secret[o.start] = true
			}
		}
	}
	return secret
}

// matches calls yield with the ends of each secret, and each part of one, in a text.
func (s *Secrets) matches(text string) func(yield func(from, to int) bool) {
	return func(yield func(from, to int) bool) {
		if strings.Contains(text, "eyJ") || strings.Contains(text, "-----BEGIN") { // Fast.
			for _, ends := range unknown.FindAllStringIndex(text, -1) {
				if !yield(ends[0], ends[1]) {
					return
				}
			}
		}
		for _, secret := range s.short {
			for at := 0; ; at += len(secret) {
				next := strings.Index(text[at:], secret)
				if next < 0 {
					break
				}
				at += next
				if !yield(at, at+len(secret)) {
					return
				}
			}
		}
		for at := 0; at+chunk <= len(text); at++ {
			for _, p := range s.chunks[text[at:at+chunk]] {
				from, to := p.extend(text, at)
				if to-from >= min(minPart, len(p.secret)) && !yield(from, to) {
					return
				}
			}
		}
	}
}

// extend returns the ends of the longest part of the secret around the same chunk in a text.
func (p part) extend(text string, at int) (from, to int) {
	from, to = at, at+chunk
	for before := p.at - 1; before >= 0 && from > 0 && p.secret[before] == text[from-1]; before-- {
		from--
	}
	for after := p.at + chunk; after < len(p.secret) && to < len(text) &&
		p.secret[after] == text[to]; after++ {
		to++
	}
	return from, to
}

// Printable turns foreign text into one line without characters that move the cursor, change colors
// or hide other text.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		default:
			return unicode.ReplacementChar
		}
	}, text)
}
