// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

// KeepToken stores the function that releases an open token under a handle.
func (r *Run) KeepToken(handle string, release func()) { write(r, &r.openTokens, handle, release) }

// ReleaseToken releases an open token, if this process has opened it.
func (r *Run) ReleaseToken(handle string) {
	r.mu.Lock()
	release, ok := r.openTokens[handle]
	delete(r.openTokens, handle)
	r.mu.Unlock()
	if ok {
		release()
	}
}
