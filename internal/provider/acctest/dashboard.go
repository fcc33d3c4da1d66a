// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
)

// Objects returns the ids of all APIs, grants and associations, except for system APIs.
func (n *Tenant) Objects() []string {
	n.T.Helper()
	var ids []string
	for _, list := range []string{"resource-servers", "client-grants"} {
		var found []struct {
			ID       string `json:"id"`
			IsSystem bool   `json:"is_system"`
		}
		n.AtDashboard(http.MethodGet, "/api/v2/"+list+"?per_page=100", "", &found)
		for _, object := range found {
			if !object.IsSystem {
				ids = append(ids, object.ID)
			}
		}
	}
	return append(ids, n.Associations()...)
}

// Associations returns the ids of all associations.
func (n *Tenant) Associations() []string {
	n.T.Helper()
	type object struct {
		ID string `json:"id"`
	}
	var ids []string
	var organizations, grants []object
	n.AtDashboard(http.MethodGet, "/api/v2/organizations", "", &organizations)
	for _, organization := range organizations {
		n.AtDashboard(
			http.MethodGet, "/api/v2/organizations/"+organization.ID+"/client-grants", "", &grants,
		)
		for _, grant := range grants {
			ids = append(ids, organization.ID+"::"+grant.ID)
		}
	}
	return ids
}

// AtDashboard sends a request outside of Terraform, as a person at the tenant's dashboard does.
func (n *Tenant) AtDashboard(method, path, body string, out any) {
	n.T.Helper()
	status, answer := n.Dashboard(method, path, body)
	if status >= 300 {
		n.T.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			n.T.Fatal(err)
		}
	}
}

// Stored checks properties of an object in the tenant: each as JSON, or "absent".
func (n *Tenant) Stored(path string, want map[string]string) CheckFunc {
	return func() error {
		var object map[string]json.RawMessage
		n.AtDashboard(http.MethodGet, path, "", &object)
		for _, property := range slices.Sorted(maps.Keys(want)) {
			got := "absent"
			if value, ok := object[property]; ok {
				got = text.Canonical(string(value))
			}
			// "absent" is not JSON, so it stays.
			if want := text.Canonical(want[property]); got != want {
				return fmt.Errorf("the tenant has %s %s, want %s", property, got, want)
			}
		}
		return nil
	}
}

// Create creates an object at the dashboard and returns its id.
func (n *Tenant) Create(path, body string) string {
	n.T.Helper()
	var object struct {
		ID string `json:"id"`
	}
	n.AtDashboard(http.MethodPost, path, body, &object)
	return object.ID
}

// IDsOf returns the value of a property of each object in a list, by id.
func (n *Tenant) IDsOf(list, property string) map[string]string {
	n.T.Helper()
	out := map[string]string{}
	for page := 0; ; page++ {
		var found []map[string]any
		n.AtDashboard(
			http.MethodGet, fmt.Sprintf("/api/v2/%s?per_page=100&page=%d", list, page), "", &found,
		)
		for _, object := range found {
			value, _ := object[property].(string)
			id, _ := object["id"].(string)
			out[id] = strings.TrimSuffix(value, "/")
		}
		if len(found) < 100 {
			return out
		}
	}
}
