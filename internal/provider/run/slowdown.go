// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

const slowedDown = "slowed down"

// SlowdownIsNew reports whether the next operation will warn that the rate limit slows the run
// down.
func (r *Run) SlowdownIsNew() bool {
	if r.API == nil || r.API.Slowdown().Waited == 0 {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.said[slowedDown]
}

// warnIfSlowed says once per run that the tenant's rate limit slows the run down. Terraform shows
// warnings only with the answer to an operation, so each operation calls it at its start.
func (r *Run) warnIfSlowed(diags *diag.Diagnostics) {
	if !r.SlowdownIsNew() || !r.SayOnce(slowedDown) {
		return
	}
	slowed := r.API.Slowdown()
	diags.AddWarning("The tenant's rate limit slows this run down", fmt.Sprintf("So far, %d "+
		"requests had to wait, and the run has spent %s waiting. The tenant allows %d requests at "+
		"once and then limits their rate; this provider uses at most %d percent of that "+
		"(max_api_capacity). The run continues.\n\nFor fewer waits, raise max_api_capacity if it "+
		"is below 100, do not run other programs against the Management API at the same time, or "+
		"split the configuration.",
		slowed.Requests, slowed.Waited.Round(time.Second), slowed.Limit, r.MaxAPICapacity))
}
