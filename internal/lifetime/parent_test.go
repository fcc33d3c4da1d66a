// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lifetime

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWatchParent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		parents []int // One for each question; the last one stays.
		want    bool
	}{
		"stays":              {[]int{700}, false},
		"ends":               {[]int{700, 700, 700, initPID}, true},
		"ends under another": {[]int{700, 700, 42}, true}, // A session manager adopts children too.
		"init":               {[]int{initPID, 42}, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			asked, calls := 0, 0
			ticks := make(chan time.Time)
			WatchParent(func() int {
				asked++
				return tt.parents[min(asked, len(tt.parents))-1]
			}, ticks, func() { calls++ })
			for range 10 {
				select {
				case ticks <- time.Time{}:
				case <-time.After(time.Second): // Nobody watches any more.
				}
			}
			close(ticks)
			synctest.Wait()
			if (calls == 1) != tt.want || calls > 1 {
				t.Errorf("%s: called %d times, want an end: %t", name, calls, tt.want)
			}
		})
	}
}
