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

// destroysOf are the requests that destroy all that is in a state: one for each
// object, but for scopes, which share a request as far as Terraform walks them
// together. Whether the scopes or their API go first is chance where the state has
// both, so those of its own APIs are left out.
func destroysOf(state *terraform.State) []string {
	var out []string
	own, shrunk := map[string]bool{}, map[string]bool{}
	for address, object := range state.RootModule().Resources {
		attributes := object.Primary.Attributes
		switch {
		case strings.HasPrefix(address, "data."), attributes["is_system"] == "true": // Only dropped from the state.
		case object.Type == "m2m_resource_server":
			own[attributes["identifier"]] = true
			out = append(out, "DELETE resource-servers/"+object.Primary.ID)
		case object.Type == "m2m_client_grant":
			out = append(out, "DELETE client-grants/"+object.Primary.ID)
		case object.Type == "m2m_organization_client_grant":
			out = append(out, "DELETE organizations/"+attributes["organization_id"]+"/client-grants/"+attributes["grant_id"])
		case object.Type == "m2m_resource_server_scope":
			shrunk[attributes["resource_server_identifier"]] = true
		}
	}
	maps.DeleteFunc(shrunk, func(identifier string, _ bool) bool { return own[identifier] })
	out = append(out, slices.Repeat([]string{"PATCH resource-servers/{id}"}, len(shrunk))...)
	slices.Sort(out)
	return out
}

// destroys are requests as destroysOf has them. Those that a fault struck are
// repeated, so they do not count.
func destroys(requests []testserver.Request) []string {
	var out []string
	seen := map[string]bool{} // By path, once it is deleted or changed.
	for _, r := range requests {
		seen[r.Path] = seen[r.Path] || r.Method == http.MethodDelete
	}
	for _, r := range requests {
		switch {
		case r.Fault != "", seen[r.Path] && r.Method == http.MethodPatch:
		case r.Method == http.MethodPatch:
			seen[r.Path] = true
			out = append(out, "PATCH resource-servers/{id}") // The state does not have this id.
		default:
			out = append(out, r.Method+" "+strings.TrimPrefix(r.Path, "/api/v2/"))
		}
	}
	slices.Sort(out)
	return out
}
