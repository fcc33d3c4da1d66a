// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

// route is one line of the route table.
type route struct {
	method    string
	pattern   string
	does      string          // In a few words, for SUPPORTED.md.
	scopes    []string        // Any one of them lets a bearer token in; none means that the route is public.
	allScopes bool            // It takes all of the scopes to be let in.
	status    int             // Of success; 200 when it is not given.
	query     *schema.Schema  // nil ignores the query, as writes do (API contract 1.1).
	body      *schema.Schema  // nil ignores the body.
	form      *schema.Schema  // A body that the handler checks itself, in words of its own.
	refuses   []*wire.Refusal // Beyond what every route refuses. A handler that refuses anything else is broken.
	handle    handler

	segments []string // Of the pattern.
}

// handler does the work of a route. What it returns is sent as JSON; a reply is sent as it is. An error that is no
// refusal is a failure of the server.
type handler func(*call) (any, error)

// name is how tests and logs call the route.
func (r *route) name() string {
	if r.pattern == "" {
		return ""
	}
	return r.method + " " + r.pattern
}

const tokenPattern = "/oauth/token"

// refuse is the reply of one of the refusals that any route can meet with, in the shape that the route has for its own.
func (r *route) refuse(refused *wire.Refusal) wire.Reply {
	if r.pattern == tokenPattern {
		refused = refused.AsTokenError()
	}
	return refused.Reply()
}
