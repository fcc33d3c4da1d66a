// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// ClientGrants is the endpoint of client grants, which let clients get tokens for APIs (API
// contract 4).
type ClientGrants struct {
	conn  *rest.Conn
	batch *batches
}

// ClientGrant is a client grant as the Management API returns it. A nil pointer or slice means that
// the answer lacks the property.
type ClientGrant struct {
	ID                        string   `json:"id"`
	ClientID                  *string  `json:"client_id"`
	DefaultFor                *string  `json:"default_for"`
	Audience                  string   `json:"audience"`
	Scope                     []string `json:"scope"`
	AllowAllScopes            *bool    `json:"allow_all_scopes"`
	SubjectType               *string  `json:"subject_type"`
	OrganizationUsage         *string  `json:"organization_usage"`
	AllowAnyOrganization      *bool    `json:"allow_any_organization"`
	AuthorizationDetailsTypes []string `json:"authorization_details_types"`
	IsSystem                  bool     `json:"is_system"`
}

// ClientGrantProperties are the properties that creates and updates can write.
type ClientGrantProperties struct {
	Scope                     Field[[]string] `json:"scope,omitzero"`
	AllowAllScopes            Field[bool]     `json:"allow_all_scopes,omitzero"`
	OrganizationUsage         Field[string]   `json:"organization_usage,omitzero"`
	AllowAnyOrganization      Field[bool]     `json:"allow_any_organization,omitzero"`
	AuthorizationDetailsTypes Field[[]string] `json:"authorization_details_types,omitzero"`
}

// ClientGrantKey is the natural key of a grant; no two grants have the same key (API contract 4.2).
// Either ClientID or DefaultFor is set.
type ClientGrantKey struct {
	ClientID    string `json:"client_id,omitempty"`
	DefaultFor  string `json:"default_for,omitempty"`
	Audience    string `json:"audience"`
	SubjectType string `json:"subject_type,omitempty"`
}

// String returns the key in the form CLIENT::AUDIENCE::SUBJECT_TYPE.
func (k ClientGrantKey) String() string {
	return k.pair() + idSeparator + cmp.Or(k.SubjectType, DefaultSubjectType)
}

// pair returns the key without the subject type.
func (k ClientGrantKey) pair() string {
	return cmp.Or(k.ClientID, k.DefaultFor) + idSeparator + k.Audience
}

// called returns what the key says of the grant. The tenant chooses a subject type that is not set.
func (k ClientGrantKey) called() string {
	if k.SubjectType == "" {
		return k.pair()
	}
	return k.String()
}

// DefaultSubjectType is the subject type that the API fills in. A grant without the property also
// has this type.
const DefaultSubjectType = "client"

// NewClientGrant is the body of a create.
type NewClientGrant struct {
	ClientGrantKey
	ClientGrantProperties
}

// Complete implements rest.Object.
func (g *ClientGrant) Complete() bool { return g.ID != "" }

// IsCalled implements rest.Named.
func (g *ClientGrant) IsCalled(name string) bool {
	key := g.Key()
	return name == g.ID || name == key.String() || name == key.pair()
}

func (ClientGrant) listName() string { return "client_grants" }

func (g ClientGrant) itemID() string { return g.ID }

// Create makes a grant. The error is a *ConflictError if a grant with the same key exists.
func (g *ClientGrants) Create(ctx context.Context, in NewClientGrant) (ClientGrant, error) {
	created, err := create(ctx, g.conn, creation[ClientGrant]{
		Request: rest.Request{
			Op: "create client grant", Method: http.MethodPost, Path: []string{"client-grants"},
			Body: in, About: in.called(),
		},
		find: func(ctx context.Context) (ClientGrant, string, error) {
			found, err := g.Find(ctx, in.ClientGrantKey)
			return found, found.ID, err
		},
		defaults: clientGrantDefaults,
	})
	g.batch.wroteGrant("", in.ClientGrantKey, created, err)
	return created, err
}

// clientGrantDefaults are the values that a tenant fills in (API contract 4.1).
var clientGrantDefaults = map[string]any{
	"id": nil, "subject_type": DefaultSubjectType, "organization_usage": "deny",
}

// Get reads a grant by its id.
func (g *ClientGrants) Get(ctx context.Context, id string) (ClientGrant, error) {
	return rest.Manage[ClientGrant](ctx, g.conn, rest.Request{
		Op: "read client grant", Method: http.MethodGet,
		Path: []string{"client-grants", id}, About: id, Repeatable: true,
	})
}

// Look reads a grant some time after an update, to see whether somebody else has changed it at the
// same time.
func (g *ClientGrants) Look(
	ctx context.Context, id string, updated ClientGrantProperties,
) (ClientGrant, error) {
	return look(ctx, updated, func() (ClientGrant, error) { return g.Get(ctx, id) })
}

