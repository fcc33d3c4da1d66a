// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
)

// textWidth is the width of a terminal.
const textWidth = 80

// Text writes a report for a terminal.
func Text(w io.Writer, r review.Report, color bool) error {
	p := newPage(r)
	out := bufio.NewWriter(w)
	write := func(lines ...line) {
		for _, l := range lines {
			fmt.Fprintln(out, l.paint(color))
		}
	}
	write(wrapped("", p.Summary, textWidth, "  ", verdictStyle[p.Verdict])...)
	for _, client := range p.Clients {
		write(line{})
		write(wrapped("", client.Title+": "+client.Summary, textWidth, "  ", bold)...)
		for _, api := range client.APIs {
			write(api.lines(textWidth)...)
		}
	}
	if len(p.Notes) > 0 {
		write(line{}, line{"Notes", bold})
	}
	for _, note := range p.Notes {
		write(note.lines(textWidth)...)
	}
	return out.Flush()
}

// line is a line of text. Lines about a change start with its symbol, as in a diff, so that tools
// that know diffs can colour them.
type line struct {
	text  string
	style style
}

// style is the number of a terminal's style.
type style string

const (
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
)

var verdictStyle = map[review.Verdict]style{
	review.Widens: bold + ";" + yellow, review.Unknown: bold + ";" + yellow,
	review.Narrows: bold, review.Neutral: bold,
}

var effectStyle = map[string]style{"+": green, "-": red, "?": yellow}

var riskStyle = map[review.Severity]style{review.High: bold + ";" + red, review.Medium: yellow}

func (l line) paint(color bool) string {
	if !color || l.style == "" || l.text == "" {
		return l.text
	}
	return "\x1b[" + string(l.style) + "m" + l.text + "\x1b[0m"
}

func (a api) lines(width int) []line {
	lines := wrapped("  ", a.Title, width, "    ", "")
	for _, row := range a.Rows {
		lines = append(lines, row.lines(width)...)
	}
	return lines
}

func (r row) lines(width int) []line {
	mark := symbol(r.Effect)
	lines := wrapped(mark+"   ", strings.Join(r.Scopes, ", "), width, mark+"   ", effectStyle[mark])
	detail := func(text string, s style) {
		lines = append(lines, wrapped("      ", text, width, "        ", s)...)
	}
	detail(r.Tokens, "")
	if r.Effect == access.Undecided {
		detail("known only after the apply", "")
	}
	if len(r.Addresses) > 0 {
		detail("by "+strings.Join(r.Addresses, ", "), dim)
	}
	if r.Reason != "" {
		detail(r.Reason, "")
	}
	if r.Lasts != "" {
		detail(r.Lasts, "")
	}
	return append(lines, riskLines(r.Risks, width)...)
}

func (n note) lines(width int) []line {
	mark := symbol(n.Effect())
	title := n.Title
	switch n.Verdict {
	case review.Widens, review.Narrows:
		title += " (" + strings.ToLower(string(n.Verdict)) + " access)"
	case review.Unknown:
		title += " (unclear)"
	case review.Neutral:
	}
	lines := wrapped(mark+"   ", title, width, mark+"   ", effectStyle[mark])
	if n.Address != "" {
		lines = append(lines, wrapped("      ", "by "+n.Address, width, "        ", dim)...)
	}
	if n.Text != "" {
		lines = append(lines, wrapped("      ", n.Text, width, "      ", "")...)
	}
	return append(lines, riskLines(n.Risks, width)...)
}

func riskLines(risks []risk, width int) []line {
	var lines []line
	for _, r := range risks {
		s, text := riskStyle[r.Severity], r.Label()+": "+r.Explanation()
		if r.Allowed != "" {
			s = ""
		}
		if r.rank() == 0 {
			text = "HIGH" + strings.TrimPrefix(text, string(review.High))
		}
		lines = append(lines, wrapped("      ", text, width, "        ", s)...)
	}
	return lines
}

// wrapped breaks a text into lines at spaces. A longer word has a line of its own.
func wrapped(first, text string, width int, rest string, s style) []line {
	var lines []line
	current, empty := first, true
	for word := range strings.FieldsSeq(text) {
		if !empty && utf8.RuneCountInString(current)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, line{current, s})
			current, empty = rest, true
		}
		if !empty {
			current += " "
		}
		current, empty = current+word, false
	}
	return append(lines, line{current, s})
}
