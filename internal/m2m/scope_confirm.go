// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"net/http"
	"net/url"
	"slices"
)

// onlyShown settles the changes that the answer to their own PATCH does not show.
func onlyShown(changes []*scopeCall, answer ResourceServer) []*scopeCall {
	return slices.DeleteFunc(slices.Clone(changes), func(call *scopeCall) bool {
		call.out = scopeIn(answer.Scopes, call.in.Value)
		if overruled(call, changes) || (call.out.Value == "") == (call.kind == removeScope) {
			return false
		}
		call.settle(Scope{}, &Error{
			Method: http.MethodPatch, Path: "/api/v2/resource-servers/" + url.PathEscape(answer.ID), Status: http.StatusOK,
			Message: "the answer does not show the change of the scope",
		})
		return true
	})
}

// confirmWritten settles changes by the list that a later read shows. Where that
// read failed, the answer to the PATCH has to do.
func confirmWritten(written []*scopeCall, list []Scope, readErr error) {
	for _, call := range written {
		shown := scopeIn(list, call.in.Value)
		there := shown.Value != ""
		switch {
		case call.doubt != nil && readErr != nil:
			call.settle(Scope{}, doubtful(call, readErr))
		case readErr != nil:
			call.settle(call.out, nil)
		case overruled(call, written):
			call.settle(call.in.Scope, nil) // The addition tells.
		case call.doubt != nil && !reached(call, shown):
			call.settle(Scope{}, doubtful(call, nil))
		case there == (call.kind == removeScope):
			call.settle(Scope{}, &LostRaceError{Scope: call.in.Value, Restored: there})
		default:
			call.settle(shown, nil)
		}
	}
}

// reached reports whether a scope is what a change was to make it.
func reached(call *scopeCall, shown Scope) bool {
	if call.kind == removeScope {
		return shown.Value == ""
	}
	return sameScope(shown, call.in.Scope)
}

// inDoubt reports whether a change whose reply was lost does not show yet.
func inDoubt(written []*scopeCall, list []Scope) bool {
	return slices.ContainsFunc(written, func(call *scopeCall) bool {
		return call.doubt != nil && !overruled(call, written) && !reached(call, scopeIn(list, call.in.Value))
	})
}

func doubtful(call *scopeCall, lookup error) error {
	if call.kind == addScope {
		return &UncertainError{Err: call.doubt, Lookup: lookup}
	}
	return call.doubt
}

// overruled reports whether a scope that was removed is added again in the same
// round.
func overruled(call *scopeCall, all []*scopeCall) bool {
	return call.kind == removeScope && slices.ContainsFunc(all, func(other *scopeCall) bool {
		return other.kind == addScope && other.in.Value == call.in.Value
	})
}
