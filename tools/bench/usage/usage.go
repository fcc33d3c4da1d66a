// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package usage is the record of what the processes of a provider used. The command metered writes
// it, and the benchmark reads it.
package usage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"time"
)

// The environment of metered.
const (
	ProviderVariable = "M2M_BENCH_PROVIDER" // The path of the provider.
	FileVariable     = "M2M_BENCH_USAGE"    // The file to append to.
)

// Process is what one process used.
type Process struct {
	CPU        time.Duration `json:"cpu_ns"`
	PeakMemory int64         `json:"peak_memory_bytes"`
}

// MemoryBytes returns the peak of the resident memory. Linux counts it in kilobytes.
func MemoryBytes(used *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return int64(used.Maxrss) //nolint:unconvert // It is smaller on some systems.
	}
	return int64(used.Maxrss) << 10 //nolint:unconvert // It is smaller on some systems.
}

// Take reads the file and removes it. It returns the sum of the CPU times and the largest memory. A
// missing file means that no provider ran.
func Take(file string) (Process, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return Process{}, nil
	}
	if err != nil {
		return Process{}, err
	}
	total, err := Sum(bytes.NewReader(text))
	if err != nil {
		return Process{}, fmt.Errorf("%s: %w", file, err)
	}
	return total, os.Remove(file)
}

// Sum adds up the CPU times and takes the largest memory.
func Sum(lines io.Reader) (Process, error) {
	var total Process
	for decoder := json.NewDecoder(lines); ; {
		var one Process
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return total, nil
		} else if err != nil {
			return Process{}, err
		}
		total.CPU += one.CPU
		total.PeakMemory = max(total.PeakMemory, one.PeakMemory)
	}
}
