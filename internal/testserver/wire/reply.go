// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// Reply is a complete response to a request. Write sends it.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	Ending Ending
}

// Encode encodes JSON as the API does: it does not escape <, > and &, which appear in some of the
// API's messages.
func Encode(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		// Only a type that JSON cannot represent gets here.
		panic(fmt.Sprintf("testserver: encode %T: %v", v, err))
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// Respond returns a reply of the Management API with the headers of API contract 1.1. A reply
// without a body has a content type too.
func Respond(status int, v any) Reply {
	answer := Reply{Status: status, Header: http.Header{
		"Content-Type":  {"application/json; charset=utf-8"},
		"Cache-Control": {"no-cache"},
		"Vary":          {"origin,accept-encoding"},
		// ASSUMED: the value; the contract says only that the header exists. The real API sets a
		// year. On localhost, a browser would then refuse plain HTTP to every other local server.
		"Strict-Transport-Security": {"max-age=1"},
	}}
	if v != nil {
		answer.Body = Encode(v)
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

// With adds headers to the reply and returns it.
func (a Reply) With(header http.Header) Reply {
	maps.Copy(a.Header, header)
	return a
}

// writeTimeout is how long a client may take to receive a reply.
const writeTimeout = 30 * time.Second

// Write sends the reply, or ends the connection without one.
func (a Reply) Write(w http.ResponseWriter) {
	if a.Ending == ClosedUnanswered || a.Ending == ResetUnanswered {
		hangUp(w, a.Ending)
		return
	}
	// Not every writer has deadlines, such as a recorder in a test.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout))
	maps.Copy(w.Header(), a.Header)
	if a.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	if a.Ending == Truncated {
		breakOff(w, a.Body)
		return
	}
	_, _ = w.Write(a.Body) // Ignored: the client has gone.
}
