// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Values are a plan or a state.
type Values interface {
	Get(ctx context.Context, into any) diag.Diagnostics
	GetAttribute(ctx context.Context, at path.Path, into any) diag.Diagnostics
}

// declaration is how one resource of the configuration or the state plans an object. Objects are
// named as in report.Operation, so a name stands for a natural key.
type declaration struct {
	prior   string // The object in the state. Empty if the plan creates one.
	planned string // The object in the plan. Empty if it is destroyed, or if its key is unknown.
	destroy bool
	config  configuration
}

// configuration returns a digest of the configuration of a resource. A digest is rarely needed, so
// the call may compute it.
type configuration func() digest

type digest [sha256.Size]byte

func digestOf(config tftypes.Value) digest { return sha256.Sum256([]byte(config.String())) }

// declared is what this run knows of an object from all resources that declare it.
type declared struct {
	inState, kept, created, leaving bool
	// removed means that a resource removes the object because nothing seemed to manage it.
	removed bool
	config  configuration // Of the resource that keeps the object.
}

// Elsewhere is what this run knows of an object at other addresses than the one that plans it.
type Elsewhere struct {
	// InState reports that the state contains the object. If a plan creates it, the plan replaces
	// it, or another address contains it.
	InState bool
	// Leaving reports that the plan destroys the object at another address.
	Leaving bool
	// Kept and Created report that another resource of the configuration keeps or creates the
	// object.
	Kept, Created bool
	// OtherName reports that the plan gives this address an object with another name, or with a
	// name that is not known yet. The other fields are then false.
	OtherName bool
}

// APIObject names an API.
func APIObject(identifier string) string { return fmt.Sprintf("API %q", identifier) }

// inState reports whether the state is known to contain an object.
func (r *Run) inState(object string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.declaredAs(object).inState
}

// SeeInState records that the state contains an object.
func (r *Run) SeeInState(object string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.declaredAs(object).inState = true
}

// declaredAs returns the entry of an object. The caller holds the mutex.
func (r *Run) declaredAs(object string) *declared {
	if r.declared == nil {
		r.declared = make(map[string]*declared)
	}
	if r.declared[object] == nil {
		r.declared[object] = &declared{}
	}
	return r.declared[object]
}

// Declare records how a resource plans an object, and returns what other resources have planned
// for it. name returns the object in a plan or a state, as in report.Operation, or an empty string
// if its natural key is unknown. Declare reports an error if two resources of the configuration
// certainly declare the same object.
//
// Terraform plans a replacement as a change and then as a create, with the same configuration. If
// the object is tainted, it plans the create only. So a create of an object in the state is no
// proof of a second resource, unless its configuration differs.
//
// If the provider adopts identical objects, Declare also refuses to create an object that the plan
// destroys at another address: an apply does not know what the state contains, so the create could
// adopt the object before the destroy.
func (r *Run) Declare(
	req resource.ModifyPlanRequest, name func(Values) string, diags *diag.Diagnostics,
) Elsewhere {
	as := declaration{
		destroy: req.Plan.Raw.IsNull(), config: func() digest { return digestOf(req.Config.Raw) },
	}
	if !req.State.Raw.IsNull() {
		as.prior = name(req.State)
	}
	if !as.destroy {
		as.planned = name(req.Plan)
	}
	return r.declare(as, diags)
}

func (r *Run) declare(as declaration, diags *diag.Diagnostics) Elsewhere {
	diags = r.contradictions(diags)
	r.mu.Lock()
	defer r.mu.Unlock()
	object := as.planned
	if as.destroy {
		object = as.prior
		r.forgetOwners()
	}
	if as.prior != "" && !as.destroy && as.prior != as.planned {
		known := r.declaredAs(as.prior)
		known.inState = true
		known.leaving = known.leaving || as.planned != ""
		r.refuseMove(as.prior, known, diags)
		// Terraform plans the replacement a second time, as a create.
		return Elsewhere{OtherName: true}
	}
	if object == "" {
		return Elsewhere{}
	}
	known := r.declaredAs(object)
	before := *known
	switch {
	case as.destroy:
		known.inState, known.leaving = true, true
	case as.prior == "":
		if before.created || before.kept && before.config() != as.config() {
			reportTwice(object, "", diags)
		}
		known.created = true
	default:
		if before.created || before.kept {
			reportTwice(object, keepBoth, diags)
		}
		// The digest is made now, because as.config keeps the whole request in memory.
		config := as.config()
		known.inState, known.kept, known.config = true, true, func() digest { return config }
	}
	r.refuseMove(object, known, diags)
	refuseRemoval(object, known, diags)
	return before.elsewhere()
}

// refuseMove reports an object that the plan destroys at one address and creates at another one, if
// the create could adopt it.
func (r *Run) refuseMove(object string, known *declared, diags *diag.Diagnostics) {
	if !r.AdoptIdentical || !known.created || !known.leaving {
		return
	}
	diags.AddError("Another address has the "+object,
		"The state contains it at another address, where this plan destroys it. With "+
			"adopt_identical, the provider only takes over objects that the state does not "+
			"contain. If the block was renamed, add a moved block. Otherwise, apply without "+
			"adopt_identical (and without M2M_ADOPT_IDENTICAL in the environment).")
}

// DeclareUnchanged is Declare for a resource that keeps an object as it is. If another resource is
// known to declare the object, it records nothing and returns false.
func (r *Run) DeclareUnchanged(object string, config func() tftypes.Value) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.declaredAs(object)
	if known.created || known.kept || known.removed {
		return false
	}
	known.inState, known.kept = true, true
	known.config = func() digest { return digestOf(config()) }
	return true
}

// Declares reports whether a resource of the configuration is known to keep or create an object.
func (r *Run) Declares(object string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.declaredAs(object)
	return known.kept || known.created
}

// AwaitDeclaration is Declares, but waits a moment for the plan of another resource. For example, a
// renamed block is planned as a destroy and as a create, in any order.
func (r *Run) AwaitDeclaration(ctx context.Context, object string) bool {
	return r.await(ctx, func() bool { return r.Declares(object) })
}

// Leaves reports whether this run is known to destroy an object.
func (r *Run) Leaves(object string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.declaredAs(object).leaving
}

// AwaitLeave is Leaves for an object that the state contains and this run creates. It waits a
// moment for the plan of the address that destroys the object.
func (r *Run) AwaitLeave(ctx context.Context, object string) bool {
	return r.await(ctx, func() bool { return r.Leaves(object) })
}

// Replaces reports whether this run is known to replace an object with a new one of the same name.
// Terraform then plans the object twice, but ignores the warnings of the second plan. So another
// resource must give them.
func (r *Run) Replaces(object string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.declaredAs(object)
	return known.kept && known.created
}

const keepBoth = " If the state already contains both, remove one block and add a removed block " +
	"with lifecycle { destroy = false } for it: otherwise Terraform destroys the object."

func reportTwice(object, advice string, diags *diag.Diagnostics) {
	diags.AddError("Two resources for the "+object,
		"Another resource of this configuration also manages it. Two resources for one object "+
			"undo each other's changes in every apply. Remove one of the two blocks."+advice)
}
