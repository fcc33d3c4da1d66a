// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"math/rand/v2"
	"sync"
)

// dice is a source of repeatable random numbers: the same seed gives the same sequence.
type dice struct {
	seed   uint64
	mu     sync.Mutex
	random *rand.Rand
}

func newDice(seed uint64) *dice {
	d := &dice{seed: seed}
	d.restart()
	return d
}

// restart restarts the sequence of random numbers.
func (d *dice) restart() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.random = rand.New(rand.NewPCG(d.seed, 0)) //nolint:gosec // Not for secrets, and it must be repeatable.
}

// chance returns true with the given probability. 0 counts as 1, which uses no random number.
func (d *dice) chance(probability float64) bool {
	if probability == 0 || probability == 1 {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.random.Float64() < probability
}

// below returns a number from 0 to n-1.
func (d *dice) below(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.random.IntN(n)
}

// shuffle reorders items in place.
func shuffle[T any](d *dice, items []T) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
}
