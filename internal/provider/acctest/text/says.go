// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package text

import (
	"regexp"
	"strings"
)

// Says matches an error regardless of how Terraform wraps its lines. An ellipsis stands for any
// text.
func Says(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	pattern := strings.Join(words, `[\s│]+`)
	return regexp.MustCompile(strings.ReplaceAll(pattern, `[\s│]+…`, `(?s:.*)`))
}
