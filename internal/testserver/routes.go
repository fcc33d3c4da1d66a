// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"
	"net/url"
	"strings"
)

// routeTable lists what the server answers, and SUPPORTED.md is made from it. The scopes are those of API contract 2.
func (s *Server) routeTable() []route {
	var table []route
	for _, part := range [][]route{
		s.tokens.table(), s.management.table(), s.tokens.sampleRoutes(),
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
