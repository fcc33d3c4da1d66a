// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"crypto/tls"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	// maxAttempts leaves the end of a call to retryPolicy and its deadline.
	maxAttempts = math.MaxInt32
	// maxFailures is how often a call may fail for reasons other than the rate limit.
	maxFailures = 5
	// maxWait bounds what a server may ask us to wait.
	maxWait = time.Minute
	// firstWait is the pause after the first failure; it doubles with each.
	firstWait = 250 * time.Millisecond
)

// tries is what the layers of the chain know of one call. It travels in the
// context of the request; one goroutine at a time touches it.
type tries struct {
	repeatable bool
	maxBody    int // The most that is read of an answer; 0 means the usual bound.
	started    time.Time
	sent       int         // Attempts made.
	failures   int         // Attempts that failed for reasons other than the rate limit.
	connected  atomic.Bool // The attempt under way has a connection, so the API may see it.
	lost       bool        // The last attempt may have been handled, but no answer arrived.
	staleToken bool        // The last attempt carried a token that has been dropped since.
	loggedIn   bool        // A stale token has been replaced once.
}

type triesKey struct{}

func withTries(ctx context.Context, repeatable bool) (context.Context, *tries) {
	t := &tries{repeatable: repeatable, started: time.Now()}
	return context.WithValue(ctx, triesKey{}, t), t
}

func triesOf(ctx context.Context) *tries {
	t, _ := ctx.Value(triesKey{}).(*tries)
	return t
}

// retryPolicy decides from what the server can have done, not from the status
// alone. What was refused before any work is sent again whatever its method; a
// lost reply or a server error only where a second request does no harm.
func retryPolicy(ctx context.Context, resp *http.Response, err error) (bool, error) {
	t := triesOf(ctx)
	t.sent++
	connected := t.connected.Swap(false)
	t.lost = err != nil && connected
	switch {
	case ctx.Err() != nil:
		return false, nil // What the attempt brought counts, an answer above all.
	case resp != nil && resp.StatusCode == http.StatusTooManyRequests:
		return timeLeft(ctx, t, resp), nil
	case resp != nil && resp.StatusCode == http.StatusUnauthorized:
		again := t.staleToken && !t.loggedIn
		t.loggedIn = true
		return again, nil
	case !transient(resp, err):
		return false, nil
	case err != nil && !connected: // Like a 429, it was refused before any work.
	case !t.repeatable:
		return false, nil
	}
	t.failures++
	return t.failures < maxFailures && timeLeft(ctx, t, resp), nil
}

// transient reports whether the same request may fare better in a moment.
func transient(resp *http.Response, err error) bool {
	if err == nil {
		return transientStatus(resp.StatusCode)
	}
	var (
		login  *LoginError
		dns    *net.DNSError
		cert   *tls.CertificateVerificationError
		record tls.RecordHeaderError
	)
	return !errors.As(err, &login) && !errors.Is(err, errBodyTooLarge) && !errors.Is(err, http.ErrSchemeMismatch) &&
		(!errors.As(err, &dns) || !dns.IsNotFound) && !errors.As(err, &cert) && !errors.As(err, &record)
}

func transientStatus(status int) bool {
	return status == http.StatusRequestTimeout || status >= 500 && status != http.StatusNotImplemented
}

// timeLeft reports whether the wait before the next attempt fits into what is
// left of the call, however it is jittered. If it does not, the last answer says
// more than a timeout.
func timeLeft(ctx context.Context, t *tries, resp *http.Response) bool {
	deadline, ok := ctx.Deadline()
	now := time.Now()
	wait := retryWait(t.sent-1, resp, now)
	return !ok || now.Add(wait+maxJitter(wait)).Before(deadline)
}

// retryWait is how long to wait after the given attempt, counted from 0. It
// follows Retry-After (RFC 9110 10.2.3) and x-ratelimit-reset (API contract
// 12.1) within bounds, and doubles otherwise.
func retryWait(attempt int, resp *http.Response, now time.Time) time.Duration {
	if resp != nil && resp.StatusCode == http.StatusUnauthorized {
		return 0
	}
	if resp != nil {
		if wait, ok := retryAfter(resp.Header.Get("Retry-After"), now); ok {
			if wait <= 0 { // "At once" holds for a while, or the server would be hammered.
				wait = doubling(attempt - maxFailures)
			}
			return min(wait, maxWait)
		}
		if reset, err := strconv.ParseInt(resp.Header.Get("X-Ratelimit-Reset"), 10, 64); err == nil &&
			resp.StatusCode == http.StatusTooManyRequests {
			// The reset is in whole seconds of the tenant's clock.
			return min(max(time.Unix(reset, 0).Sub(now), time.Second), maxWait)
		}
	}
	return doubling(attempt)
}

func doubling(attempt int) time.Duration {
	if attempt < 0 {
		return 0
	}
	return min(firstWait<<min(attempt, 10), maxWait/2)
}

func retryAfter(header string, now time.Time) (time.Duration, bool) {
	if header == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil {
		return time.Duration(min(seconds, int64(maxWait/time.Second))) * time.Second, true
	}
	at, err := http.ParseTime(header)
	return at.Sub(now), err == nil
}

// jittered adds up to a quarter, so that parallel callers spread out.
func jittered(wait time.Duration) time.Duration {
	if wait <= 0 {
		return 0
	}
	return wait + rand.N(maxJitter(wait)+1) //nolint:gosec // Nobody gains from guessing a pause.
}

func maxJitter(wait time.Duration) time.Duration { return wait / 4 }
