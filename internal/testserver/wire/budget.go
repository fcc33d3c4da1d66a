// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import "sync/atomic"

// Budget bounds the bytes of all replies that clients have not yet taken.
type Budget struct {
	limit, used atomic.Int64
}

// SetLimit sets the bound.
func (b *Budget) SetLimit(bytes int) { b.limit.Store(int64(bytes)) }

// Take reserves the bytes of a reply. It returns false if too many are reserved.
func (b *Budget) Take(bytes int) bool {
	if b.used.Add(int64(bytes)) > b.limit.Load() {
		b.Give(bytes)
		return false
	}
	return true
}

// Give returns what Take reserved.
func (b *Budget) Give(bytes int) { b.used.Add(-int64(bytes)) }

// Used returns how many bytes are reserved.
func (b *Budget) Used() int64 { return b.used.Load() }
