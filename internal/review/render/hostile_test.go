// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	markdown "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/render"
)

func TestFormats_hostileTextsStayTexts(t *testing.T) {
	t.Parallel()
	for _, attack := range attacks {
		checkHostile(t, attack)
	}
	checkHostile(t, strings.Repeat("a`|<", 2500)) // 10 KB.
}

func FuzzFormats(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack)
	}
	f.Fuzz(func(t *testing.T, attack string) {
		if attack == "" {
			t.Skip("An empty text has a meaning; the other inputs run.")
		}
		checkHostile(t, attack)
	})
}

func checkHostile(t *testing.T, attack string) {
	t.Helper()
	report := hostile(attack)
	plain := hostile("x")

	text := rendered(t, formats["txt"], report)
	if i := strings.IndexFunc(text, forbidden); i >= 0 {
		t.Errorf("text of %q has %q", attack, text[i:min(i+20, len(text))])
	}
	if strings.Contains(colorless(rendered(t, formats["ansi"], report)), "\x1b") {
		t.Errorf("coloured text of %q has escape sequences that are not ours", attack)
	}
	// Lines that start with something else than a space or a symbol are ours.
	ours := regexp.MustCompile(`^($| |[+?-] {3}|WIDENS: |Client( |$)|Notes$)`)
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); !ours.MatchString(line) {
			t.Errorf("text of %q has the line %q", attack, line)
		}
	}

	page := rendered(t, formats["html"], report)
	checkTags(t, "HTML", attack, tags(t, page), tags(t, rendered(t, formats["html"], plain)))
	if i := strings.IndexFunc(page, forbidden); i >= 0 {
		t.Errorf("HTML of %q has %q", attack, page[i:min(i+20, len(page))])
	}

	comment := rendered(t, formats["md"], report)
	if i := strings.IndexFunc(comment, forbidden); i >= 0 {
		t.Errorf("Markdown of %q has %q", attack, comment[i:min(i+20, len(comment))])
	}
	shown := markdownPage(t, comment)
	checkTags(t, "Markdown", attack, tags(t, shown),
		tags(t, markdownPage(t, rendered(t, formats["md"], plain))))
	checkOnlyInCode(t, attack, shown)

	checkDecodes(t, attack)
}

// forbidden reports whether no format may have a character.
func forbidden(char rune) bool {
	return unicode.IsControl(char) && char != '\n' || '\u202a' <= char && char <= '\u202e' ||
		'\u2066' <= char && char <= '\u2069' || char == '\u2028' || char == '\u2029'
}

// colorless removes the styles that we use.
func colorless(text string) string {
	return regexp.MustCompile(`\x1b\[[0-9;]+m`).ReplaceAllString(text, "")
}

// tags returns the elements of a page in order, with the names of their attributes and what they
// link to. A browser may add lines to text, which are not in it.
func tags(t *testing.T, page string) []string {
	t.Helper()
	var found []string
	for tokens := html.NewTokenizer(strings.NewReader(page)); ; {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			if !errors.Is(tokens.Err(), io.EOF) {
				t.Fatal(tokens.Err())
			}
			return found
		case html.TextToken:
		default:
			token := tokens.Token()
			tag := kind.String() + " " + token.Data
			if kind == html.CommentToken || kind == html.DoctypeToken {
				tag = kind.String()
			}
			for _, attribute := range token.Attr {
				tag += " " + attribute.Key
				if slices.Contains([]string{"href", "src", "id", "class"}, attribute.Key) {
					tag += "=" + attribute.Val
				}
			}
			found = append(found, tag)
		}
	}
}

// checkTags checks that a hostile page has only the elements of a harmless page. There may be
// more or fewer of them, as hostile values can be equal to others.
func checkTags(t *testing.T, format, attack string, got, want []string) {
	t.Helper()
	for _, tag := range got {
		if !slices.Contains(want, tag) {
			t.Errorf("%s of %q has the element %q", format, attack, tag)
			return
		}
	}
}

// markdownPage renders Markdown as GitHub does, without removing what is dangerous.
func markdownPage(t *testing.T, comment string) string {
	t.Helper()
	var page bytes.Buffer
	converter := goldmark.New(
		goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(markdown.WithUnsafe()))
	if err := converter.Convert([]byte(comment), &page); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// checkOnlyInCode checks that the texts of a plan are in code. GitHub links mentions and issues
// elsewhere, after it has rendered the Markdown.
func checkOnlyInCode(t *testing.T, attack, page string) {
	t.Helper()
	code := 0
	for tokens := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return
		}
		switch token := tokens.Token(); {
		case kind == html.StartTagToken && token.Data == "code":
			code++
		case kind == html.EndTagToken && token.Data == "code":
			code--
		case kind == html.TextToken && code == 0 && strings.ContainsAny(token.Data, "@#`|<>[]\\"):
			t.Errorf("Markdown of %q shows %q outside code", attack, token.Data)
		}
	}
}

// checkDecodes checks that programs get the text as it came.
func checkDecodes(t *testing.T, attack string) {
	t.Helper()
	want := strings.ToValidUTF8(attack, "\ufffd")
	if !utf8.ValidString(attack) {
		return // JSON cannot hold the text.
	}
	report := rendered(t, render.JSON, hostile(attack))
	var decoded struct {
		Changes []struct {
			Scope     string
			Client    struct{ ID, Name string }
			Addresses []string
		}
		Notes []struct{ Title string }
	}
	if err := json.Unmarshal([]byte(report), &decoded); err != nil {
		t.Fatalf("JSON of %q: %v", attack, err)
	}
	for what, got := range map[string]string{
		"scope": decoded.Changes[0].Scope, "client": decoded.Changes[0].Client.ID,
		"name": decoded.Changes[2].Client.Name, "address": decoded.Changes[0].Addresses[1],
		"title": decoded.Notes[0].Title,
	} {
		if got != want {
			t.Errorf("JSON of %q has the %s %q", attack, what, got)
		}
	}
	sarif := rendered(t, formats["sarif"], hostile(attack))
	var log sarifLog
	if err := json.Unmarshal([]byte(sarif), &log); err != nil {
		t.Fatalf("SARIF of %q: %v", attack, err)
	}
	result := log.Runs[0].Results[0]
	if got := result.Properties["scope"]; got != want {
		t.Errorf("SARIF of %q has the scope %q", attack, got)
	}
	if got := result.Locations[0].LogicalLocations[0].FullyQualifiedName; got != want {
		t.Errorf("SARIF of %q has the address %q", attack, got)
	}
	// In a message, [text](target) is a link, if no backslash is before the brackets.
	if m := regexp.MustCompile(`(^|[^\\])(\\\\)*[\[\]]`).FindString(result.Message.Text); m != "" {
		t.Errorf("SARIF of %q has a bracket of a link in its message: "+
			"%q", attack, result.Message.Text)
	}
	for name, document := range map[string]string{"JSON": report, "SARIF": sarif} {
		if i := strings.IndexFunc(document, func(char rune) bool {
			return char != '\u2028' && char != '\u2029' && forbidden(char)
		}); i >= 0 {
			t.Errorf("%s of %q has %q", name, attack, document[i:min(i+20, len(document))])
		}
	}
}
