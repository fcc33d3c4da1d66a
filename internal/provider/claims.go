// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// claims knows which objects this run creates or adopts and which it destroys. Both
// can concern the same object: Terraform destroys and creates in parallel when a
// resource is renamed, and creates before it destroys where it is told to.
type claims struct {
	mu      sync.Mutex
	ours    map[string]bool
	leaving map[string]chan struct{} // Closed when the object is gone, or stays after all.
}

// claim makes an object that of one resource. A channel is returned where this run
// destroys it, which is closed when that is over.
func (c *claims) claim(id string) (<-chan struct{}, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gone, ok := c.leaving[id]; ok {
		return gone, nil
	}
	if c.ours[id] {
		return nil, report.ErrOwnedTwice
	}
	if c.ours == nil {
		c.ours = make(map[string]bool)
	}
	c.ours[id] = true
	return nil, nil
}

// disown takes a claim back after the adoption failed.
func (c *claims) disown(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.ours, id)
}

// any tells whether this run has created or adopted anything.
func (c *claims) any() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.ours) > 0
}

// destroy says that an object is about to be destroyed; done must be called when
// that is over, with whether it is gone. It is false for an object that this run
// has created or adopted, which must stay.
func (c *claims) destroy(id string) (done func(gone bool), ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ours[id] {
		return nil, false
	}
	if c.leaving == nil {
		c.leaving = make(map[string]chan struct{})
	}
	over := make(chan struct{})
	c.leaving[id] = over
	return func(gone bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if !gone {
			delete(c.leaving, id)
		}
		close(over)
	}, true
}

// isLeaving returns a channel where this run destroys the object.
func (c *claims) isLeaving(id string) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leaving[id]
}

// settled returns a channel that is closed once this run does not destroy the
// object any more, which may be at once.
func (c *claims) settled(id string) <-chan struct{} {
	if gone := c.isLeaving(id); gone != nil {
		return gone
	}
	closed := make(chan struct{})
	close(closed)
	return closed
}

// createRounds is how often a create meets an object that this run destroys.
const createRounds = 3

// createOrAdopt creates an object, or adopts the one that is in its way where
// useExisting says so. One that this run is about to destroy is waited for.
func createOrAdopt[T any](
	ctx context.Context, c *claims, useExisting bool,
	create func() (out T, id string, err error), adopt func(id string) (T, error),
) (out T, adopted bool, err error) {
	for range createRounds {
		var id string
		if out, id, err = create(); err == nil {
			_, err = c.claim(id)
			return out, false, err
		}
		var conflict *m2m.ConflictError
		if !errors.As(err, &conflict) || conflict.ID == "" {
			return out, false, err
		}
		gone := c.isLeaving(conflict.ID)
		if gone == nil {
			if !useExisting {
				return out, false, err
			}
			var claimErr error
			if gone, claimErr = c.claim(conflict.ID); claimErr != nil {
				return out, false, fmt.Errorf("%w: %w", claimErr, err)
			}
		}
		if gone == nil {
			if out, err = adopt(conflict.ID); err != nil {
				c.disown(conflict.ID)
			}
			return out, true, err
		}
		select {
		case <-gone:
		case <-ctx.Done():
			return out, false, ctx.Err()
		}
	}
	return out, false, err
}
