// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// redactor removes secrets from texts.
type redactor struct {
	mu      sync.Mutex
	secrets []string
}

// minSecret is the length in bytes of the shortest secret to redact. Removing a shorter one would
// only spoil the text.
const minSecret = 4

// add adds a secret, and its form in a URL or a form body.
func (r *redactor) add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range secrets {
		if len(s) >= minSecret && !slices.Contains(r.secrets, s) {
			r.secrets = append(r.secrets, s)
			if escaped := url.QueryEscape(s); escaped != s {
				r.secrets = append(r.secrets, escaped)
			}
		}
	}
	// The longest first, because one secret may be the beginning of another.
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
}

const maxMessage = 2000

var jwtShaped = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_.-]*`)

// redact bounds a message and removes every known secret, everything that looks like a token, and
// characters that control a terminal.
func (r *redactor) redact(message string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.secrets {
		message = strings.ReplaceAll(message, s, "[redacted]")
	}
	message = printable(jwtShaped.ReplaceAllString(message, "[redacted]"))
	if len(message) > maxMessage {
		message = strings.ToValidUTF8(message[:maxMessage], "") + " …"
	}
	return message
}

// printable turns foreign text into one line without characters that move the cursor, change colors
// or hide other text.
func printable(text string) string {
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
