// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"crypto/tls"
	"errors"
	"math"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// maxFailures is how often a call may fail for reasons other than the rate limit.
const maxFailures = 5

// maxOptional is the same for a call whose answer can be had in another way.
const maxOptional = 2

// attempts are the attempts of one call. Only the goroutine of the call writes to them.
// go-retryablehttp runs the loop: it sends with RoundTrip, asks classify whether to send again, and
// waits as long as backoff says.
type attempts struct {
	chain      sender
	auth       authenticator
	repeatable bool // Sending the request twice does no harm.
	optional   bool // There is another way to get the answer.
	maxBody    int

	sent     int  // Attempts made.
	failures int  // Attempts that failed for reasons other than the rate limit.
	renewed  bool // The credentials have been replaced once.
	last     outcome
	pause    time.Duration // The pause before the next attempt.
}

// do sends the request until its outcome is final. If no answer arrives, last says more than the
// error.
func (a *attempts) do(req *retryablehttp.Request) (*http.Response, error) {
	loop := &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: a,
			// A redirect would carry a token or a secret to another host.
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
		CheckRetry: a.classify,
		Backoff:    a.backoff,
		RetryMax:   math.MaxInt32, // classify decides when to stop.
		// The last answer carries the API's own message.
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return loop.Do(req)
}

// RoundTrip sends the next attempt through the chain.
func (a *attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	a.sent++
	a.last = a.chain.send(attempt{
		req: req.Clone(req.Context()), auth: a.auth, number: a.sent, maxBody: a.maxBody,
	})
	return a.last.resp, a.last.err
}

// classify decides whether to send the request again, and computes the pause before that. If the
// longest jittered pause does not fit into the time that is left, the call ends with the last
// answer, which says more than a timeout.
func (a *attempts) classify(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if a.last.err == nil {
		a.last.err = err // The HTTP client refuses some answers.
	}
	if ctx.Err() != nil || !a.again(resp) {
		return false, nil
	}
	pause := retryWait(a.sent-1, resp, time.Now())
	a.pause = jittered(pause)
	deadline, ok := ctx.Deadline()
	return !ok || time.Now().Add(pause+maxJitter(pause)).Before(deadline), nil
}

// again reports whether another attempt is safe and may succeed, and counts failures. It decides by
// what the server can have done, not by the status alone. A request that was refused before any
// work is sent again, whatever its method. After a lost reply or a server error, only a repeatable
// request is sent again.
func (a *attempts) again(resp *http.Response) bool {
	switch {
	case a.last.unsent:
		return false
	case resp != nil && resp.StatusCode == http.StatusTooManyRequests:
		return true
	case resp != nil && resp.StatusCode == http.StatusUnauthorized:
		if a.renewed || !a.last.renewable {
			return false
		}
		a.renewed = true
		return true
	case !transient(resp, a.last.err):
		return false
	case !a.repeatable && (a.last.err == nil || a.last.lost()):
		return false
	}
	a.failures++
	if a.optional {
		return a.failures < maxOptional
	}
	return a.failures < maxFailures
}

func (a *attempts) backoff(_, _ time.Duration, _ int, _ *http.Response) time.Duration {
	return a.pause // Computed by classify.
}

// transient reports whether the same request may succeed in a moment.
func transient(resp *http.Response, err error) bool {
	if err == nil {
		return transientStatus(resp.StatusCode)
	}
	var (
		dns    *net.DNSError
		cert   *tls.CertificateVerificationError
		record tls.RecordHeaderError
		proxy  *ProxyError
	)
	switch {
	case errors.As(err, &proxy) && proxy.refuses():
		return false
	case errors.Is(err, errBodyTooLarge), errors.Is(err, http.ErrSchemeMismatch):
		return false
	case errors.As(err, &cert), errors.As(err, &record):
		return false
	default:
		return !errors.As(err, &dns) || !dns.IsNotFound
	}
}
