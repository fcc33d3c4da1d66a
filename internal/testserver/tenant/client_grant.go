// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import "fmt"

// ClientGrant lets a client get tokens for an API (API contract 4.1). System grants cannot be
// changed or deleted. No endpoint creates them, so they exist only in the tenant's first state.
type ClientGrant struct {
	ID                        string   `json:"id"`
	ClientID                  string   `json:"client_id,omitzero"`
	DefaultFor                string   `json:"default_for,omitzero"`
	Audience                  string   `json:"audience"`
	Scope                     []string `json:"scope,omitzero"`
	AllowAllScopes            *bool    `json:"allow_all_scopes,omitzero"`
	SubjectType               string   `json:"subject_type"`
	OrganizationUsage         *string  `json:"organization_usage,omitzero"`
	AllowAnyOrganization      *bool    `json:"allow_any_organization,omitzero"`
	AuthorizationDetailsTypes []string `json:"authorization_details_types,omitzero"`
	IsSystem                  bool     `json:"is_system,omitzero"`
}

var clientGrantKind = kind[ClientGrant]{
	name:   "client_grants",
	id:     func(grant ClientGrant) string { return grant.ID },
	key:    func(grant ClientGrant) string { return grant.key().String() },
	groups: ClientGrant.groups,
	rename: func(grant ClientGrant, rename func(string) string) ClientGrant {
		grant.Audience = rename(grant.Audience)
		return grant
	},
	sound:  checkRestoredGrant,
	ownIDs: true,
}

func checkRestoredGrant(all finder, grant ClientGrant) error {
	switch {
	case !all.has(resourceServerKind.name, grant.Audience):
		return fmt.Errorf("the API %q of the client grant %s is missing", grant.Audience, grant.ID)
	case grant.DefaultFor == "" && !all.has(clientKind.name, grant.ClientID):
		return fmt.Errorf(
			"the client %s of the client grant %s is missing", grant.ClientID, grant.ID,
		)
	}
	return nil
}

// Values of a grant's properties.
const (
	ClientSubject     = "client"              // The subject type of grants for machines.
	ThirdPartyClients = "third_party_clients" // The clients that a default grant is for.
)

// AllowsAllScopes reports whether the grant has all scopes that its API defines.
func (g ClientGrant) AllowsAllScopes() bool { return g.AllowAllScopes != nil && *g.AllowAllScopes }

// AllowsAnyOrganization reports whether the grant needs no association with an organization.
func (g ClientGrant) AllowsAnyOrganization() bool {
	return g.AllowAnyOrganization != nil && *g.AllowAnyOrganization
}

// ClientGrantKey identifies a grant: no two grants have the same key (API contract 4.2).
type ClientGrantKey struct {
	ClientID, DefaultFor, Audience, SubjectType string
}

// String puts the audience last, because only the audience can contain a space.
func (k ClientGrantKey) String() string {
	return k.ClientID + " " + k.DefaultFor + " " + k.SubjectType + " " + k.Audience
}

func (g ClientGrant) key() ClientGrantKey {
	return ClientGrantKey{g.ClientID, g.DefaultFor, g.Audience, g.SubjectType}
}

// groups returns the groups that the list's filters select.
func (g ClientGrant) groups() []string {
	return []string{
		ofAudience(g.Audience), ofClient(g.ClientID), ofSubject(g.SubjectType),
		ofDefault(g.DefaultFor),
	}
}
