// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"sync/atomic"
	"time"
)

// Clock is the server's clock: the machine's time plus an offset that tests set.
type Clock struct {
	offset atomic.Int64
}

// Now returns the server's time.
func (c *Clock) Now() time.Time {
	return time.Now().Add(time.Duration(c.offset.Load()))
}

// Advance moves the server's time forward, or back if d is negative.
func (c *Clock) Advance(d time.Duration) {
	c.offset.Add(int64(d))
}

// Offset returns how far the server's time is ahead of the machine's.
func (c *Clock) Offset() time.Duration {
	return time.Duration(c.offset.Load())
}

// SetOffset sets how far the server's time is ahead of the machine's.
func (c *Clock) SetOffset(d time.Duration) {
	c.offset.Store(int64(d))
}

// Moment is a time as the API writes it: in UTC, with milliseconds and a Z (API contract 7.1).
type Moment struct{ time.Time }

const momentLayout = `"2006-01-02T15:04:05.000Z"`

// MarshalJSON implements json.Marshaler.
func (m Moment) MarshalJSON() ([]byte, error) {
	return []byte(m.UTC().Format(momentLayout)), nil
}
