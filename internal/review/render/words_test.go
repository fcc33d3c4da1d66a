// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render_test

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/render"
)

func TestText_verdictComesFirst(t *testing.T) {
	t.Parallel()
	gains := func(client, api, scope string) review.Change {
		return change(access.Gained, client, api, scope, "m2m_client_grant.a")
	}
	risky := gains("a", orders, "delete:orders")
	risky.Risks = []review.Risk{destructive}
	for want, report := range map[string]review.Report{
		"NEUTRAL: the plans hold nothing that decides about access": {Verdict: review.Neutral},
		"NEUTRAL: nobody gains or loses access":                     {Verdict: review.Neutral, Relevant: 1},
		"WIDENS: 2 clients gain 3 scopes at 2 APIs; 1 high risk; 1 client loses 1 scope at 1 API": {
			Verdict: review.Widens, Changes: []review.Change{
				gains("a", orders, access.NoScope), risky, gains("a", orders, "read:orders"),
				gains("b", orders, "read:orders"), gains("b", billing, "read:orders"),
				change(access.Lost, "c", orders, "x", "a"),
			},
		},
		"WIDENS: 1 client and all third-party clients gain all scopes of 1 API and 1 scope at 1 API": {
			Verdict: review.Widens, Changes: []review.Change{
				gains("a", orders, access.AllScopes), gains(access.ThirdPartyClients, billing, "x"),
			},
		},
		"WIDENS: all first-party clients gain tokens without scopes for 1 API": {
			Verdict: review.Widens,
			Changes: []review.Change{gains(access.FirstPartyClients, orders, access.NoScope)},
		},
		"UNKNOWN: 1 client may gain or lose 1 scope at 1 API, known only after the apply; 1 other effect is unclear": {
			Verdict: review.Unknown,
			Changes: []review.Change{change(access.Undecided, "a", orders, "x", "a")},
			Notes:   []review.Note{{Verdict: review.Unknown, Title: "x"}, {Verdict: review.Neutral, Title: "x"}},
		},
		"NARROWS: 2 other effects narrow access": {
			Verdict: review.Narrows,
			Notes:   []review.Note{{Verdict: review.Narrows, Title: "x"}, {Verdict: review.Narrows, Title: "y"}},
		},
	} {
		text := rendered(t, formats["txt"], report)
		verdict, _, _ := strings.Cut(text, "\n\n")
		if got := strings.Join(strings.Fields(verdict), " "); got != want {
			t.Errorf("the verdict is\n%s, want\n%s", got, want)
		}
	}
}

func TestText_tokensLast(t *testing.T) {
	t.Parallel()
	for lasts, want := range map[time.Duration]string{
		0: "until they expire", time.Second: "for up to 1 s", 90 * time.Minute: "for up to 1 h 30 min",
		24 * time.Hour: "for up to 24 h", 48 * time.Hour: "for up to 2 days",
		49*time.Hour + time.Minute: "for up to 2 days 1 h", 30 * 24 * time.Hour: "for up to 30 days",
	} {
		c := change(access.Lost, "a", orders, "x", "a")
		c.TokensLast = lasts
		text := rendered(t, formats["txt"], review.Report{Changes: []review.Change{c}})
		if !strings.Contains(text, "tokens issued before stay valid "+want+"\n") {
			t.Errorf("%s is not %q in\n%s", lasts, want, text)
		}
	}
}

// TestText_collapsesRows checks that changes are one row only if nothing but the scope differs.
func TestText_collapsesRows(t *testing.T) {
	t.Parallel()
	base := change(access.Gained, "a", orders, "x", "one")
	for name, differ := range map[string]func(*review.Change){
		"effect": func(c *review.Change) { c.Effect = access.Lost }, "API": func(c *review.Change) { c.API = billing },
		"client":       func(c *review.Change) { c.Client = "b" },
		"subject type": func(c *review.Change) { c.SubjectType = access.User },
		"organization": func(c *review.Change) { c.Organization = "org_1" },
		"address":      func(c *review.Change) { c.Addresses = []string{"two"} },
		"addresses":    func(c *review.Change) { c.Addresses = []string{"one", "two"} },
		"reason":       func(c *review.Change) { c.Reason = "Because." },
	} {
		other := base
		other.Scope = "y"
		differ(&other)
		text := rendered(t, formats["txt"], review.Report{Changes: []review.Change{base, other}})
		if strings.Contains(text, "x, y") {
			t.Errorf("rows that differ in the %s are one:\n%s", name, text)
		}
	}
	other := base
	other.Scope = "y"
	if text := rendered(t, formats["txt"], review.Report{Changes: []review.Change{base, other}}); !strings.Contains(text, "+   x, y\n") {
		t.Errorf("equal rows are not one:\n%s", text)
	}
}

func TestText_fitsATerminal(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(rendered(t, formats["txt"], small())) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("a line has %d columns: %s", n, line)
		}
	}
}

