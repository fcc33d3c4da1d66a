// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import "net/http"

// sender sends one attempt of a call. The layers of the chain are senders. What a layer learns
// about an attempt comes back in the outcome.
type sender interface {
	send(attempt) outcome
}

// attempt is one sending of a request. The layers may change req, which is a copy.
type attempt struct {
	req     *http.Request
	auth    authenticator // Nil for a request without credentials.
	number  int           // Counted from 1.
	maxBody int           // The most bytes of the answer to read; 0 means the usual bound.
}

// outcome is the result of an attempt: an answer or an error.
type outcome struct {
	resp *http.Response // Its body is in memory.
	err  error
	// unsent tells that err ended the attempt before it became a request.
	unsent bool
	// connected tells that the request had a connection, so that the API may have
	// handled it.
	connected bool
	// renewable tells that the API refused the credentials and that others can be had.
	renewable bool
}

// lost reports whether the API may have handled the request although no answer arrived.
func (o outcome) lost() bool { return o.err != nil && o.connected }

// authenticator puts credentials on the requests of a call.
type authenticator interface {
	// authenticate adds the credentials to one attempt.
	authenticate(req *http.Request) error
	// renew drops the credentials of an attempt that was answered with 401, and
	// reports whether others can be had.
	renew(req *http.Request) bool
}

// authenticating adds the credentials of a call to each of its attempts.
type authenticating struct{ next sender }

func (s *authenticating) send(a attempt) outcome {
	if a.auth == nil {
		return s.next.send(a)
	}
	if err := a.auth.authenticate(a.req); err != nil {
		return outcome{err: err, unsent: true}
	}
	out := s.next.send(a)
	if out.err == nil && out.resp.StatusCode == http.StatusUnauthorized {
		out.renewable = a.auth.renew(a.req)
	}
	return out
}

// failing stands for a chain that cannot be used yet.
type failing struct{ err error }

func (s failing) send(attempt) outcome { return outcome{err: s.err, unsent: true} }
