// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
)

// ending says how an exchange ends on the wire.
type ending int

const (
	answered         ending = iota
	closedUnanswered        // The connection is closed in place of an answer.
	resetUnanswered         // The connection is reset in place of an answer.
	truncated               // The connection is closed in the middle of the answer.
)

// reply is what a handler returns; it is written in one place.
type reply struct {
	status int
	header http.Header
	body   []byte
	ending ending
}

// encode writes JSON as the API does: without escaping <, > and &, which stand in some of its messages.
func encode(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(fmt.Sprintf("testserver: encode %T: %v", v, err)) // Only a type that cannot be JSON gets here.
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// respond is an answer of the Management API, with the headers of API contract 1.1. One without content names a content
// type all the same.
func respond(status int, v any) reply {
	answer := reply{status: status, header: http.Header{
		"Content-Type":  {"application/json; charset=utf-8"},
		"Cache-Control": {"no-cache"},
		"Vary":          {"origin,accept-encoding"},
		// ASSUMED: the value; the contract shows that the header is there. Real ones hold for a year, and on localhost a
		// browser would keep a developer from every other server that speaks plain HTTP.
		"Strict-Transport-Security": {"max-age=1"},
	}}
	if v != nil {
		answer.body = encode(v)
	}
	return answer
}

// problemBody is the error body of the Management API (API contract 1.2).
type problemBody struct {
	StatusCode int               `json:"statusCode"`
	Error      string            `json:"error"`
	Message    string            `json:"message"`
	Attributes map[string]string `json:"attributes,omitzero"`
	ErrorCode  string            `json:"errorCode,omitzero"`
}

// with adds headers.
func (a reply) with(header http.Header) reply {
	maps.Copy(a.header, header)
	return a
}

// write sends the reply, or ends the connection without one.
func (a reply) write(w http.ResponseWriter) {
	if a.ending == closedUnanswered || a.ending == resetUnanswered {
		hangUp(w, a.ending)
		return
	}
	maps.Copy(w.Header(), a.header)
	if a.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if a.ending == truncated {
		breakOff(w, a.body)
		return
	}
	_, _ = w.Write(a.body) // A client that has gone needs no answer.
}
