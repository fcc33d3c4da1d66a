// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// Quote returns what the API answered, in one line without a full stop.
func Quote(answer *rest.Error) string {
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

// longAttempt is how long a single attempt takes that is worth a sentence.
const longAttempt = 10 * time.Second

// Tried says how often and for how long a request was tried, and what it waited for. It is empty
// for a short attempt without a wait.
func Tried(t rest.Tries) string {
	if t.Attempts < 2 && t.Limited == 0 && t.Elapsed < longAttempt {
		return ""
	}
	said := "The request was not sent."
	if t.Attempts > 0 {
		said = fmt.Sprintf("The request was tried %s in %s.", times(t.Attempts), short(t.Elapsed))
	}
	var waits []string
	if t.Limited > 0 {
		waits = append(waits, short(t.Limited)+" for the tenant's rate limit")
	}
	if t.Paused > 0 {
		waits = append(waits, short(t.Paused)+" between attempts")
	}
	if len(waits) == 0 {
		return said
	}
	return said + " It waited " + strings.Join(waits, " and ") +
		". The provider's retry_timeout bounds this time."
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func short(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }

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
