// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestStopwatch_countsOverlapsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var w stopwatch
		first := w.start()
		time.Sleep(time.Second)
		second := w.start()
		time.Sleep(time.Second)
		first()
		time.Sleep(time.Second)
		if got := w.read(); got != (Waits{1, 3 * time.Second}) {
			t.Errorf("while running: %+v", got)
		}
		second()
		time.Sleep(time.Minute)
		w.start()()
		if got := w.read(); got != (Waits{2, 3 * time.Second}) {
			t.Errorf("%+v", got)
		}
	})
}
