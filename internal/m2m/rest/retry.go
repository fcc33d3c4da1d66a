// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

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

// MaxFailures is how often a call may fail to reach a host that has not given any readable answer.
// Such a host may not exist or not be the tenant, and nobody wants to wait for it until
// Config.RetryTimeout.
const MaxFailures = 5

// maxOptional is MaxFailures for a request that is Optional.
const maxOptional = 2

// attempts are the attempts of one call. Only the goroutine of the call writes to them.
// go-retryablehttp runs the loop: it sends with RoundTrip, asks classify whether to send again, and
// waits as long as backoff says.
type attempts struct {
	conn       *Conn
	auth       Authenticator
	route      string
	host       string
	repeatable bool // Sending the request twice does no harm.
	optional   bool // There is another way to get the answer.
	prompt     bool // As in Request.
	read       func(*http.Response) error

	spent    Tries
	failures int  // Attempts without a readable answer from a host that never gave one.
	renewed  bool // The credentials have been replaced once.
	last     outcome
	pause    time.Duration // The pause before the next attempt.
	resume   func()        // Ends the measurement of the pause; nil without one.
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
	defer a.resumed()
	return loop.Do(req)
}

// RoundTrip sends the next attempt through the chain.
func (a *attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	a.resumed()
	a.host = req.URL.Host
	a.spent.Attempts++
	a.last = a.conn.layers.send(attempt{
		req: req.Clone(req.Context()), route: a.route, auth: a.auth, number: a.spent.Attempts,
		prompt: a.prompt, read: a.read,
	})
	a.spent.Limited += a.last.limited
	if a.last.unsent {
		a.spent.Attempts--
	}
	if a.last.resp != nil && !a.last.unreadable() {
		a.conn.reached.Store(a.host, true)
	}
	return a.last.resp, a.last.err
}

// paused starts to measure the pause after an attempt.
func (a *attempts) paused(limited bool) {
	watch, spent, began := &a.conn.stats.retrying, &a.spent.Paused, time.Now()
	if limited {
		watch, spent = &a.conn.stats.limited, &a.spent.Limited
	}
	stop := watch.start()
	a.resume = func() {
		stop()
		*spent += time.Since(began)
	}
}

// resumed ends the measurement of a pause.
func (a *attempts) resumed() {
	if a.resume != nil {
		a.resume()
		a.resume = nil
	}
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
	pause := retryWait(a.spent.Attempts-1, resp, time.Now())
	if !Fits(ctx, pause) {
		return false, nil
	}
	if a.prompt && pause > 0 {
		a.spent.RepeatAfter = pause
		return false, nil
	}
	a.pause = jittered(pause)
	a.paused(resp != nil && resp.StatusCode == http.StatusTooManyRequests)
	return true, nil
}

// again reports whether another attempt is safe and may succeed. It decides by what the server can
// have done, not by the status alone. A request that was refused before any work is sent again,
// whatever its method. After a lost or unreadable reply or a server error, only a repeatable
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
	case !a.last.unreadable() && !transient(resp, a.last.err):
		return false
	case !a.repeatable && (a.last.err == nil || a.last.lost()):
		return false
	}
	if _, known := a.conn.reached.Load(a.host); known || a.last.connected && !a.last.unreadable() {
		return true
	}
	a.failures++
	if a.optional {
		return a.failures < maxOptional
	}
	return a.failures < MaxFailures
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
	case errors.As(err, &proxy) && proxy.Refuses():
		return false
	case errors.Is(err, http.ErrSchemeMismatch):
		return false
	case errors.As(err, &cert), errors.As(err, &record):
		return false
	default:
		return !errors.As(err, &dns) || !dns.IsNotFound
	}
}
