// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// problem is a mistake of the caller.
type problem struct {
	status int
	text   string
}

func (r *problem) Error() string { return r.text }

func bad(format string, args ...any) error {
	return &problem{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

var errNotServed = &problem{
	http.StatusServiceUnavailable, "The tenant is not being served. Wait until GET /ready " +
		"returns 200.",
}

// failure returns the status and the text for an error.
func failure(err error) (status int, text string) {
	if refused, ok := errors.AsType[*problem](err); ok {
		return refused.status, refused.text
	}
	return http.StatusInternalServerError, fmt.Sprintf("The server could not do this: %v.", err)
}

// problemBody is the body of every error.
func problemBody(text string) any {
	return struct {
		Error string `json:"error"`
	}{text}
}

// unreadable explains why a body could not be read.
func unreadable(err error) error {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &problem{
			http.StatusRequestEntityTooLarge,
			fmt.Sprintf("The body is larger than %d bytes.", tooLarge.Limit),
		}
	}
	return bad("The body cannot be read: %v.", err)
}

// decodeStrict decodes a body, regardless of its content type. Its errors contain no values.
func decodeStrict(body []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(target)
	if err == nil {
		if _, end := decoder.Token(); errors.Is(end, io.EOF) {
			return nil
		}
		err = errors.New("data follows the JSON value")
	}
	cause := strings.TrimPrefix(err.Error(), "json: ")
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		cause = fmt.Sprintf("%s cannot be a %s", mismatch.Field, mismatch.Value)
		if mismatch.Field == "" {
			cause = "it cannot be a " + mismatch.Value
		}
	}
	return bad("The body is not the expected JSON: %s.", cause)
}
