// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// Quote returns what the API answered, in one line without a full stop.
func Quote(answer *m2m.Error) string {
	text := fmt.Sprintf("%d %s", answer.Status, http.StatusText(answer.Status))
	if answer.Code != "" {
		text += " (" + answer.Code + ")"
	}
	if answer.Message != "" {
		text += ": " + strings.TrimSuffix(answer.Message, ".")
	}
	if answer.RequestID != "" {
		text += " [request " + answer.RequestID + "]"
	}
	return text
}

// Tried says how often and for how long a request was tried. It is empty for a single attempt.
func Tried(answer *m2m.Error) string {
	if answer.Attempts < 2 {
		return ""
	}
	return fmt.Sprintf(
		"The request was tried %d times in %s.", answer.Attempts,
		answer.Elapsed.Round(100*time.Millisecond),
	)
}

// Paragraphs joins the non-empty parts of a text with blank lines.
func Paragraphs(parts ...string) string {
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, "\n\n")
}

// Capitalize makes the first letter of a sentence upper case.
func Capitalize(sentence string) string {
	return strings.ToUpper(sentence[:1]) + sentence[1:]
}
