// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"net/http"
	"time"
)

// sender sends one attempt of a call. Each layer of the chain is a sender, and reports what it
// learns about the attempt in the outcome. The function chain, in conn.go, assembles the layers.
type sender interface {
	send(attempt) outcome
}

// attempt is a request that is sent once. The layers may change req, which is a copy.
type attempt struct {
	req    *http.Request
	route  string        // The method and the path, with {id} for each id.
	auth   Authenticator // Nil for a request without credentials.
	number int           // Counted from 1.
	prompt bool          // It does not wait for the rate limit.
	// read decodes the answer. Its error is an *Error if the answer arrived, but is a refusal or
	// cannot be used.
	read func(*http.Response) error
}

// outcome is the result of an attempt: an answer or an error.
type outcome struct {
	resp *http.Response // Its body has been read.
	err  error
	// refused says why the answer is of no use, if one arrived.
	refused *Error
	// unsent means that err ended the attempt before the request was sent.
	unsent bool
	// connected means that the request had a connection, so the API may have handled it.
	connected bool
	// renewable means that the API refused the credentials and that new ones are available.
	renewable bool
	// limited is how long the attempt waited for the rate limit.
	limited time.Duration
}

// lost reports whether the API may have handled the request although no answer arrived.
func (o outcome) lost() bool { return o.err != nil && o.connected }

// unreadable reports whether the answer says that the request succeeded, but its body is damaged
// or comes from another server.
func (o outcome) unreadable() bool {
	return o.refused != nil && o.refused.NotJSON && o.refused.Status < 300
}

// Authenticator puts credentials on the requests of a call.
type Authenticator interface {
	// Authenticate adds the credentials to one attempt.
	Authenticate(req *http.Request) error
	// Renew drops the credentials of an attempt that was answered with 401, and reports whether
	// new ones are available.
	Renew(req *http.Request) bool
}

// authenticating adds the credentials of a call to each of its attempts.
type authenticating struct{ next sender }

func (s *authenticating) send(a attempt) outcome {
	if a.auth == nil {
		return s.next.send(a)
	}
	if err := a.auth.Authenticate(a.req); err != nil {
		return outcome{err: err, unsent: true}
	}
	out := s.next.send(a)
	if out.err == nil && out.resp.StatusCode == http.StatusUnauthorized {
		out.renewable = a.auth.Renew(a.req)
	}
	return out
}

// failing replaces the chain while no request can be sent (Config.Unusable).
type failing struct{ err error }

func (s failing) send(attempt) outcome { return outcome{err: s.err, unsent: true} }
