// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package bounded

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The errors of this package continue a sentence about the text.

// ErrForm means that the text is JSON, but not of the expected form.
var ErrForm = errors.New("does not have the expected form")

// SyntaxError means that the text is not JSON.
type SyntaxError struct {
	Empty bool // There is no text.
	Cut   bool // The text ends too early.
}

func (e *SyntaxError) Error() string {
	switch {
	case e.Empty:
		return "is empty"
	case e.Cut:
		return "ends too early"
	default:
		return "is not JSON"
	}
}

// LimitError names the bound that a text exceeds. All other bounds are zero.
type LimitError Bounds

func (e *LimitError) Error() string {
	switch {
	case e.Size > 0:
		return "is larger than " + size(e.Size)
	case e.Object > 0:
		return "has an object larger than " + size(e.Object)
	case e.String > 0:
		return "has a string longer than " + size(e.String)
	case e.Depth > 0:
		return fmt.Sprintf("is nested more than %d levels deep", e.Depth)
	case e.Items > 0:
		return fmt.Sprintf("has more than the %d items that were asked for", e.Items)
	default:
		return "would take more than " + size(e.Memory) + " of memory"
	}
}

func size(bytes int) string {
	if bytes%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%d KiB", bytes>>10)
}

// explain turns an error of encoding/json into an error of this package.
func explain(err error, text *guard) error {
	var syntax *json.SyntaxError
	switch {
	case !text.begun:
		return &SyntaxError{Empty: true}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &SyntaxError{Cut: true}
	case errors.As(err, &syntax):
		return &SyntaxError{}
	default:
		return ErrForm
	}
}
