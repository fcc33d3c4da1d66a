// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

func TestQuotaMeter(t *testing.T) {
	t.Parallel()
	watch := false
	quota := func(hour, day int, enforce *bool) *tenant.TokenQuota {
		return &tenant.TokenQuota{ClientCredentials: tenant.TokenLimits{
			PerHour: hour,
			PerDay:  day,
			Enforce: enforce,
		}}
	}
	who := tenant.Client{ClientID: "c", TokenQuota: quota(2, 3, nil)}
	customer := tenant.Organization{ID: "org_c", TokenQuota: quota(1, 0, &watch)}
	var m quotaMeter
	for i, step := range []struct {
		at           string
		organization tenant.Organization
		admitted     bool
		ofClient     string
		ofCustomer   string
		retryAfter   string
	}{
		{
			"09:59:59.5", customer, true, "b=per_hour;q=2;r=1;t=1,b=per_day;q=3;r=2;t=50401",
			"b=per_hour;q=1;r=0;t=1", "",
		},
		{
			"10:00:00", customer, true, "b=per_hour;q=2;r=1;t=3600,b=per_day;q=3;r=1;t=50400",
			"b=per_hour;q=1;r=0;t=3600", "",
		},
		// A quota that is not enforced is only reported.
		{
			"10:00:01", customer, true, "b=per_hour;q=2;r=0;t=3599,b=per_day;q=3;r=0;t=50399",
			"b=per_hour;q=1;r=0;t=3599", "",
		},
		// Both quotas are used up, so the wait is until the next day.
		{
			"10:00:02",
			tenant.Organization{},
			false,
			"b=per_hour;q=2;r=0;t=3598,b=per_day;q=3;r=0;t=50398", "", "50398",
		},
		{
			"11:00:00",
			tenant.Organization{},
			false,
			"b=per_hour;q=2;r=2;t=3600,b=per_day;q=3;r=0;t=46800", "", "46800",
		},
		{
			"23:59:60",
			tenant.Organization{},
			true,
			"b=per_hour;q=2;r=1;t=3600,b=per_day;q=3;r=2;t=86400", "", "",
		},
	} {
		midnight := time.Date(2026, 1, 2, 0, 0, 0, 0, time.FixedZone("", 0))
		now := midnight.Add(clockTime(t, step.at))
		header, admitted := m.take(now, quotasOn(who, step.organization), true)
		if admitted != step.admitted || header.Get("Auth0-Client-Quota-Limit") != step.ofClient ||
			header.Get("Auth0-Organization-Quota-Limit") != step.ofCustomer ||
			header.Get("Retry-After") != step.retryAfter {
			t.Errorf("step %d at %s: %v %v", i, step.at, admitted, header)
		}
	}
	if header, admitted := m.take(time.Now(), quotasOn(
		tenant.Client{}, tenant.Organization{},
	), true); !admitted || header != nil {
		t.Errorf("without a quota: %v %v", admitted, header)
	}
}

// clockTime treats 23:59:60 as midnight.
func clockTime(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text[:2] + "h" + text[3:5] + "m" + text[6:] + "s")
	if err != nil {
		t.Fatal(err)
	}
	return d
}
