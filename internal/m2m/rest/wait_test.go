// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestRetryWait_followsTheServerWithinBounds(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_772_625_600, 0).UTC()
	in := func(d time.Duration) string { return fmt.Sprint(now.Add(d).Unix()) }
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, tc := range []struct {
		attempt, status int
		after, reset    string
		want            time.Duration
	}{
		{0, 429, "7", "", 7 * time.Second},
		{0, 503, "7", "", 7 * time.Second},
		{0, 429, "0", "", 0},
		{4, 429, "0", "", 0},
		{5, 429, "0", "", 250 * time.Millisecond},
		{7, 429, "0", "", time.Second},
		{7, 429, date(-time.Hour), "", time.Second},
		{1 << 30, 429, "0", "", 30 * time.Second},
		{0, 429, "-5", "", 0},
		{0, 429, "3600", "", time.Minute},
		{0, 429, "9223372037", "", time.Minute},
		{0, 429, "9223372036854775807", "", time.Minute},
		{0, 429, "-9223372036854775808", "", 0},
		{0, 429, "99999999999999999999", "", 250 * time.Millisecond},
		{0, 429, "soon", "", 250 * time.Millisecond},
		{5, 429, "1", "", 8 * time.Second},
		{5, 429, "", in(time.Second), 8 * time.Second},
		{20, 429, "1", "", 30 * time.Second},
		{20, 429, "", in(time.Hour), time.Minute},
		{0, 429, "1.5", "", 250 * time.Millisecond},
		{0, 429, "soon", in(3 * time.Second), 3 * time.Second},
		{0, 429, date(9 * time.Second), "", 9 * time.Second},
		{0, 429, date(-9 * time.Second), "", 0},
		{0, 429, date(24 * time.Hour), "", time.Minute},
		{0, 429, "Fri, 31 Dec 9999 23:59:59 GMT", "", time.Minute},
		{0, 429, "2", in(30 * time.Second), 2 * time.Second},
		{0, 429, "", in(5 * time.Second), 5 * time.Second},
		{0, 429, "", in(0), time.Second},
		{0, 429, "", in(-time.Hour), time.Second},
		{0, 429, "", in(time.Hour), time.Minute},
		{0, 429, "", "1772625605000", time.Minute},
		{0, 429, "", "garbage", 250 * time.Millisecond},
		// On other answers the reset only says when the bucket is full.
		{0, 503, "", in(30 * time.Second), 250 * time.Millisecond},
		{1, 503, "", "", 500 * time.Millisecond},
		{6, 503, "", "", 16 * time.Second},
		{7, 503, "", "", 30 * time.Second},
		{1 << 30, 503, "", "", 30 * time.Second},
		{3, 401, "", "", 0},
		{3, 0, "", "", 2 * time.Second},
	} {
		var resp *http.Response
		if tc.status != 0 {
			resp = &http.Response{StatusCode: tc.status, Header: http.Header{}}
			if tc.after != "" {
				resp.Header.Set("Retry-After", tc.after)
			}
			if tc.reset != "" {
				resp.Header.Set("x-ratelimit-reset", tc.reset)
			}
		}
		if got := retryWait(tc.attempt, resp, now); got != tc.want {
			t.Errorf("%+v: got %v", tc, got)
		}
	}
	for _, reset := range []string{"9223372036854775807", "-9223372036854775808"} {
		resp := &http.Response{
			StatusCode: http.StatusTooManyRequests,
			Header:     http.Header{"X-Ratelimit-Reset": {reset}},
		}
		if got := retryWait(0, resp, now); got < time.Second || got > time.Minute {
			t.Errorf("reset %s: %v", reset, got)
		}
	}
}

func TestJittered_addsUpToAQuarter(t *testing.T) {
	t.Parallel()
	different := map[time.Duration]bool{}
	for range 1000 {
		got := jittered(time.Second)
		if got < time.Second || got > 1250*time.Millisecond {
			t.Fatal(got)
		}
		different[got] = true
	}
	if len(different) < 100 {
		t.Errorf("only %d different waits", len(different))
	}
	for _, wait := range []time.Duration{0, -time.Second} {
		if got := jittered(wait); got != 0 {
			t.Errorf("jittered(%v) = %v", wait, got)
		}
	}
	if got := jittered(1); got != 1 {
		t.Errorf("jittered(1ns) = %v", got)
	}
}
