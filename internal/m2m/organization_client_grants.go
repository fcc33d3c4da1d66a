// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// OrganizationClientGrants is the endpoint of associations, which let organizations use client
// grants (API contract 5.2).
type OrganizationClientGrants struct {
	conn  *rest.Conn
	batch *batches
}

// OrganizationClientGrant associates a grant with an organization. It consists of their two ids.
type OrganizationClientGrant struct{ OrganizationID, GrantID string }

// idSeparator separates the two parts of an id that this package composes.
const idSeparator = "::"

// ID returns an id for the association. The API has none.
func (a OrganizationClientGrant) ID() string { return a.OrganizationID + idSeparator + a.GrantID }

// ParseOrganizationClientGrantID is the inverse of ID.
func ParseOrganizationClientGrantID(id string) (a OrganizationClientGrant, ok bool) {
	a.OrganizationID, a.GrantID, ok = strings.Cut(id, idSeparator)
	return a, ok && a.OrganizationID != "" && a.GrantID != "" &&
		!strings.Contains(a.GrantID, idSeparator)
}

// associatedGrant is a grant in answers about an organization. The answer to a create calls its id
// grant_id, a list calls it id (API contract 5.2).
type associatedGrant struct {
	GrantID string `json:"grant_id,omitempty"`
	ID      string `json:"id,omitempty"`

	ClientID    string `json:"client_id,omitempty"`
	DefaultFor  string `json:"default_for,omitempty"`
	Audience    string `json:"audience,omitempty"`
	SubjectType string `json:"subject_type,omitempty"`
}

func (g *associatedGrant) Complete() bool { return g.id() != "" }

func (g *associatedGrant) IsCalled(name string) bool { return name == g.id() }

func (associatedGrant) listName() string { return "client_grants" }

func (g associatedGrant) itemID() string { return g.id() }

func (g *associatedGrant) id() string { return cmp.Or(g.GrantID, g.ID) }

// associatedOrganization is an organization in the list of organizations of a grant.
type associatedOrganization struct {
	ID string `json:"id"`
}

func (associatedOrganization) listName() string { return "organizations" }

func (o associatedOrganization) itemID() string { return o.ID }

// Create associates a grant with an organization. The error is a *ConflictError if they are already
// associated.
func (g *OrganizationClientGrants) Create(
	ctx context.Context, in OrganizationClientGrant,
) (OrganizationClientGrant, error) {
	created, err := create(ctx, g.conn, creation[associatedGrant]{
		Request: rest.Request{
			Op: "create organization client grant", Method: http.MethodPost,
			Path: []string{"organizations", in.OrganizationID, "client-grants"},
			Body: associatedGrant{GrantID: in.GrantID}, About: in.GrantID,
		},
		find: func(ctx context.Context) (associatedGrant, string, error) {
			found, err := g.Find(ctx, in)
			return associatedGrant{GrantID: found.GrantID}, in.ID(), err
		},
	})
	return OrganizationClientGrant{in.OrganizationID, created.id()}, err
}

// Find reads an association. If there is none, the error satisfies IsNotFound.
func (g *OrganizationClientGrants) Find(
	ctx context.Context, want OrganizationClientGrant,
) (OrganizationClientGrant, error) {
	listed, err := rest.Manage[page[associatedGrant]](ctx, g.conn, rest.Request{
		Op: "read organization client grant", Method: http.MethodGet,
		Path:       []string{"organizations", want.OrganizationID, "client-grants"},
		Query:      url.Values{"grant_ids": {want.GrantID}, "include_totals": {"true"}},
		Repeatable: true,
	})
	if rest.IsPlainNotFound(err) {
		return OrganizationClientGrant{}, g.confirmAbsence(ctx, want, err)
	}
	if err != nil {
		return OrganizationClientGrant{}, err
	}
	for _, grant := range listed.items {
		if grant.id() == want.GrantID {
			return want, nil
		}
	}
	if len(listed.items) > 0 {
		// If the server ignores the filter, the grant may be on a later page.
		return OrganizationClientGrant{}, g.confirmAbsence(ctx, want, &rest.Error{
			Method: http.MethodGet, Path: want.path(), Status: http.StatusOK,
			Message: "the answer lists grants that were not requested",
		})
	}
	return OrganizationClientGrant{}, want.missing()
}

