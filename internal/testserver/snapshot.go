// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// snapshot is a whole tenant, secrets and private keys included.
type snapshot struct {
	Issuer  string   `json:"issuer"` // Of the server that it was taken from.
	Records []record `json:"records"`
}

// Snapshot returns the tenant as a JSON document that Restore takes. It holds secrets and private keys.
func (s *Server) Snapshot() []byte {
	s.store.reading.RLock()
	defer s.store.reading.RUnlock()
	return wire.Encode(s.store.snapshot(s.iss()))
}

// Restore puts the tenant of a snapshot in the place of the present one. A snapshot of a server with another issuer
// moves: its system APIs and the grants for them get the identifiers that they have here. When there is an error,
// nothing has changed.
func (s *Server) Restore(taken []byte) error {
	var tenant snapshot
	if err := json.Unmarshal(taken, &tenant); err != nil {
		return fmt.Errorf("read the snapshot: %w", err)
	}
	return s.adopt(tenant)
}

// Reset makes the server as it was when it was first started: the tenant, the clock, the limits and what chance will
// bring; faults and the record of requests are gone.
func (s *Server) Reset() error {
	if err := s.adopt(s.seeded); err != nil {
		return err
	}
	s.clock.setOffset(0)
	s.limits.reset()
	s.quotas.reset()
	s.replays.reset()
	s.ClearFaults()
	s.faults.dice.restart()
	if s.awkward != nil {
		s.awkward.restart()
	}
	s.ForgetRequests()
	return nil
}

// adopt replaces the tenant in memory and in the journal.
func (s *Server) adopt(tenant snapshot) error {
	fresh, err := restored(tenant, s.iss())
	if err != nil {
		return fmt.Errorf("restore the tenant: %w", err)
	}
	s.store.writing.Lock()
	defer s.store.writing.Unlock()
	if err := s.store.journal.replace(fresh.snapshot(s.iss())); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	s.store.reading.Lock()
	defer s.store.reading.Unlock()
	s.store.tables = fresh
	return nil
}

// restored builds the tables of a tenant and checks what must always hold in them.
func restored(tenant snapshot, issuer string) (tables, error) {
	fresh := newTables()
	byName := map[string]collection{}
	for _, table := range fresh.collections() {
		byName[table.tableName()] = table
	}
	for _, saved := range tenant.Records {
		table, known := byName[saved.Table]
		if !known {
			return fresh, fmt.Errorf("there is no table %q", saved.Table)
		}
		if err := table.restore(saved, issuers{from: tenant.Issuer, to: issuer}); err != nil {
			return fresh, err
		}
	}
	return fresh, fresh.check(issuer)
}

func (t *tables) snapshot(issuer string) snapshot {
	taken := snapshot{Issuer: issuer}
	for _, table := range t.collections() {
		taken.Records = append(taken.Records, table.dump()...)
	}
	return taken
}

// check finds what no tenant can be without, and references that lead nowhere.
func (t *tables) check(issuer string) error {
	management := t.resourceServers.findByKey(issuer + managementPath)
	switch {
	case management == nil || !management.value.IsSystem || !management.value.isManagementAPI():
		return errors.New("the Management API is missing")
	case t.signingKeys.findByKey(theCurrentKey) == nil || t.signingKeys.findByKey(theNextKey) == nil:
		return errors.New("the current or the next signing key is missing")
	}
	return cmp.Or(
		each(&t.signingKeys, func(key signingKey) error {
			if key.Private.PrivateKey == nil {
				return fmt.Errorf("the signing key %s has no private key", key.KID)
			}
			return nil
		}),
		each(&t.resourceServers, resourceServer.checkRestored),
		each(&t.clients, client.checkRestored),
		each(&t.clientGrants, func(grant clientGrant) error {
			switch {
			case t.resourceServers.findByKey(grant.Audience) == nil:
				return fmt.Errorf("the API %q of the client grant %s is missing", grant.Audience, grant.ID)
			case grant.DefaultFor == "" && t.clients.find(grant.ClientID) == nil:
				return fmt.Errorf("the client %s of the client grant %s is missing", grant.ClientID, grant.ID)
			}
			return nil
		}),
		each(&t.organizationGrants, func(a organizationGrant) error {
			if t.clientGrants.find(a.GrantID) == nil || t.organizations.find(a.OrganizationID) == nil {
				return fmt.Errorf("the client grant %s or the organization %s, which are associated, is missing", a.GrantID, a.OrganizationID)
			}
			return nil
		}),
	)
}

// checkRestored finds what would fail, or be worth nothing, only when a token is asked for.
func (api resourceServer) checkRestored() error {
	switch {
	case api.ID == "" || api.Identifier == "":
		return fmt.Errorf("the API %q has no id or no identifier", api.Identifier)
	case !slices.Contains(signingAlgorithms, api.SigningAlg):
		return fmt.Errorf("the API %q signs with %q, which is not known", api.Identifier, api.SigningAlg)
	case api.SigningAlg == "HS256" && (api.IsSystem || len(api.SigningSecret) < minSigningSecret):
		return fmt.Errorf("the API %q signs with HS256 and has no secret for it", api.Identifier)
	case api.TokenLifetime < 0 || api.TokenLifetime > maxTokenLifetime:
		return fmt.Errorf("the API %q gives its tokens %d seconds", api.Identifier, api.TokenLifetime)
	case api.TokenEncryption != nil && !api.TokenEncryption.EncryptionKey.isUsable():
		return fmt.Errorf("the API %q has no key that its tokens can be encrypted with", api.Identifier)
	}
	return nil
}

func (c client) checkRestored() error {
	switch {
	case c.ClientID == "":
		return fmt.Errorf("the client %q has no id", c.Name)
	case c.GrantTypes == nil:
		return fmt.Errorf("the client %s has no list of grant types", c.ClientID)
	}
	return nil
}

// each returns the first error that check finds in a table.
func each[T any](t *table[T], check func(T) error) (err error) {
	t.rows.tree.Scan(func(_ uint64, r *row[T]) bool {
		err = check(r.value)
		return err == nil
	})
	return err
}

// issuers says that a tenant has moved. Its own APIs are named after it (API contract 3.12).
type issuers struct{ from, to string }

// The system APIs that are named after their tenant, behind the issuer.
const (
	managementPath     = "api/v2/"
	myAccountPath      = "me/"
	myOrganizationPath = "my-org/"
)

// rename gives an identifier of a system API its new name and leaves others alone.
func (moved issuers) rename(identifier string) string {
	for _, path := range []string{managementPath, myAccountPath, myOrganizationPath} {
		if identifier == moved.from+path {
			return moved.to + path
		}
	}
	return identifier
}
