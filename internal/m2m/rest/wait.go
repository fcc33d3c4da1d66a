// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	// maxWait is the longest wait that a server can impose.
	maxWait = time.Minute
	// firstWait is the least pause after the first attempt; it doubles with each attempt.
	firstWait = 250 * time.Millisecond
	// atOnce is how many attempts are sent without a pause if Retry-After is 0.
	atOnce = 5
)

// retryWait returns how long to wait after an attempt, counted from 0. The wait doubles with each
// attempt. It is longer if the server asks for that with Retry-After (RFC 9110 10.2.3) or, in a
// 429, x-ratelimit-reset (API contract 12.1), and is bounded.
//
// If the reset is the time when the bucket will be full, the wait is longer than necessary, which
// does no harm. If it is a moment in the past, the doubling applies.
func retryWait(attempt int, resp *http.Response, now time.Time) time.Duration {
	if resp != nil && resp.StatusCode == http.StatusUnauthorized {
		return 0
	}
	if resp != nil {
		if wait, ok := retryAfter(resp.Header.Get("Retry-After"), now); ok {
			if wait <= 0 { // Obeyed only for a few attempts, to avoid flooding the server.
				return Backoff(attempt - atOnce)
			}
			return min(max(wait, Backoff(attempt)), maxWait)
		}
		if reset, err := strconv.ParseInt(
			resp.Header.Get("X-Ratelimit-Reset"), 10, 64,
		); err == nil &&
			resp.StatusCode == http.StatusTooManyRequests {
			// The reset is in whole seconds of the tenant's clock.
			wait := max(time.Unix(reset, 0).Sub(now), time.Second)
			return min(max(wait, Backoff(attempt)), maxWait)
		}
	}
	return Backoff(attempt)
}

// Backoff is the least pause after an attempt, counted from 0, without jitter: 250 ms, doubled each
// time up to 30 s; 0 for a negative number.
func Backoff(attempt int) time.Duration {
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
	return wait + rand.N(maxJitter(wait)+1) //nolint:gosec // A predictable pause is not a security problem.
}

func maxJitter(wait time.Duration) time.Duration { return wait / 4 }

// Fits reports whether a wait ends before the deadline of the context, whatever its jitter is.
func Fits(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Now().Add(wait+maxJitter(wait)).Before(deadline)
}

// Pause is the function Pause between two attempts: it counts the wait in Usage.Paused.
func (c *Conn) Pause(ctx context.Context, wait time.Duration) bool {
	defer c.stats.retrying.start()()
	return Pause(ctx, wait)
}

// Pause waits, with jitter, and counts nothing. It returns false if the context ends first.
func Pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(jittered(wait))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
