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

// This file tracks which objects this run creates or adopts (owned), and which it destroys
// (leaving). One run can do both to the same object: if a resource is renamed, Terraform
// destroys and creates in parallel, and with create_before_destroy it creates first.

// own makes the calling resource the owner of an object. If this run is destroying the object,
// own instead returns a channel that is closed when the delete is over.
func (r *Run) own(id string) (<-chan struct{}, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if gone, ok := r.leaving[id]; ok {
		return gone, nil
	}
	if r.owned[id] && !r.SeveralWalks {
		return nil, report.ErrOwnedTwice
	}
	if r.owned == nil {
		r.owned = make(map[string]bool)
	}
	r.owned[id] = true
	return nil, nil
}

// disown gives up ownership after a failed adoption.
func (r *Run) disown(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.owned, id)
}

// owns reports whether this run has created or adopted an object.
func (r *Run) owns(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.owned[id]
}

// ownsAny reports whether this run has created or adopted anything.
func (r *Run) ownsAny() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.owned) > 0
}

// leave records that an object is about to be destroyed. The caller must call done when the
// delete is over, with whether the object is gone. ok is false if this run has created or adopted
// the object, which must then be kept.
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

// leavingOf returns the channel that is closed when the delete of an object is over, or nil if
// this run does not destroy it.
func (r *Run) leavingOf(id string) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.leaving[id]
}

// Destroys reports whether this run has begun to destroy an object itself.
func (r *Run) Destroys(id string) bool { return r.leavingOf(id) != nil }

// Settle waits until this run has finished destroying an object, if it destroys it.
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

// Destroy deletes an object, or keeps it with a warning if another resource has adopted it in
// this run.
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

// maxCreates bounds how often a create is tried while this run destroys the objects in its way.
const maxCreates = 3

// CreateOrAdopt creates an object. If the object already exists, it adopts it if useExisting is
// set, or if it is identical and the provider adopts identical objects. If this run is destroying
// the existing object, it waits and tries again.
func CreateOrAdopt[T any](
	ctx context.Context, r *Run, op report.Operation, useExisting bool, diags *diag.Diagnostics,
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
		identical := conflict.Identical && r.AdoptIdentical && !useExisting
		gone := r.leavingOf(conflict.ID)
		if gone == nil {
			if !useExisting && !identical && !r.owns(conflict.ID) {
				return out, false, err
			}
			var ownErr error
			if gone, ownErr = r.own(conflict.ID); ownErr != nil {
				return out, false, fmt.Errorf("%w: %w", ownErr, err)
			}
		}
		if gone == nil && identical {
			report.WarnOfIdentical(diags, op, conflict.ID)
			return out, true, nil
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
