// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// tokenBucket is one limit of a client or an organization.
type tokenBucket struct {
	header   string // The header that reports it (API contract 12.3).
	name     string
	holder   string
	quota    int
	window   time.Duration
	enforced bool
}

// takeQuota counts the token.
func (s *Service) takeQuota(d *decision) error {
	limits, admitted := s.quotas.take(
		s.store.Now(), quotasOn(d.client, d.organization), !d.rehearsal,
	)
	if !admitted {
		return because(errQuotaExceeded.Carrying(limits),
			"The token quota of the client or of the organization is used up.",
			"Wait "+limits.Get("Retry-After")+" seconds, move the clock of the server, or raise "+
				"the token_quota.")
	}
	d.limits = limits
	return nil
}

func (d *decision) foundQuota() string {
	if len(d.limits) == 0 {
		return "No token quota applies."
	}
	return "The token quotas of the client and of the organization have room."
}

// quotasOn returns the limits that apply to a token.
//
// ASSUMED: a quota is enforced unless it says otherwise.
func quotasOn(who tenant.Client, o tenant.Organization) []tokenBucket {
	var buckets []tokenBucket
	for _, held := range []struct {
		header, holder string
		quota          *tenant.TokenQuota
	}{
		{"Auth0-Client-Quota-Limit", who.ClientID, who.TokenQuota},
		{"Auth0-Organization-Quota-Limit", o.ID, o.TokenQuota},
	} {
		if held.quota == nil {
			continue
		}
		limits := held.quota.ClientCredentials
		enforced := limits.Enforce == nil || *limits.Enforce
		for _, one := range []tokenBucket{
			{name: "per_hour", quota: limits.PerHour, window: time.Hour},
			{name: "per_day", quota: limits.PerDay, window: 24 * time.Hour},
		} {
			if one.quota > 0 {
				one.header, one.holder, one.enforced = held.header, held.holder, enforced
				buckets = append(buckets, one)
			}
		}
	}
	return buckets
}

// quotaMeter counts tokens per window.
//
// ASSUMED: windows start at the full hour and day in UTC; API contract 12.3 says only how the
// remaining tokens are reported.
type quotaMeter struct {
	mu      sync.Mutex
	counted map[string]tokenCount // By tokenBucket.key.
}

type tokenCount struct {
	window time.Time // The start of the window.
	tokens int
}

func (m *quotaMeter) reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counted = nil
}

// take counts a token in all buckets, or in none if an enforced bucket is full. If count is false,
// it only says whether it could. The headers report the buckets after that.
func (m *quotaMeter) take(
	now time.Time, buckets []tokenBucket, count bool,
) (http.Header, bool) {
	if len(buckets) == 0 {
		return nil, true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counted == nil {
		m.counted = map[string]tokenCount{}
	}
	wait := 0
	for _, b := range buckets {
		if b.enforced && m.used(b, now) >= b.quota {
			wait = max(wait, b.secondsLeft(now))
		}
	}
	admitted := wait == 0
	reports := map[string][]string{}
	for _, b := range buckets {
		if admitted && count {
			m.counted[b.key()] = tokenCount{now.UTC().Truncate(b.window), m.used(b, now) + 1}
		}
		reports[b.header] = append(reports[b.header], fmt.Sprintf("b=%s;q=%d;r=%d;t=%d",
			b.name, b.quota, max(b.quota-m.used(b, now), 0), b.secondsLeft(now)))
	}
	header := http.Header{}
	for name, parts := range reports {
		header.Set(name, strings.Join(parts, ","))
	}
	if !admitted {
		header.Set("Retry-After", strconv.Itoa(wait))
	}
	return header, admitted
}

// used returns the number of tokens in the current window.
func (m *quotaMeter) used(b tokenBucket, now time.Time) int {
	count := m.counted[b.key()]
	if !count.window.Equal(now.UTC().Truncate(b.window)) {
		return 0
	}
	return count.tokens
}

func (b tokenBucket) key() string { return b.holder + " " + b.name }

// secondsLeft rounds up, so that waiting that long is enough.
func (b tokenBucket) secondsLeft(now time.Time) int {
	end := now.UTC().Truncate(b.window).Add(b.window)
	return int((end.Sub(now) + time.Second - 1) / time.Second)
}
