// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// operation is what Terraform does with one resource.
type operation struct {
	typeName, name string
	// tenant is the snapshot of the tenant before the first run.
	tenant []byte
	// before are the configurations that are applied first.
	before [][]resource
	// configuration is applied by the run that the faults strike.
	configuration []resource
	imports       map[string]string // The ids of import blocks, by address.
	adopts        bool              // The run takes over identical objects.
	// result is a snapshot of the tenant afterwards, apart from ids; nil if it is not known.
	result []byte
	// names identify the object in an error. One of them is enough.
	names []string
}

// subject is a resource with two configurations, each of which can be changed into the other.
type subject struct {
	address, typeName string
	first, second     map[string]any
	useExisting       bool // The resource has use_existing.
	// without and with are snapshots of a tenant without and with the object of the first
	// configuration.
	without, with []byte
	importIDs     []string
	names         []string
}

// operations returns all operations of the resource.
func (s subject) operations() []operation {
	block := func(config map[string]any) []resource {
		return []resource{{address: s.address, typeName: s.typeName, config: config}}
	}
	first, second := block(s.first), block(s.second)
	all := []operation{
		{name: "create", tenant: s.without, configuration: first, result: s.with},
		{
			name: "read", tenant: s.without, before: [][]resource{second, first},
			configuration: first, result: s.with,
		},
		{name: "update", tenant: s.without, before: [][]resource{first}, configuration: second},
		{name: "delete", tenant: s.without, before: [][]resource{first}, result: s.without},
	}
	for _, id := range s.importIDs {
		all = append(all, operation{
			name: "import", tenant: s.with, configuration: first, result: s.with,
			imports: map[string]string{s.address: id},
		})
	}
	all = append(all, operation{
		name: "adopt", tenant: s.with, configuration: first, result: s.with, adopts: true,
	})
	if s.useExisting {
		changed := maps.Clone(s.second)
		changed["use_existing"] = true
		all = append(all, operation{name: "adopt", tenant: s.with, configuration: block(changed)})
	}
	for i := range all {
		all[i].typeName, all[i].names = s.typeName, s.names
	}
	return all
}

// tenant is a reference server in which objects are made.
type tenant struct {
	*testing.T
	*testserver.Server
}

func (n tenant) post(path, format string, args ...any) (id string) {
	n.Helper()
	status, body := n.Dashboard("POST", "/api/v2/"+path, fmt.Sprintf(format, args...))
	var made struct{ ID string }
	if status != 201 || len(body) > 0 && json.Unmarshal(body, &made) != nil {
		n.Fatal(path, status, string(body))
	}
	return made.ID
}

func (n tenant) api(identifier, scope, description string) (id string) {
	return n.post(
		"resource-servers", `{"identifier":%q,"name":"Orders","scopes":[{"value":%q,"description":%q}]}`,
		identifier, scope, description,
	)
}

func (n tenant) grant(audience string) (id string) {
	return n.post(
		"client-grants", `{"client_id":%q,"audience":%q,"scope":["read"],"organization_usage":"allow"}`,
		testserver.MachineClientID, audience,
	)
}

// subjects returns all resources.
func (n tenant) subjects() []subject {
	n.Helper()
	organization := n.AddOrganization("acme")
	empty := n.Snapshot()
	var all []subject
	// add completes a subject. The tenant has its dependencies.
	add := func(s subject, object func() (importIDs []string)) {
		s.without = n.Snapshot()
		s.importIDs = object()
		s.with = n.Snapshot()
		s.names = append(s.names, s.importIDs...)
		all = append(all, s)
		if err := n.Restore(empty); err != nil {
			n.Fatal(err)
		}
	}

	add(subject{
		address: "orders", typeName: "m2m_resource_server", useExisting: true,
		// One scope, because the protocol library encodes a map in any order, unlike Terraform.
		first: map[string]any{
			"identifier": "urn:orders", "name": "Orders", "scopes": map[string]string{"read": "Read"},
		},
		second: map[string]any{
			"identifier": "urn:orders", "name": "New", "scopes": map[string]string{"write": "Write"},
		},
	}, func() []string { return []string{"urn:orders", n.api("urn:orders", "read", "Read")} })

	scope := func(description string) map[string]any {
		return map[string]any{
			"resource_server_identifier": "urn:orders", "scope": "pay", "description": description,
		}
	}
	id := n.api("urn:orders", "read", "Read")
	add(subject{
		address: "pay", typeName: "m2m_resource_server_scope", first: scope("Pay"),
		second: scope("Pay invoices"), names: []string{"scope \"pay\" of the API \"urn:orders\""},
	}, func() []string {
		status, answer := n.Dashboard("PATCH", "/api/v2/resource-servers/"+id, `{"scopes":[`+
			`{"value":"read","description":"Read"},{"value":"pay","description":"Pay"}]}`)
		if status != 200 {
			n.Fatal(status, string(answer))
		}
		return []string{"urn:orders::pay"}
	})

	grant := func(scopes ...string) map[string]any {
		return map[string]any{
			"client_id": testserver.MachineClientID, "audience": "urn:orders", "scopes": scopes,
			"organization_usage": "allow",
		}
	}
	n.api("urn:orders", "read", "Read")
	add(subject{
		address: "orders_grant", typeName: "m2m_client_grant", useExisting: true,
		first: grant("read"), second: grant(), names: []string{"urn:orders"},
	}, func() []string {
		return []string{n.grant("urn:orders"), testserver.MachineClientID + "::urn:orders"}
	})

	n.api("urn:orders", "read", "Read")
	n.api("urn:invoices", "read", "Read")
	grants := []string{n.grant("urn:orders"), n.grant("urn:invoices")}
	association := func(grant string) map[string]any {
		return map[string]any{"organization_id": organization, "grant_id": grant}
	}
	add(subject{
		address: "association", typeName: "m2m_organization_client_grant",
		first: association(grants[0]), second: association(grants[1]), names: grants,
	}, func() []string {
		n.post("organizations/"+organization+"/client-grants", `{"grant_id":%q}`, grants[0])
		return []string{organization + "::" + grants[0]}
	})
	return all
}

// importObject imports and reads an object. Terraform keeps nothing of an import that fails.
func (c *core) importObject(ctx context.Context, r resource) (failed bool, err error) {
	id := c.imports[r.address]
	resp, err := c.server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{
		TypeName: r.typeName, ID: id,
	})
	if c.network.hasCrashed() {
		return true, errCrashed
	}
	if err != nil || c.say(r.address, resp.Diagnostics) {
		return true, err
	}
	imported := resp.ImportedResources[0]
	value, err := imported.State.Unmarshal(c.schemas[r.typeName].ValueType())
	if err != nil {
		return true, err
	}
	c.record(
		r.address, &object{typeName: r.typeName, value: value, private: imported.Private},
	)
	failed, err = c.refresh(ctx, r)
	switch {
	case failed || err != nil:
		c.record(r.address, nil)
	case c.stateOf(r.address) == nil:
		failed = true
		c.sayError(fmt.Sprintf("%s: Cannot import non-existent remote object: While "+
			"attempting to import %q, the provider detected that no object exists. Check the id.",
			r.address, id))
	}
	return failed, err
}
