// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package bounded

import (
	"errors"
	"io"
	"unicode/utf8"
)

const (
	// valueWeight is the weight of a value beyond its text: about what an item of a slice takes.
	valueWeight = 24
	// damaged is how many bytes a byte takes that is not UTF-8, because it is decoded as U+FFFD.
	damaged = len(string(utf8.RuneError))
)

// guard passes a text through and counts what is in it. The JSON decoder checks the grammar.
type guard struct {
	from    io.Reader
	bounds  Bounds
	start   int   // Where the current object begins.
	failure error // Why the text cannot be read on.

	size   int
	weight int
	begun  bool // There is something other than white space.
	first  byte // The first byte of that.
	depth  int
	quoted bool // Within a string.
	escape bool // After a backslash.
	length int  // Of the string so far.
}

// Read implements io.Reader.
func (g *guard) Read(p []byte) (int, error) {
	if g.failure == nil && g.size-g.start > g.bounds.Object {
		g.failure = &LimitError{Object: g.bounds.Object}
	}
	if g.failure != nil {
		return 0, g.failure
	}
	n, err := g.from.Read(p[:min(len(p), g.bounds.Size+1-g.size)])
	if g.failure = g.count(p[:n]); g.failure != nil {
		return 0, g.failure
	}
	g.failure = err
	return n, err
}

// failed returns why the text could not be read to its end; nil if it was.
func (g *guard) failed() error {
	if errors.Is(g.failure, io.EOF) {
		return nil
	}
	return g.failure
}

func (g *guard) count(text []byte) error {
	if g.size += len(text); g.size > g.bounds.Size {
		return &LimitError{Size: g.bounds.Size}
	}
	weight := 0
	for _, b := range text {
		weight++
		if b >= utf8.RuneSelf {
			weight += damaged - 1
		}
		if !g.begun && !isSpace(b) {
			g.begun, g.first = true, b
		}
		if g.quoted {
			if err := g.inString(b); err != nil {
				return err
			}
			continue
		}
		switch b {
		case '"':
			g.quoted, g.length = true, 0
		case ',':
			weight += valueWeight
		case '{', '[':
			weight += valueWeight
			if g.depth++; g.depth > g.bounds.Depth {
				return &LimitError{Depth: g.bounds.Depth}
			}
		case '}', ']':
			g.depth--
		}
	}
	return g.weigh(weight)
}

func (g *guard) inString(b byte) error {
	switch {
	case g.escape:
		g.escape = false
	case b == '\\':
		g.escape = true
	case b == '"':
		g.quoted = false
	}
	if g.length++; g.length > g.bounds.String+1 { // The closing quote counts.
		return &LimitError{String: g.bounds.String}
	}
	return nil
}

func (g *guard) weigh(weight int) error {
	if g.weight += weight; g.weight > g.bounds.Memory {
		return &LimitError{Memory: g.bounds.Memory}
	}
	return nil
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\r' || b == '\t' }