// Find reads the grant with a natural key. If there is none, the error satisfies IsNotFound.
func (g *ClientGrants) Find(ctx context.Context, key ClientGrantKey) (ClientGrant, error) {
	if key.SubjectType == "" {
		key.SubjectType = DefaultSubjectType
	}
	found, err := g.OfEachSubjectType(ctx, key)
	if err != nil {
		return ClientGrant{}, err
	}
	if grant, ok := found[key.SubjectType]; ok {
		return grant, nil
	}
	return ClientGrant{}, &rest.Error{
		Method: http.MethodGet, Path: "/api/v2/client-grants", Status: http.StatusNotFound,
		Code: "inexistent_client_grant", Message: "no grant has this client, audience and " +
			"subject type",
	}
}

// OfEachSubjectType reads the grants of a client and audience, by subject type. It ignores the
// subject type of the key.
func (g *ClientGrants) OfEachSubjectType(
	ctx context.Context, key ClientGrantKey,
) (map[string]ClientGrant, error) {
	query := url.Values{"audience": {key.Audience}, "per_page": {"100"}}
	if key.ClientID != "" {
		query.Set("client_id", key.ClientID)
	} else {
		query.Set("default_for", key.DefaultFor)
	}
	// At most one grant of each subject type matches, so one page holds them all.
	listed, err := rest.Manage[array[ClientGrant]](ctx, g.conn, rest.Request{
		Op: "look up client grant", Method: http.MethodGet,
		Path: []string{"client-grants"}, Query: query, Repeatable: true,
	})
	if err != nil {
		return nil, err
	}
	found := map[string]ClientGrant{}
	for _, grant := range listed {
		key.SubjectType = grant.Key().SubjectType
		if grant.Key() == key {
			found[key.SubjectType] = grant
		}
	}
	return found, nil
}

// ClientGrantFilter selects the grants to list. A grant must match every field that is set.
type ClientGrantFilter struct {
	ClientID    string
	DefaultFor  string // Not together with ClientID.
	Audience    string
	SubjectType string
	// AllowAnyOrganization selects grants that any organization may use. The API has no filter for
	// all other grants.
	AllowAnyOrganization bool
}

// All returns the grants that match the filter. It requests a page when its first item is needed,
// and ends after an error.
func (g *ClientGrants) All(
	ctx context.Context, filter ClientGrantFilter,
) iter.Seq2[ClientGrant, error] {
	query := checkpointQuery()
	for name, value := range map[string]string{
		"client_id": filter.ClientID, "default_for": filter.DefaultFor,
		"audience": filter.Audience, "subject_type": filter.SubjectType,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if filter.AllowAnyOrganization {
		query.Set("allow_any_organization", "true")
	}
	r := rest.Request{Op: "list client grants", Path: []string{"client-grants"}, Query: query}
	return func(yield func(ClientGrant, error) bool) {
		for grant, err := range pages(ctx, g.conn, r, byCheckpoint[ClientGrant]) {
			if err == nil && !filter.matchesKey(grant.Key()) {
				err = fmt.Errorf("%s: %w", r.Op, &rest.Error{
					Method: http.MethodGet, Path: "/api/v2/client-grants", Status: http.StatusOK,
					Message: fmt.Sprintf("the answer contains another grant, %s", grant.Key()),
				})
			}
			if !yield(grant, err) || err != nil {
				return
			}
		}
	}
}

// matchesKey reports whether a grant with this key can match the filter.
func (f ClientGrantFilter) matchesKey(key ClientGrantKey) bool {
	return (f.Audience == "" || f.Audience == key.Audience) &&
		(f.ClientID == "" || f.ClientID == key.ClientID) &&
		(f.DefaultFor == "" || f.DefaultFor == key.DefaultFor)
}

// List returns the grants that match the filter, all at once.
func (g *ClientGrants) List(ctx context.Context, filter ClientGrantFilter) ([]ClientGrant, error) {
	return collect(g.All(ctx, filter))
}

// Key returns the natural key of the grant.
func (g ClientGrant) Key() ClientGrantKey {
	key := ClientGrantKey{Audience: g.Audience, SubjectType: DefaultSubjectType}
	if g.ClientID != nil {
		key.ClientID = *g.ClientID
	}
	if g.DefaultFor != nil {
		key.DefaultFor = *g.DefaultFor
	}
	if g.SubjectType != nil {
		key.SubjectType = *g.SubjectType
	}
	return key
}

// Update changes the properties that the request sets, at least one (API contract 4.7). All others
// stay unchanged.
func (g *ClientGrants) Update(
	ctx context.Context, id string, in ClientGrantProperties,
) (ClientGrant, error) {
	updated, err := rest.Manage[ClientGrant](ctx, g.conn, rest.Request{
		Op: "update client grant", Method: http.MethodPatch,
		Path: []string{"client-grants", id}, Body: in, About: id, Repeatable: true,
	})
	g.batch.wroteGrant(id, ClientGrantKey{}, updated, err)
	return updated, err
}

// Delete removes a grant. It succeeds if the grant is already gone.
func (g *ClientGrants) Delete(ctx context.Context, id string) error {
	err := remove(ctx, g.conn, removal{
		Request: rest.Request{
			Op: "delete client grant", Method: http.MethodDelete,
			Path: []string{"client-grants", id}, Repeatable: true,
		},
		read: func(ctx context.Context) error {
			_, err := g.Get(ctx, id)
			return err
		},
	})
	g.batch.deletedGrant(id, err)
	return err
}
