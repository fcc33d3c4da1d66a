// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package footprint

import "runtime/debug"

const (
	// heapGrowth is in percent of the live heap. The live heap is small, and almost all memory is
	// garbage after one call. So Go's default of 100 collects every few calls.
	heapGrowth = 400
	// memoryLimit is in bytes. Beyond it, the collector runs more often instead of taking more
	// memory. Only a run with many thousands of objects comes near it.
	memoryLimit = 64 << 20
)

// TuneCollector makes garbage collection less frequent within a memory limit. GOGC and GOMEMLIMIT
// in the environment take precedence.
func TuneCollector(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
