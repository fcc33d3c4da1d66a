// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"cmp"
	"fmt"
	"maps"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
)

// with adds the data sources of plans to what is known of a tenant. The tenant itself wins.
func (t Tenant) with(plans []Plan) Tenant {
	t.APIs, t.Clients = maps.Clone(t.APIs), maps.Clone(t.Clients)
	if t.APIs == nil {
		t.APIs = map[string]access.API{}
	}
	if t.Clients == nil {
		t.Clients = map[string]access.Client{}
	}
	t.Lifetimes = orEmpty(t.Lifetimes)
	t.Names = orEmpty(t.Names)
	if t.Complete {
		return t
	}
	for _, p := range plans {
		for _, known := range p.Known {
			t.learn(known)
		}
	}
	return t
}

func orEmpty[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return maps.Clone(m)
}

func (t *Tenant) learn(known plan.Known) {
	kind, _ := kindOf(known.Type)
	switch kind {
	case typeServer:
		t.learnServer(known.Values)
	case "resource_servers":
		for _, listed := range known.Values.Objects("resource_servers") {
			t.learnServer(listed)
		}
	case typeClient:
		t.learnClient(known.Values)
	case "clients":
		for _, listed := range known.Values.Objects("clients") {
			t.learnClient(listed)
		}
	case "client_grants":
		for _, listed := range known.Values.Objects("client_grants") {
			t.learnGrant(listed)
		}
	case typeOrganization:
		t.name(cmp.Or(known.Values.Text("id"), known.Values.Text("organization_id")), known.Values)
	case "organizations":
		for _, listed := range known.Values.Objects("organizations") {
			t.name(listed.Text("id"), listed)
		}
	}
}

func (t *Tenant) learnServer(values plan.Object) {
	a := attributes{Object: values}
	if values.Text("identifier") == "" {
		return
	}
	found := (resolver{}).server(a)
	if !holds(t.APIs, found.Identifier) {
		t.APIs[found.Identifier] = found.API
		t.Lifetimes[found.Identifier] = found.lifetime
	}
	t.name(found.Identifier, values)
}

func (t *Tenant) learnClient(values plan.Object) {
	id := values.Text("client_id")
	if id == "" {
		return
	}
	if client := newClient(attributes{Object: values}); !holds(t.Clients, id) {
		t.Clients[id] = client
	}
	t.name(id, values)
}

func (t *Tenant) learnGrant(values plan.Object) {
	id := values.Text("id")
	if id == "" {
		return
	}
	found := (resolver{}).grant(attributes{Object: values})
	found.Source = id
	t.Grants = append(t.Grants, found.Grant)
}

func (t *Tenant) name(id string, values plan.Object) {
	name := cmp.Or(values.Text("display_name"), values.Text("name"))
	if id != "" && name != "" && t.Names[id] == "" {
		t.Names[id] = name
	}
}

// names returns the names of clients, APIs and organizations. The plans know better than the tenant
// what the names will be.
func names(changes []plan.Change, known Tenant) map[string]string {
	found := maps.Clone(known.Names)
	for _, side := range []func(plan.Change) attributes{before, after} {
		for _, change := range changes {
			a := side(change)
			name := cmp.Or(a.text("display_name"), a.text("name"))
			if !a.Exists() || name == "" {
				continue
			}
			switch kind, _ := kindOf(change.Type); kind {
			case typeServer:
				found[cmp.Or(a.text("identifier"), change.Address)] = name
			case typeClient:
				found[cmp.Or(a.text("client_id"), change.Address)] = name
			case typeOrganization:
				found[cmp.Or(a.text("id"), change.Address)] = name
			}
		}
	}
	return found
}

// hidden maps sensitive texts to their replacements, which are made when they are needed.
type hidden struct {
	texts map[string]string
	used  int
}

func (h *hidden) text(text string) string {
	replacement, sensitive := h.texts[text]
	if sensitive && replacement == "" {
		h.used++
		replacement = fmt.Sprintf("(sensitive value %d)", h.used)
		h.texts[text] = replacement
	}
	return cmp.Or(replacement, text)
}