// maxGrantIDs is the most ids that one list request accepts (API contract 5.2).
const maxGrantIDs = 10

// some reads several associations of one organization.
func (g *OrganizationClientGrants) some(
	ctx context.Context, organization string, grants []string,
) ([]OrganizationClientGrant, error) {
	listed, err := rest.Manage[page[associatedGrant]](ctx, g.conn, rest.Request{
		Op: "read organization client grants", Method: http.MethodGet, Optional: true,
		Path:       []string{"organizations", organization, "client-grants"},
		Query:      url.Values{"grant_ids": grants, "include_totals": {"true"}},
		Repeatable: true,
	})
	var found []OrganizationClientGrant
	for _, grant := range listed.items {
		if slices.Contains(grants, grant.id()) {
			found = append(found, OrganizationClientGrant{organization, grant.id()})
		}
	}
	return found, err
}

// confirmAbsence reads the organizations of the grant, for use if an answer about the organization
// does not show whether the association exists. For a missing organization, unlike for other
// objects, the API sends a 404 without a code (API contract 1.5), so such a 404 could come from any
// server. confirmAbsence returns an error that satisfies IsNotFound if the association is certainly
// missing, otherwise doubt.
func (g *OrganizationClientGrants) confirmAbsence(
	ctx context.Context, want OrganizationClientGrant, doubt error,
) error {
	err := g.findByGrant(ctx, want)
	if rest.IsNotFound(err) {
		return err
	}
	return doubt
}

// findByGrant looks for an association among the organizations of its grant. If it is missing, the
// error satisfies IsNotFound.
func (g *OrganizationClientGrants) findByGrant(
	ctx context.Context, want OrganizationClientGrant,
) error {
	r := rest.Request{
		Op:   "read organizations of client grant",
		Path: []string{"client-grants", want.GrantID, "organizations"}, Query: checkpointQuery(),
	}
	for organization, err := range pages(ctx, g.conn, r, byCheckpoint[associatedOrganization]) {
		if err != nil || organization.ID == want.OrganizationID {
			return err
		}
	}
	return want.missing()
}

// OrganizationsOf returns the ids of the organizations that are associated with a grant.
func (g *OrganizationClientGrants) OrganizationsOf(
	ctx context.Context, grantID string,
) ([]string, error) {
	r := rest.Request{
		Op:   "read organizations of client grant",
		Path: []string{"client-grants", grantID, "organizations"}, Query: checkpointQuery(),
	}
	var ids []string
	for organization, err := range pages(ctx, g.conn, r, byCheckpoint[associatedOrganization]) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, organization.ID)
	}
	return ids, nil
}

// findTwice reads an association. If it is missing, two answers of the tenant say so, and the error
// satisfies IsNotFound.
func (g *OrganizationClientGrants) findTwice(
	ctx context.Context, want OrganizationClientGrant,
) (OrganizationClientGrant, error) {
	found, err := g.Find(ctx, want)
	if !rest.IsNotFound(err) {
		return found, err
	}
	if err := g.findByGrant(ctx, want); err != nil {
		return OrganizationClientGrant{}, err
	}
	return want, nil
}

func (a OrganizationClientGrant) path() string {
	return "/api/v2/organizations/" + url.PathEscape(a.OrganizationID) + "/client-grants"
}

func (a OrganizationClientGrant) missing() error {
	return &rest.Error{
		Method: http.MethodGet, Path: a.path(), Status: http.StatusNotFound,
		Code:    "inexistent_organization_client_grant",
		Message: "the grant is not associated with the organization",
	}
}

// Delete ends an association. It succeeds if the association is already gone.
func (g *OrganizationClientGrants) Delete(ctx context.Context, a OrganizationClientGrant) error {
	err := remove(ctx, g.conn, removal{
		Request: rest.Request{
			Op: "delete organization client grant", Method: http.MethodDelete,
			Path:       []string{"organizations", a.OrganizationID, "client-grants", a.GrantID},
			Repeatable: true,
		},
		plain: true,
		read:  func(ctx context.Context) error { return g.findByGrant(ctx, a) },
	})
	g.batch.deletedAssociation(a)
	return err
}
