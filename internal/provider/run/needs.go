// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import "slices"

// Needs are the management scopes that the operations of a type need. Only resources have other
// operations than Read. A plan needs what Read needs. Its checks may read other objects too, and
// are skipped without the scopes for that.
type Needs struct {
	// Type is the first part of an address: m2m_client_grant, data.m2m_clients or
	// list.m2m_client_grant.
	Type                         string
	Create, Read, Update, Delete []string
}

// All returns the scopes of all operations, each once.
func (n Needs) All() []string {
	return Missing(nil, slices.Concat(n.Create, n.Read, n.Update, n.Delete))
}

// needs are the needs of all types of the provider.
//
// An update of m2m_client_grants_exclusive deletes grants only if its plan says so. Otherwise it
// needs no more than a read.
var needs = []Needs{
	{
		Type:   "m2m_resource_server",
		Create: []string{"create:resource_servers"}, Read: []string{"read:resource_servers"},
		Update: []string{"update:resource_servers"}, Delete: []string{"delete:resource_servers"},
	},
	{
		Type:   "m2m_resource_server_scope",
		Create: []string{"read:resource_servers", "update:resource_servers"},
		Read:   []string{"read:resource_servers"},
		Update: []string{"read:resource_servers", "update:resource_servers"},
		Delete: []string{"read:resource_servers", "update:resource_servers"},
	},
	{
		Type:   "m2m_client_grant",
		Create: []string{"create:client_grants"}, Read: []string{"read:client_grants"},
		Update: []string{"update:client_grants"}, Delete: []string{"delete:client_grants"},
	},
	{
		Type:   "m2m_organization_client_grant",
		Create: []string{"create:organization_client_grants"},
		Read:   []string{"read:organization_client_grants"},
		Delete: []string{"delete:organization_client_grants"},
	},
	{
		Type:   "m2m_client_grants_exclusive",
		Create: []string{"read:client_grants"}, Read: []string{"read:client_grants"},
		Update: []string{"read:client_grants", "delete:client_grants"},
	},
	{Type: "action.m2m_verify_access"},
	{Type: "data.m2m_access_token"},
	{Type: "data.m2m_client", Read: []string{"read:clients"}},
	{Type: "data.m2m_client_grants", Read: []string{"read:client_grants"}},
	{Type: "data.m2m_clients", Read: []string{"read:clients"}},
	{Type: "data.m2m_effective_access", Read: []string{
		"read:resource_servers", "read:clients", "read:client_grants",
		"read:organization_client_grants", "read:organizations",
	}},
	{Type: "data.m2m_management_scopes"},
	{Type: "data.m2m_organization", Read: []string{"read:organizations"}},
	{Type: "data.m2m_organizations", Read: []string{"read:organizations"}},
	{Type: "data.m2m_resource_server", Read: []string{"read:resource_servers"}},
	{Type: "data.m2m_resource_servers", Read: []string{"read:resource_servers"}},
	{Type: "ephemeral.m2m_access_token"},
	{Type: "list.m2m_client_grant", Read: []string{"read:client_grants"}},
	{Type: "list.m2m_organization_client_grant", Read: []string{
		"read:organization_client_grants", "read:organizations",
	}},
	{Type: "list.m2m_resource_server", Read: []string{"read:resource_servers"}},
	{Type: "list.m2m_resource_server_scope", Read: []string{"read:resource_servers"}},
}

// AllNeeds returns the needs of all types of the provider.
func AllNeeds() []Needs { return needs }

// NeedsOf returns the needs of one type.
func NeedsOf(typeName string) Needs {
	return needs[slices.IndexFunc(needs, func(n Needs) bool { return n.Type == typeName })]
}

// Missing returns the needed scopes that are not granted, each once.
func Missing(granted, needed []string) (out []string) {
	for _, scope := range needed {
		if !slices.Contains(granted, scope) && !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	return out
}
