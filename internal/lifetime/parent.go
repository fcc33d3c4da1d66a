// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package lifetime notices that the process that started the provider has ended. It ends nothing
// itself: only main decides what the process does then.
package lifetime

import "time"

// initPID is the process that adopts the children of processes that have ended, if no other does.
const initPID = 1

// WatchParent calls gone if the parent of the process ends. Terraform stops its plugins at the end
// of a run, but not if it is killed, and a plugin has no connection whose end it could notice: a
// plugin that is left over would keep its credentials in memory until the machine restarts.
//
// parent returns the id of the parent, such as os.Getppid. If the parent ends, another process
// adopts its children, so the id changes. Windows has no adoption, so gone is never called there.
// If the first parent is init, for example because a wrapper has already ended, its end says
// nothing about Terraform, and nothing is watched.
func WatchParent(parent func() int, ticks <-chan time.Time, gone func()) {
	first := parent()
	if first <= initPID {
		return
	}
	go func() {
		for range ticks {
			if parent() != first {
				gone()
				return
			}
		}
	}()
}
