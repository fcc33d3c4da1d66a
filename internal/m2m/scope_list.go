// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"net/http"
	"slices"
)

// applyAll makes the changes to a copy of a list and returns them. The others are
// settled: those who only look, who have given up, or whose change is in vain. What
// nobody changes keeps its place and its description.
func applyAll(scopes []Scope, calls []*scopeCall) (list []Scope, changes []*scopeCall) {
	list = slices.Clone(scopes)
	for _, call := range calls {
		if err := call.ctx.Err(); err != nil && call.kind != lookAtScope {
			call.settle(Scope{}, err)
			continue
		}
		at := slices.IndexFunc(list, func(scope Scope) bool { return scope.Value == call.in.Value })
		switch {
		case call.kind == lookAtScope:
			// What is written in this round is not there yet.
			if shown := scopeIn(scopes, call.in.Value); shown.Value != "" {
				call.settle(shown, nil)
			} else {
				call.settle(Scope{}, missingScope())
			}
			continue
		case call.kind == addScope && at >= 0:
			call.settle(Scope{}, &ConflictError{ID: call.in.ID(), Err: takenScope()})
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

// scopeIn is the scope of a list with a value, or none.
func scopeIn(list []Scope, value string) Scope {
	for _, scope := range list {
		if scope.Value == value {
			return scope
		}
	}
	return Scope{}
}

func sameScope(a, b Scope) bool {
	return a.Value == b.Value && (a.Description == nil) == (b.Description == nil) &&
		(a.Description == nil || *a.Description == *b.Description)
}

// sameScopes compares lists without regard to their order, which not every answer
// keeps.
func sameScopes(a, b []Scope) bool {
	if len(a) != len(b) {
		return false
	}
	byValue := make(map[string]Scope, len(a))
	for _, scope := range a {
		byValue[scope.Value] = scope
	}
	return !slices.ContainsFunc(b, func(scope Scope) bool { return !sameScope(scope, byValue[scope.Value]) })
}

// The API knows scopes only as parts of an API; these are its answers as they would
// be for objects.

func missingScope() error {
	return &Error{
		Method: http.MethodGet, Path: "/api/v2/resource-servers", Status: http.StatusNotFound,
		Code: "inexistent_scope", Message: "the API has no such scope",
	}
}

func takenScope() error {
	return &Error{
		Method: http.MethodGet, Path: "/api/v2/resource-servers", Status: http.StatusConflict,
		Message: "the API has this scope already",
	}
}
