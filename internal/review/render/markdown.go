// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render

import (
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
)

// CommentLimit is the most characters of a comment on GitHub. Bytes are counted, which are never
// fewer.
const CommentLimit = 65536

// CommentMarker is the first line of the Markdown. It does not show, and lets a workflow find the
// comment that it must update.
const CommentMarker = "<!-- m2m-review -->"

const (
	markdownWidth = 100
	// openClients is the number of clients whose changes are not collapsed.
	openClients = 10
)

// Markdown writes a report as a comment for a pull request. The comment has at most limit
// bytes; 0 means CommentLimit. The most important changes come first, and the comment says how
// many are left out.
//
// Texts of a plan are only in code: there, GitHub and GitLab link no mentions, issues or addresses.
func Markdown(w io.Writer, r review.Report, limit int) error {
	if limit == 0 {
		limit = CommentLimit
	}
	p := newPage(r)
	verdict, sentence, _ := strings.Cut(p.Summary, ": ")
	head := CommentMarker + "\n\n### Access review: " + verdict + "\n\n" +
		strings.ToUpper(sentence[:1]) + sentence[1:] + ".\n"
	// Room for the sentences that say what is left out.
	room := limit - len(head) - 300
	notes, leftNotes := p.markdownNotes(room / 2)
	clients, left := p.markdownClients(room - len(notes))
	if left != "" {
		clients += "\n" + left
	}
	if leftNotes > 0 {
		notes += fmt.Sprintf("\nLeft out, because the size of a comment is limited: %s.\n",
			count(leftNotes, "note", "notes"))
	}
	_, err := io.WriteString(w, head+clients+notes)
	return err
}

// markdownClients returns the changes that have room, and a sentence about the others.
func (p page) markdownClients(room int) (text, left string) {
	var b strings.Builder
	leftClients, leftRows := 0, 0
	for i, client := range p.Clients {
		var blocks [][]line
		for _, api := range client.APIs {
			for j, row := range api.Rows {
				if j == 0 {
					blocks = append(blocks, append(
						wrapped("  ", api.Title, markdownWidth, "    ", ""),
						row.lines(markdownWidth)...))
					continue
				}
				blocks = append(blocks, row.lines(markdownWidth))
			}
		}
		open := i < openClients && client.Effect != access.Lost
		section, rest := details(client.Title, client.Summary, open, blocks, room)
		room -= len(section)
		leftRows += rest
		if section == "" {
			leftClients++
		}
		b.WriteString(section)
	}
	if leftRows == 0 {
		return b.String(), ""
	}
	left = count(leftRows, "row", "rows")
	if leftClients > 0 {
		left += fmt.Sprintf(", with all of %s", count(leftClients, "client", "clients"))
	}
	return b.String(), "Left out, because the size of a comment is limited: " + left + ".\n"
}

func (p page) markdownNotes(room int) (text string, left int) {
	if len(p.Notes) == 0 {
		return "", 0
	}
	var blocks [][]line
	for _, note := range p.Notes {
		blocks = append(blocks, note.lines(markdownWidth))
	}
	open := p.Notes[0].Verdict != review.Neutral
	return details("Notes", count(len(p.Notes), "note", "notes"), open, blocks, room)
}

// details returns a section with the blocks that have room, and the number of the others. It is
// empty if no block has room.
func details(title, summary string, open bool, blocks [][]line, room int) (text string, left int) {
	attribute := ""
	if open {
		attribute = " open"
	}
	head := fmt.Sprintf("\n<details%s>\n<summary><code>%s</code>: %s</summary>\n\n",
		attribute, html.EscapeString(title), html.EscapeString(summary))
	var content strings.Builder
	longest := 0
	room -= len(head) + len("diff\n\n</details>\n")
	for i, block := range blocks {
		var b strings.Builder
		for _, line := range block {
			b.WriteString(line.text + "\n")
		}
		// A fence ends at a line with as many backticks.
		fence := max(longest, backticks(b.String()))
		size := len(b.String())
		if size+2*fenceLength(fence)+2 > room {
			left = len(blocks) - i
			break
		}
		room, longest = room-size, fence
		content.WriteString(b.String())
	}
	if content.Len() == 0 {
		return "", left
	}
	fence := strings.Repeat("`", fenceLength(longest))
	return head + fence + "diff\n" + content.String() + fence + "\n\n</details>\n", left
}

func fenceLength(backticks int) int { return max(3, backticks+1) }

// backticks is the length of the longest run of backticks.
func backticks(text string) int {
	longest, run := 0, 0
	for _, char := range text {
		if char != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
