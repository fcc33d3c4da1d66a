// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package process_test

import (
	"context"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/process"
)

// The first interrupt lets a command end on its own, and the second kills it.
func TestRun_secondInterruptKills(t *testing.T) {
	for name, tc := range map[string]struct {
		script string
		twice  bool
		want   string
	}{
		"one interrupt": {
			`trap 'exit 7' INT; echo ready; while :; do sleep 0.05; done`, false, "exit status 7",
		},
		"two": {`trap '' INT; echo ready; while :; do sleep 0.05; done`, true, "signal: killed"},
	} {
		t.Run(name, func(t *testing.T) {
			soft, cancelSoft := context.WithCancel(t.Context())
			hard, cancelHard := context.WithCancel(t.Context())
			defer cancelHard()

			cmd := process.Command(soft, "sh", "-c", tc.script)
			// The script writes only after it has set its trap.
			cmd.Stdout = writerFunc(func() {
				cancelSoft()
				if tc.twice {
					time.AfterFunc(100*time.Millisecond, cancelHard)
				}
			})
			if err := process.Run(hard, cmd); err == nil || err.Error() != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// writerFunc is an io.Writer that calls the function for each write.
type writerFunc func()

func (f writerFunc) Write(p []byte) (int, error) {
	f()
	return len(p), nil
}
