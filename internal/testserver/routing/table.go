// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package routing

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Table lists routes. The first one that matches a request answers it.
type Table []Route

// NewTable joins the routes of several packages, in order.
func NewTable(parts ...[]Route) Table {
	t := Table(slices.Concat(parts...))
	for i := range t {
		t[i].segments = strings.Split(t[i].Pattern, "/")
	}
	return t
}

// unknown answers requests that no route matches.
var unknown = Route{
	Refuses: []*wire.Refusal{wire.ErrUnknownRoute},
	Handle: func(c *Call) (any, error) {
		c.Warning = "unknown route; SUPPORTED.md lists the routes of m2m-testserver"
		return nil, wire.ErrUnknownRoute
	},
}

// Match returns the route for a request and the parameters in its path. It compares the escaped
// path segment by segment: an identifier is a URL, and its escaped slashes must not split the path
// (API contract 1.9). A wrong method is an unknown route (API contract 1.5), so http.ServeMux with
// its 405s and redirects does not fit. HEAD uses the route of GET; the HTTP server omits the body.
//
// ASSUMED: HEAD works, because the API's HTTP framework supports it by default.
func (t Table) Match(method, escapedPath string) (*Route, map[string]string) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	segments := strings.Split(escapedPath, "/")
	if missing := notImplemented(literal, segments); missing != nil {
		return missing, nil
	}
	for i := range t {
		candidate := &t[i]
		if candidate.Method != method {
			continue
		}
		if params, ok := matchSegments(candidate.segments, segments); ok {
			return candidate, params
		}
	}
	if missing := notImplemented(parametric, segments); missing != nil {
		return missing, nil
	}
	return &unknown, nil
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
