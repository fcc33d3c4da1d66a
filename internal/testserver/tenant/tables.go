// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"errors"
	"slices"
)

// tables hold the objects of the tenant. A new kind of object needs a field here and a line in
// newTables.
type tables struct {
	signingKeys        *table[SigningKey]
	resourceServers    *table[ResourceServer]
	clients            *table[Client]
	clientGrants       *table[ClientGrant]
	organizations      *table[Organization]
	organizationGrants *table[OrganizationGrant]

	all []collection // In order of dependence: objects come after the objects they refer to.
}

func newTables() *tables {
	t := &tables{}
	t.signingKeys = add(t, signingKeyKind)
	t.resourceServers = add(t, resourceServerKind)
	t.clients = add(t, clientKind)
	t.clientGrants = add(t, clientGrantKind)
	t.organizations = add(t, organizationKind)
	t.organizationGrants = add(t, organizationGrantKind)
	return t
}

func add[T any](t *tables, kind kind[T]) *table[T] {
	made := newTable(kind)
	t.all = append(t.all, made)
	return made
}

// collection is a table of any kind.
type collection interface {
	tableName() string
	dump() []record
	restore(record, issuers) error
	check(finder) error
	has(ref string) bool
	settle()
	hasGivenID(string) bool
}

// has makes the tables a finder.
func (t *tables) has(kind, ref string) bool {
	return slices.ContainsFunc(t.all, func(table collection) bool {
		return table.tableName() == kind && table.has(ref)
	})
}

// check finds missing objects that every tenant needs, and references to missing objects.
func (t *tables) check(issuer string) error {
	management := t.resourceServers.findByKey(issuer + managementPath)
	switch {
	case management == nil || !management.value.IsSystem || !management.value.IsManagementAPI():
		return errors.New("the Management API is missing")
	case t.signingKeys.findByKey(theCurrentKey) == nil ||
		t.signingKeys.findByKey(theNextKey) == nil:
		return errors.New("the current or the next signing key is missing")
	}
	for _, table := range t.all {
		if err := table.check(t); err != nil {
			return err
		}
	}
	return nil
}
