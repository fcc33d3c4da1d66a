// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

type scopeKind int

const (
	// Removals come first: a scope that moves from one owner to another is removed and added at the
	// same time.
	removeScope scopeKind = iota
	addScope
	setScope
	readScope
)

// scopeCall is one caller's operation on a scope. Its result may be read once done is closed.
type scopeCall struct {
	ctx   context.Context //nolint:containedctx // A call waits in a queue.
	kind  scopeKind
	in    ResourceServerScope
	doubt error // Why it is unknown whether the change was made.

	out  Scope
	err  error
	done chan struct{}
}

// Context is the context of the caller.
func (c *scopeCall) Context() context.Context { return c.ctx }

func (c *scopeCall) changes() bool { return c.kind != readScope }

func (c *scopeCall) settle(out Scope, err error) {
	c.out, c.err = out, err
	close(c.done)
}

// fail settles calls that end with an error.
func fail(calls []*scopeCall, err error) {
	for _, call := range calls {
		switch {
		case call.doubt == nil:
			call.settle(Scope{}, err)
		case call.kind != addScope:
			call.settle(Scope{}, call.doubt)
		case errors.Is(err, call.doubt):
			call.settle(Scope{}, &UncertainError{Err: err})
		default:
			call.settle(Scope{}, &UncertainError{Err: call.doubt, Lookup: err})
		}
	}
}

// applyCalls applies changes to a copy of the scopes of an API and returns them. It settles the
// calls that cannot be made, and calls whose caller has given up. A scope that no call changes
// keeps its place and its description.
func applyCalls(
	found []Scope, isSystem bool, calls []*scopeCall,
) (list []Scope, changes []*scopeCall) {
	list = slices.Clone(found)
	for _, call := range calls {
		at := slices.IndexFunc(list, func(scope Scope) bool { return scope.Value == call.in.Value })
		switch err := call.ctx.Err(); {
		case call.doubt != nil && tookEffect(call, scopeIn(list, call.in.Value)):
		case err != nil:
			fail([]*scopeCall{call}, cmp.Or(call.doubt, err))
			continue
		case call.kind == addScope && at >= 0:
			// The list also has the additions of this round, which may still fail. Nobody can have
			// added a scope to a system API.
			there := scopeIn(found, call.in.Value)
			call.settle(there, &ConflictError{
				ID: call.in.ID(), Err: takenScope(),
				Identical: !isSystem && sameScope(there, call.in.Scope),
			})
			continue
		case call.kind == addScope:
			list = append(list, call.in.Scope)
		case at < 0:
			call.settle(Scope{}, missingScope())
			continue
		case call.kind == setScope:
			list[at] = call.in.Scope
		default:
			list = slices.Delete(list, at, at+1)
		}
		changes = append(changes, call)
	}
	return list, changes
}

// settleUnshown settles the changes that the answer to their own PATCH does not show, and returns
// the others.
func settleUnshown(changes []*scopeCall, answer ResourceServer) []*scopeCall {
	return slices.DeleteFunc(slices.Clone(changes), func(call *scopeCall) bool {
		call.out = scopeIn(answer.Scopes, call.in.Value)
		if superseded(call, changes) || (call.out.Value == "") == (call.kind == removeScope) {
			return false
		}
		call.settle(Scope{}, &rest.Error{
			Method: http.MethodPatch, Path: "/api/v2/resource-servers/" + url.PathEscape(answer.ID),
			Status:  http.StatusOK,
			Message: "the answer does not show the change of the scope",
		})
		return true
	})
}

// tookEffect reports whether the scope in the list is the intended result of the change.
func tookEffect(call *scopeCall, shown Scope) bool {
	if call.kind == removeScope {
		return shown.Value == ""
	}
	return sameScope(shown, call.in.Scope)
}

// superseded reports whether a removed scope is added again in the same round.
func superseded(call *scopeCall, all []*scopeCall) bool {
	return call.kind == removeScope && slices.ContainsFunc(all, func(other *scopeCall) bool {
		return other.kind == addScope && other.in.Value == call.in.Value
	})
}

// The API has no endpoint for a single scope. These are the answers that such an endpoint would
// give.

func missingScope() error {
	return &rest.Error{
		Method: http.MethodGet, Path: "/api/v2/resource-servers", Status: http.StatusNotFound,
		Code: "inexistent_scope", Message: "the API has no such scope",
	}
}

func takenScope() error {
	return &rest.Error{
		Method: http.MethodGet, Path: "/api/v2/resource-servers", Status: http.StatusConflict,
		Message: "the API already has this scope",
	}
}
