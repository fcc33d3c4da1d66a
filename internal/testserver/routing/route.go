// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package routing has the types of a request on its way to a handler: the route, the call and the
// caller. Every package that answers requests describes its endpoints as routes, and says what they
// do. This package imports none of them.
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
	Does    string // A short description for SUPPORTED.md.
	// A bearer token needs any one of these scopes. A route without scopes is public.
	Scopes    []string
	AllScopes bool           // A bearer token needs all of the scopes.
	Bearer    bool           // The route has no scopes but checks a bearer token itself.
	Status    int            // Of success; 0 means 200.
	Query     *schema.Schema // nil ignores the query, as writes do (API contract 1.1).
	Body      *schema.Schema // nil ignores the body.
	Form      *schema.Schema // A form that the handler checks itself, with its own error texts.
	// Refusals beyond those that any route can return. A handler must not return others.
	Refuses []*wire.Refusal
	Handle  handler

	segments []string // The segments of the pattern.
}

// handler does the work of a route. Its result is sent as JSON; a reply is sent unchanged. An error
// that is not a refusal is an internal server error.
type handler func(*Call) (any, error)

// Name returns the method and the pattern, which name the route in tests and logs.
func (r *Route) Name() string {
	if r.Pattern == "" {
		return ""
	}
	return r.Method + " " + r.Pattern
}

// TokenPath is the path of the token endpoint.
const TokenPath = "/oauth/token"

// IsTokenEndpoint reports whether this is the token endpoint, whose errors have their own shape
// (API contract 9.4).
func (r *Route) IsTokenEndpoint() bool { return r.Pattern == TokenPath }

// Refuse returns the reply for a refusal that any route can return, in the shape of this route's
// errors.
func (r *Route) Refuse(refused *wire.Refusal) wire.Reply {
	if r.IsTokenEndpoint() {
		refused = refused.AsTokenError()
	}
	return refused.Reply()
}

// ReadsObjects reports whether the route's reads can lag behind writes.
func (r *Route) ReadsObjects() bool { return r.Method == http.MethodGet && len(r.Scopes) > 0 }

// DealsInTokens reports whether the route accepts bearer tokens or issues tokens.
func (r *Route) DealsInTokens() bool {
	return len(r.Scopes) > 0 || r.Bearer || r.IsTokenEndpoint()
}