func TestFormats_shortenLongTexts(t *testing.T) {
	t.Parallel()
	long := "head" + strings.Repeat("x", 10_000) + "tail"
	for _, name := range []string{"txt", "md", "html"} {
		text := rendered(t, formats[name], hostile(long))
		if strings.Contains(text, strings.Repeat("x", 601)) {
			t.Errorf("%s shows a long text in full", name)
		}
		if !strings.Contains(text, "head"+strings.Repeat("x", 36)+"…"+strings.Repeat("x", 35)+"tail") {
			t.Errorf("%s does not show both ends of a long name", name)
		}
	}
}

// TestMarkdown_limit checks that what is shown and what is said to be left out is everything.
func TestMarkdown_limit(t *testing.T) {
	t.Parallel()
	report := large(2000)
	report.Notes = make([]review.Note, 500)
	for i := range report.Notes {
		report.Notes[i] = review.Note{Verdict: review.Widens, Title: "A setting is weaker", Address: fmt.Sprint("a.", i)}
	}
	rows := regexp.MustCompile(`(?m)^[+?-]   [a-z]`)
	notes := regexp.MustCompile(`(?m)^\+   A setting`)
	left := regexp.MustCompile(`limited: ([0-9]+) (row|note)`)
	var all int
	for _, limit := range []int{0, 1000, 5000, 20_000, 65_536, 10_000_000} {
		comment := markdownOf(t, report, limit)
		if len(comment) > cmp.Or(limit, render.CommentLimit) {
			t.Errorf("with a limit of %d, the comment has %d bytes", limit, len(comment))
		}
		counted := map[string]int{
			"row": len(rows.FindAllString(comment, -1)), "note": len(notes.FindAllString(comment, -1)),
		}
		for _, found := range left.FindAllStringSubmatch(comment, -1) {
			n, err := strconv.Atoi(found[1])
			if err != nil {
				t.Fatal(err)
			}
			counted[found[2]] += n
		}
		if all == 0 {
			all = counted["row"]
		}
		if counted["note"] != 500 || counted["row"] != all || all == 0 {
			t.Errorf("with a limit of %d, %d rows and %d notes are shown or counted, want %d and 500",
				limit, counted["row"], counted["note"], all)
		}
		if open, closed := strings.Count(comment, "<details"), strings.Count(comment, "</details>"); open != closed {
			t.Errorf("with a limit of %d, %d sections open and %d close", limit, open, closed)
		}
	}
}

// TestMarkdown_manyScopes checks that nobody can hide a dangerous scope behind many others.
func TestMarkdown_manyScopes(t *testing.T) {
	t.Parallel()
	var report review.Report
	for i := range 20_000 {
		report.Changes = append(report.Changes, change(access.Gained, "a", orders, fmt.Sprint("a", i), "m2m_client_grant.a"))
	}
	bad := change(access.Gained, "a", orders, "zap:orders", "m2m_client_grant.a")
	bad.Risks = []review.Risk{destructive}
	report.Changes = append(report.Changes, bad)
	comment := markdownOf(t, report, 0)
	if !strings.Contains(comment, "+   zap:orders, a0, ") || len(comment) > render.CommentLimit {
		t.Errorf("the comment of %d bytes does not show the dangerous scope first:\n%.500s", len(comment), comment)
	}
	if !strings.Contains(comment, " rows.\n") {
		t.Error("the comment does not say that rows are left out")
	}
}

func markdownOf(t *testing.T, r review.Report, limit int) string {
	t.Helper()
	var b strings.Builder
	if err := render.Markdown(&b, r, limit); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestHTML_worstIsInTheCorner checks the order of the picture: small screens show its corner only.
func TestHTML_worstIsInTheCorner(t *testing.T) {
	t.Parallel()
	bad := change(access.Gained, "z", "https://z.example.com", "delete:all", "a")
	bad.Risks = []review.Risk{destructive}
	page := rendered(t, formats["html"], review.Report{
		Changes: []review.Change{
			change(access.Lost, "a", "https://a.example.com", "x", "a"),
			change(access.Gained, "b", "https://b.example.com", "x", "a"), bad,
		},
		Before: has("a", "https://same.example.com", "x"),
	})
	names := regexp.MustCompile(`<th scope="(?:col|row)"[^>]*>(?:<a [^>]*>)?<bdi class="name">([^<]*)`)
	var got []string
	for _, found := range names.FindAllStringSubmatch(page, -1) {
		got = append(got, strings.TrimSuffix(strings.TrimPrefix(found[1], "https://"), ".example.com"))
	}
	if want := "z b a same z b a"; strings.Join(got, " ") != want {
		t.Errorf("the columns and rows are %v, want %s", got, want)
	}
}

func TestHTML_pictureIsBounded(t *testing.T) {
	t.Parallel()
	var report review.Report
	for i := range 1000 {
		c := change(access.Gained, fmt.Sprint("client", i), fmt.Sprint("api", i), "x", "a")
		report.Changes = append(report.Changes, c)
	}
	page := rendered(t, formats["html"], report)
	if n := strings.Count(page, "<td"); n != 200*300 {
		t.Errorf("the picture has %d cells, want 60,000", n)
	}
	if !strings.Contains(page, "Not in the picture: 800 APIs and 700 clients.") {
		t.Error("the page does not say what is not in the picture")
	}
	if n := strings.Count(page, "<details"); n != 1000 {
		t.Errorf("the page has the changes of %d clients, want all", n)
	}
}
