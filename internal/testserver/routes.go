// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"
	"net/url"
	"strings"

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

// routeTable lists what the server answers, and SUPPORTED.md is made from it. The scopes are those of API contract 2.
func (s *Server) routeTable() []route {
	var table []route
	for _, part := range [][]route{
		s.tokenRoutes(), s.discoveryRoutes(), s.resourceServerRoutes(), s.clientGrantRoutes(), s.clientRoutes(), s.credentialRoutes(),
		s.organizationRoutes(), s.organizationGrantRoutes(), s.signingKeyRoutes(), s.sampleRoutes(),
	} {
		table = append(table, part...)
	}
	for i := range table {
		table[i].segments = strings.Split(table[i].pattern, "/")
	}
	return table
}

// match finds the route for a request and the parameters in its path. It compares the escaped path segment by segment:
// an identifier is a URL, whose slashes must not divide the path (API contract 1.9). A wrong method is an unknown route
// (API contract 1.5), so http.ServeMux with its 405s and redirects would be of no help. HEAD takes the route of GET;
// the HTTP server leaves the body out.
//
// ASSUMED: HEAD works, as the API's HTTP framework does it by default.
func (s *Server) match(method, escapedPath string) (*route, map[string]string) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	segments := strings.Split(escapedPath, "/")
	for i := range s.routes {
		candidate := &s.routes[i]
		if candidate.method != method {
			continue
		}
		if params, ok := matchSegments(candidate.segments, segments); ok {
			return candidate, params
		}
	}
	return &s.unknown, nil
}

func matchSegments(pattern, path []string) (map[string]string, bool) {
	if len(pattern) != len(path) {
		return nil, false
	}
	var params map[string]string
	for i, expected := range pattern {
		if !strings.HasPrefix(expected, "{") {
			if expected != path[i] {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(path[i])
		if err != nil || value == "" {
			return nil, false
		}
		if params == nil {
			params = map[string]string{}
		}
		params[strings.Trim(expected, "{}")] = value
	}
	return params, true
}

// refuse is the reply of one of the refusals that any route can meet with, in the shape that the route has for its own.
func (r *route) refuse(refused *wire.Refusal) wire.Reply {
	if r.pattern == tokenPattern {
		refused = refused.AsTokenError()
	}
	return refused.Reply()
}
