// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// Which objects this run creates or adopts, and which it destroys. Both can be true of one
// object: Terraform destroys and creates in parallel if a resource is renamed, and creates
// first with create_before_destroy.

// own makes one resource the owner of an object. It returns a channel instead if this run
// destroys the object, which is closed when that is over.
func (r *Run) own(id string) (<-chan struct{}, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if gone, ok := r.leaving[id]; ok {
		return gone, nil
	}
	if r.owned[id] {
		return nil, report.ErrOwnedTwice
	}
	if r.owned == nil {
		r.owned = make(map[string]bool)
	}
	r.owned[id] = true
	return nil, nil
}

// disown takes ownership back after an adoption failed.
func (r *Run) disown(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.owned, id)
}

// ownsAny reports whether this run has created or adopted anything.
func (r *Run) ownsAny() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.owned) > 0
}

// leave notes that an object is about to be destroyed. done must be called when that is
// over, with whether the object is gone. ok is false if this run has created or adopted the
// object, which must then stay.
func (r *Run) leave(id string) (done func(gone bool), ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.owned[id] {
		return nil, false
	}
	if r.leaving == nil {
		r.leaving = make(map[string]chan struct{})
	}
	over := make(chan struct{})
	r.leaving[id] = over
	return func(gone bool) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if !gone {
			delete(r.leaving, id)
		}
		close(over)
	}, true
}

// leavingOf returns a channel if this run destroys the object.
func (r *Run) leavingOf(id string) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.leaving[id]
}

// Settle waits while this run destroys an object.
func (r *Run) Settle(ctx context.Context, id string) error {
	gone := r.leavingOf(id)
	if gone == nil {
		return nil
	}
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Destroy deletes an object of the state. It stays, with a warning, if another resource has
// adopted it in this run.
func (r *Run) Destroy(
	op report.Operation, id string, diags *diag.Diagnostics, del func() error,
) error {
	done, ok := r.leave(id)
	if !ok {
		report.WarnOfKept(diags, op)
		return nil
	}
	err := del()
	done(err == nil)
	return err
}

// maxCreates is how often a create meets an object that this run destroys.
const maxCreates = 3

// CreateOrAdopt creates an object. If one exists already, it is adopted with useExisting,
// and waited for if this run is about to destroy it.
func CreateOrAdopt[T any](
	ctx context.Context, r *Run, useExisting bool,
	create func() (out T, id string, err error), adopt func(id string) (T, error),
) (out T, adopted bool, err error) {
	for range maxCreates {
		var id string
		if out, id, err = create(); err == nil {
			_, err = r.own(id)
			return out, false, err
		}
		var conflict *m2m.ConflictError
		if !errors.As(err, &conflict) || conflict.ID == "" {
			return out, false, err
		}
		gone := r.leavingOf(conflict.ID)
		if gone == nil {
			if !useExisting {
				return out, false, err
			}
			var ownErr error
			if gone, ownErr = r.own(conflict.ID); ownErr != nil {
				return out, false, fmt.Errorf("%w: %w", ownErr, err)
			}
		}
		if gone == nil {
			if out, err = adopt(conflict.ID); err != nil {
				r.disown(conflict.ID)
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
