// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package routing is a request on its way: the route that it takes, what is known of it when it
// reaches the handler, and who sent it. Every package that answers requests describes its endpoints
// as routes. What routes there are and what they do is for those packages to say.
package routing

import (
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Route is one line of the route table.
type Route struct {
	Method  string
	Pattern string
	Does    string // In a few words, for SUPPORTED.md.
	// Any one of them lets a bearer token in; none means that the route is public.
	Scopes    []string
	AllScopes bool           // It takes all of the scopes to be let in.
	Bearer    bool           // It has no scopes and checks a bearer token all the same.
	Status    int            // Of success; 200 when it is not given.
	Query     *schema.Schema // nil ignores the query, as writes do (API contract 1.1).
	Body      *schema.Schema // nil ignores the body.
	Form      *schema.Schema // A body that the handler checks itself, in words of its own.
	// Beyond what every route refuses. A handler that refuses anything else is broken.
	Refuses []*wire.Refusal
	Handle  handler

	segments []string // Of the pattern.
}

// handler does the work of a route. What it returns is sent as JSON; a reply is sent as it is. An
// error that is no refusal is a failure of the server.
type handler func(*Call) (any, error)

// Name is how tests and logs call the route.
func (r *Route) Name() string {
	if r.Pattern == "" {
		return ""
	}
	return r.Method + " " + r.Pattern
}

// TokenPath is where tokens are issued.
const TokenPath = "/oauth/token"

// IsTokenEndpoint is true of the route whose errors have a shape of their own (API contract 9.4).
func (r *Route) IsTokenEndpoint() bool { return r.Pattern == TokenPath }

// Refuse is the reply of one of the refusals that any route can meet with, in the shape that the
// route has for its own.
func (r *Route) Refuse(refused *wire.Refusal) wire.Reply {
	if r.IsTokenEndpoint() {
		refused = refused.AsTokenError()
	}
	return refused.Reply()
}

// ReadsObjects is true of the routes whose reading can lag behind.
func (r *Route) ReadsObjects() bool { return r.Method == http.MethodGet && len(r.Scopes) > 0 }

// DealsInTokens is true of the routes that take bearer tokens, and of the one that makes them.
func (r *Route) DealsInTokens() bool {
	return len(r.Scopes) > 0 || r.Bearer || r.IsTokenEndpoint()
}
