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

// redactor knows the secrets that must not leave.
type redactor struct {
	mu      sync.Mutex
	secrets []string
}

// minSecret is the length, in bytes, below which a secret is no secret and taking
// it out of a sentence would only spoil it.
const minSecret = 4

// add makes known a secret, and the form that it has in a URL or a form body.
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
	// The longest first, as one secret may be the beginning of another.
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
}

const maxMessage = 2000

var jwtShaped = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_.-]*`)

// redact bounds a message and takes out of it every secret that we know of,
// everything that looks like a token, and what a terminal would obey.
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

// printable makes one line of the words of others, in which no character moves the
// cursor, changes colors or hides what stands beside it.
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
