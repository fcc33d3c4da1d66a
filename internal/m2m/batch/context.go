// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"context"
	"sync/atomic"
	"time"
)

// Caller has a context, which ends when it gives up.
type Caller interface{ Context() context.Context }

// Join returns a context for work that several callers share: it ends, after a grace period, when
// all callers have given up. It has the values of the first caller's context, such as a logger. The
// caller of Join must call release when the work is over.
func Join[C Caller](callers []C, grace time.Duration) (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(callers[0].Context()))
	var left atomic.Int64
	left.Store(int64(len(callers)))
	var timer atomic.Pointer[time.Timer]
	stops := make([]func() bool, 0, len(callers))
	for _, caller := range callers {
		stops = append(stops, context.AfterFunc(caller.Context(), func() {
			switch {
			case left.Add(-1) > 0:
			case grace == 0:
				cancel()
			default:
				timer.Store(time.AfterFunc(grace, cancel))
			}
		}))
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		if t := timer.Load(); t != nil {
			t.Stop()
		}
		cancel()
	}
}
