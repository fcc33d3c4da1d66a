// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"fmt"
	"time"
)

// Slowdown describes how the tenant's rate limit slows the run down. It does so once per run, when
// that is worth a warning; before and after, ok is false.
func (r *Run) Slowdown() (description string, ok bool) {
	if r.API == nil {
		return "", false
	}
	slowed := r.API.Slowdown()
	if slowed.Waited == 0 || !r.SayOnce("slowed down") {
		return "", false
	}
	return fmt.Sprintf("So far, %d requests had to wait, and the run has spent %s waiting. The "+
		"tenant allows %d requests at once and then limits their rate; this provider uses at "+
		"most %d percent of that (max_api_capacity). The run continues.\n\nFor fewer waits, "+
		"raise max_api_capacity if it is below 100, do not run other programs against the "+
		"Management API at the same time, or split the configuration.",
		slowed.Requests, slowed.Waited.Round(time.Second), slowed.Limit, r.MaxAPICapacity), true
}
