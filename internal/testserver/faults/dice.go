// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"math/rand/v2"
	"sync"
)

// dice are what chance decides here. The same seed gives the same throws, so that a run can be
// repeated.
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

// restart begins the sequence of throws again.
func (d *dice) restart() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.random = rand.New(rand.NewPCG(d.seed, 0)) //nolint:gosec // Nothing secret hangs on it, and it must be repeatable.
}

// chance is true with a probability; 0 stands for 1, and then nothing is thrown.
func (d *dice) chance(probability float64) bool {
	if probability == 0 || probability == 1 {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.random.Float64() < probability
}

// below returns a number from 0 up to and without n.
func (d *dice) below(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.random.IntN(n)
}

// shuffle puts items in another order, in place.
func shuffle[T any](d *dice, items []T) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
}
