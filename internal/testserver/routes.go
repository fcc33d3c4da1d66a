// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"
	"net/url"
	"strings"
)

// route is one line of the route table.
type route struct {
	method  string
	pattern string
	scopes  []string // Any one of them lets a bearer token in; none means that the route is public.
	handle  endpoint

	segments []string // Of the pattern.
}

// name is how tests and logs call the route.
func (r *route) name() string {
	if r.pattern == "" {
		return ""
	}
	return r.method + " " + r.pattern
}

const tokenPattern = "/oauth/token"

// routeTable lists what the server answers. The scopes are those of API contract 2.
func (s *Server) routeTable() []route {
	table := []route{
		{method: http.MethodPost, pattern: tokenPattern, handle: s.issueToken},
		{method: http.MethodGet, pattern: "/.well-known/jwks.json", handle: s.showJWKS},
		{method: http.MethodGet, pattern: "/.well-known/openid-configuration", handle: s.showDiscovery},

		{method: http.MethodPost, pattern: "/api/v2/resource-servers", scopes: []string{"create:resource_servers"}, handle: s.createResourceServer},
		{method: http.MethodGet, pattern: "/api/v2/resource-servers", scopes: []string{"read:resource_servers"}, handle: s.listResourceServers},
		{method: http.MethodGet, pattern: "/api/v2/resource-servers/{id}", scopes: []string{"read:resource_servers"}, handle: s.readResourceServer},
		{method: http.MethodPatch, pattern: "/api/v2/resource-servers/{id}", scopes: []string{"update:resource_servers"}, handle: s.updateResourceServer},
		{method: http.MethodDelete, pattern: "/api/v2/resource-servers/{id}", scopes: []string{"delete:resource_servers"}, handle: s.deleteResourceServer},

		{method: http.MethodPost, pattern: "/api/v2/client-grants", scopes: []string{"create:client_grants"}, handle: s.createClientGrant},
		{method: http.MethodGet, pattern: "/api/v2/client-grants", scopes: []string{"read:client_grants"}, handle: s.listClientGrants},
		{method: http.MethodGet, pattern: "/api/v2/client-grants/{id}", scopes: []string{"read:client_grants"}, handle: s.readClientGrant},
		{method: http.MethodPatch, pattern: "/api/v2/client-grants/{id}", scopes: []string{"update:client_grants"}, handle: s.updateClientGrant},
		{method: http.MethodDelete, pattern: "/api/v2/client-grants/{id}", scopes: []string{"delete:client_grants"}, handle: s.deleteClientGrant},

		{method: http.MethodGet, pattern: "/api/v2/clients", scopes: clientReaders, handle: s.listClients},
		{method: http.MethodGet, pattern: "/api/v2/clients/{id}", scopes: clientReaders, handle: s.readClient},

		{method: http.MethodGet, pattern: "/sample-api/{collection}", handle: s.callSampleAPI},
		{method: http.MethodPost, pattern: "/sample-api/{collection}", handle: s.callSampleAPI},
		{method: http.MethodDelete, pattern: "/sample-api/{collection}", handle: s.callSampleAPI},
	}
	for i := range table {
		table[i].segments = strings.Split(table[i].pattern, "/")
	}
	return table
}

var clientReaders = []string{"read:clients", "read:client_keys", "read:client_credentials", "read:client_summary"}

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
	params := map[string]string{}
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
		params[strings.Trim(expected, "{}")] = value
	}
	return params, true
}
