// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package usage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSum(t *testing.T) {
	got, err := Sum(strings.NewReader(
		"{\"cpu_ns\":5,\"peak_memory_bytes\":30}\n{\"cpu_ns\":7,\"peak_memory_bytes\":20}\n",
	))
	if want := (Process{CPU: 12, PeakMemory: 30}); err != nil || got != want {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
	if _, err := Sum(strings.NewReader("{")); err == nil {
		t.Error("got no error for half a line")
	}
}

// What was used is taken once, and no file means that nothing was used.
func TestTake(t *testing.T) {
	file := filepath.Join(t.TempDir(), "usage.jsonl")
	if err := os.WriteFile(file, []byte("{\"cpu_ns\":5}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []Process{{CPU: 5}, {}} {
		if got, err := Take(file); err != nil || got != want {
			t.Errorf("got %+v and %v, want %+v", got, err, want)
		}
	}
}
