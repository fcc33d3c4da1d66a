// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package footprint

import (
	"math"
	"runtime/debug"
	"testing"
)

// The test changes the whole process, so it is not parallel.
//
//nolint:paralleltest // As above.
func TestTuneCollector(t *testing.T) {
	const percent, limit = 100, math.MaxInt64
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	})
	for name, tt := range map[string]struct {
		env         map[string]string
		wantPercent int
		wantLimit   int64
	}{
		"no variable": {nil, heapGrowth, memoryLimit},
		"GOGC":        {map[string]string{"GOGC": "50"}, percent, memoryLimit},
		"GOMEMLIMIT":  {map[string]string{"GOMEMLIMIT": "1GiB"}, heapGrowth, limit},
	} {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
		TuneCollector(func(variable string) string { return tt.env[variable] })
		gotPercent, gotLimit := debug.SetGCPercent(percent), debug.SetMemoryLimit(limit)
		if gotPercent != tt.wantPercent || gotLimit != tt.wantLimit {
			t.Errorf(
				"%s: %d percent, limit %d, want %d, %d", name, gotPercent, gotLimit,
				tt.wantPercent, tt.wantLimit,
			)
		}
	}
}
