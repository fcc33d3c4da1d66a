// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"cmp"
	"context"
	"iter"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// OrganizationClientGrantFilter selects associations. Empty fields select all.
type OrganizationClientGrantFilter struct{ OrganizationID, GrantID, ClientID, Audience string }

// ListedOrganizationClientGrant is an association in a list, with what the list tells about its
// organization and its grant. What it does not tell is empty.
type ListedOrganizationClientGrant struct {
	OrganizationClientGrant

	OrganizationName, ClientID, Audience, SubjectType string
}

// All returns the associations that match the filter. If the filter has neither an organization nor
// a grant, it asks for the associations of each organization of the tenant, one after the other. It
// requests a page when its first item is needed, and ends after an error.
//
// The API cannot filter the organizations of a grant, so GrantID alone makes ClientID and Audience
// meaningless.
func (g *OrganizationClientGrants) All(
	ctx context.Context, filter OrganizationClientGrantFilter,
) iter.Seq2[ListedOrganizationClientGrant, error] {
	switch {
	case filter.OrganizationID != "":
		return g.ofOrganization(ctx, Organization{ID: filter.OrganizationID}, filter)
	case filter.GrantID != "":
		return g.ofGrant(ctx, filter.GrantID)
	default:
		return g.ofAll(ctx, filter)
	}
}

func (g *OrganizationClientGrants) ofAll(
	ctx context.Context, filter OrganizationClientGrantFilter,
) iter.Seq2[ListedOrganizationClientGrant, error] {
	return func(yield func(ListedOrganizationClientGrant, error) bool) {
		for organization, err := range pages(ctx, g.conn, rest.Request{
			Op: "list organizations", Path: []string{"organizations"}, Query: checkpointQuery(),
		}, byCheckpoint[Organization]) {
			if err != nil {
				yield(ListedOrganizationClientGrant{}, err)
				return
			}
			for listed, err := range g.ofOrganization(ctx, organization, filter) {
				markMissingOrganization(err)
				if rest.IsNotFound(err) {
					break // It was deleted since its page was read.
				}
				if !yield(listed, err) || err != nil {
					return
				}
			}
		}
	}
}

func (g *OrganizationClientGrants) ofOrganization(
	ctx context.Context, organization Organization, filter OrganizationClientGrantFilter,
) iter.Seq2[ListedOrganizationClientGrant, error] {
	query := offsetQuery()
	for name, value := range map[string]string{
		"grant_ids": filter.GrantID, "client_id": filter.ClientID, "audience": filter.Audience,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	r := rest.Request{
		Op:   "list organization client grants",
		Path: []string{"organizations", organization.ID, "client-grants"}, Query: query,
	}
	return func(yield func(ListedOrganizationClientGrant, error) bool) {
		for grant, err := range pages(ctx, g.conn, r, byOffset[associatedGrant]) {
			if err == nil && !filter.matches(grant) {
				continue // The answer ignores the filter.
			}
			if !yield(ListedOrganizationClientGrant{
				OrganizationClientGrant{organization.ID, grant.id()},
				organization.Name, cmp.Or(grant.ClientID, grant.DefaultFor), grant.Audience,
				grant.SubjectType,
			}, err) || err != nil {
				return
			}
		}
	}
}

func (f OrganizationClientGrantFilter) matches(grant associatedGrant) bool {
	return (f.GrantID == "" || f.GrantID == grant.id()) &&
		(f.ClientID == "" || f.ClientID == grant.ClientID) &&
		(f.Audience == "" || f.Audience == grant.Audience)
}

func (g *OrganizationClientGrants) ofGrant(
	ctx context.Context, grantID string,
) iter.Seq2[ListedOrganizationClientGrant, error] {
	return func(yield func(ListedOrganizationClientGrant, error) bool) {
		for organization, err := range pages(ctx, g.conn, rest.Request{
			Op:   "list organizations of client grant",
			Path: []string{"client-grants", grantID, "organizations"}, Query: checkpointQuery(),
		}, byCheckpoint[Organization]) {
			if !yield(ListedOrganizationClientGrant{
				OrganizationClientGrant: OrganizationClientGrant{organization.ID, grantID},
				OrganizationName:        organization.Name,
			}, err) || err != nil {
				return
			}
		}
	}
}
