// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
)

// Neither another route nor a path that is not implemented hides a route.
func TestRoutes_noneIsHidden(t *testing.T) {
	t.Parallel()
	routes := newTestServer(t).routes
	for _, r := range routes {
		path := strings.NewReplacer("{", "", "}", "").Replace(r.Pattern)
		if found, _ := routes.Match(r.Method, path); found.Name() != r.Name() {
			t.Errorf("%s %s is answered by %q", r.Method, path, found.Name())
		}
	}
}

// A path that is not implemented is listed once, and not below another one.
func TestRoutes_notImplementedPathsAreDistinct(t *testing.T) {
	t.Parallel()
	var paths []string
	for _, area := range routing.NotImplemented {
		paths = append(paths, area.Paths...)
	}
	for i, path := range paths {
		for j, other := range paths {
			if i != j && (path == other || strings.HasPrefix(path, other+"/")) {
				t.Errorf("%s includes %s", other, path)
			}
		}
	}
}
