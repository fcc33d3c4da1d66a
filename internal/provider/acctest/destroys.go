// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// destroysOf returns the requests that destroy everything in a state: one for each object, except
// that parts of an API share a request if Terraform destroys them together. If the state has both
// an API and parts of it, either can be destroyed first, so these parts are omitted.
func destroysOf(state *terraform.State) []string {
	var out []string
	own, shared := map[string]bool{}, map[string]string{}
	for address, object := range state.RootModule().Resources {
		r, attributes := ResourceOf(object.Type), object.Primary.Attributes
		switch {
		// Only removed from the state.
		case r == nil, r.Destroy == nil, strings.HasPrefix(address, "data."), attributes["is_system"] == "true":
		case r.PartOf != "":
			shared[attributes[r.PartOf]] = r.Destroy(attributes)
		default:
			own[attributes["identifier"]] = true
			out = append(out, r.Destroy(attributes))
		}
	}
	maps.DeleteFunc(shared, func(identifier string, _ string) bool { return own[identifier] })
	out = slices.AppendSeq(out, maps.Values(shared))
	slices.Sort(out)
	return out
}

// destroys returns requests in the form of destroysOf. Requests that met a fault are repeated, so
// they do not count.
func destroys(requests []testserver.Request) []string {
	var out []string
	seen := map[string]bool{} // Paths that are deleted or changed.
	for _, r := range requests {
		seen[r.Path] = seen[r.Path] || r.Method == http.MethodDelete
	}
	for _, r := range requests {
		switch {
		case r.Fault != "", seen[r.Path] && r.Method == http.MethodPatch:
		case r.Method == http.MethodPatch:
			seen[r.Path] = true
			out = append(out, "PATCH resource-servers/{id}") // This id is not in the state.
		default:
			out = append(out, r.Method+" "+strings.TrimPrefix(r.Path, "/api/v2/"))
		}
	}
	slices.Sort(out)
	return out
}
