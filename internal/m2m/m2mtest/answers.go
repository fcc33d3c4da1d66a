// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2mtest

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
)

// Reply answers with a status, a JSON body and headers, given as pairs.
func Reply(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// HTML answers with a page, as a captive portal does.
func HTML(status int) http.HandlerFunc {
	return Reply(
		status, "<!doctype html><title>Sign in to the hotel</title>", "Content-Type",
		"text/html; charset=utf-8",
	)
}

// Reset drops the connection without an answer.
func Reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// Truncated answers 201 with the beginning of an object, and announces more.
func Truncated(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, `{"id":"68f0`)
}

// Wire replaces the network, to fake time or errors.
type Wire func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f Wire) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// Connected tells the client that the request has a connection.
func Connected(req *http.Request) {
	if trace := httptrace.ContextClientTrace(req.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
}

// Answer is the answer of a handler, over a fake network.
func Answer(req *http.Request, h http.HandlerFunc) (*http.Response, error) {
	Connected(req)
	w := httptest.NewRecorder()
	h(w, req)
	resp := w.Result()
	resp.Request = req
	return resp, nil
}

// ToListing is an answer to a request for grants, without a network.
func ToListing(status int, contentType, body string) http.Response {
	req, err := http.NewRequest( //nolint:noctx // It is not sent.
		http.MethodGet, "https://tenant.example/api/v2/client-grants?take=100", nil,
	)
	if err != nil {
		panic(err)
	}
	return http.Response{
		StatusCode: status, Request: req, Header: http.Header{"Content-Type": {contentType}},
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

// OrdersJSON is the JSON of a resource server.
const OrdersJSON = `{"id":"68f0a1b2c3d4e5f60718293a","identifier":"https://orders.example.com",
 "allow_offline_access":false,"skip_consent_for_verifiable_first_party_clients":false,
 "subject_type_authorization":{"user":{"policy":"allow_all"},
 "client":{"policy":"require_client_grant"}},
 "token_lifetime":86400,"token_lifetime_for_web":7200,"signing_alg":"RS256"}`

// JSON encodes a value.
func JSON(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(raw)
}
