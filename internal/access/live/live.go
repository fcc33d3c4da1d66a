// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package live reads what decides about access from a tenant. It writes nothing and judges nothing:
// the rules are in package access, which does not know the Management API.
package live

import (
	"cmp"
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// reader fills in a tenant.
type reader struct{ access.Tenant }

// Filter selects the grants to read. Empty fields select all.
type Filter struct {
	Audience string
	ClientID string
}

// atOnce is how many questions about organizations are under way at the same time. The client
// itself keeps within the rate limit.
const atOnce = 8

// Read reads a tenant, or the part that a filter selects: the lists of clients, APIs and grants,
// and the organizations of each grant that is limited to some. The source of a grant is its id. It
// needs the scopes read:clients, read:resource_servers and read:client_grants, and for the
// organizations read:organization_client_grants and read:organizations. Its errors come from
// package m2m.
func Read(ctx context.Context, api *m2m.Client, filter Filter) (access.Tenant, error) {
	r := reader{access.Tenant{
		APIs: map[string]access.API{}, Clients: map[string]access.Client{},
		Names: map[string]string{}, Lifetimes: map[string]time.Duration{},
	}}
	if err := r.readAPIs(ctx, api, filter); err != nil {
		return r.Tenant, err
	}
	if err := r.readClients(ctx, api); err != nil {
		return r.Tenant, err
	}
	err := r.readGrants(ctx, api, filter)
	return r.Tenant, err
}

func (r *reader) readAPIs(ctx context.Context, api *m2m.Client, filter Filter) error {
	var identifiers []string
	if filter.Audience != "" {
		identifiers = []string{filter.Audience}
	}
	for server, err := range api.ResourceServers.All(ctx, identifiers) {
		if err != nil {
			return err
		}
		r.APIs[server.Identifier] = apiOf(server)
		r.name(server.Identifier, server.Name)
		if server.TokenLifetime != nil {
			r.Lifetimes[server.Identifier] = time.Duration(*server.TokenLifetime) * time.Second
		}
	}
	return nil
}

func apiOf(server m2m.ResourceServer) access.API {
	found := access.API{
		Identifier: server.Identifier,
		RBAC:       server.EnforcePolicies != nil && *server.EnforcePolicies,
		System:     server.IsSystem,
	}
	for _, scope := range server.Scopes {
		found.Scopes = append(found.Scopes, scope.Value)
	}
	if policies := server.SubjectTypeAuthorization; policies != nil {
		if policies.Client != nil {
			found.ClientPolicy = policies.Client.Policy
		}
		if policies.User != nil {
			found.UserPolicy = policies.User.Policy
		}
	}
	return found
}

func (r *reader) readClients(ctx context.Context, api *m2m.Client) error {
	listed, err := api.Clients.List(ctx, m2m.OAuthClientFilter{})
	for _, client := range listed {
		r.Clients[client.ClientID] = access.Client{
			ID:                  client.ClientID,
			ThirdParty:          client.IsFirstParty != nil && !*client.IsFirstParty,
			NoClientCredentials: !slices.Contains(client.GrantTypes, "client_credentials"),
		}
		r.name(client.ClientID, client.Name)
	}
	return err
}

// readGrants reads all grants of an API. The filter for a client must not hide default grants, so
// it is applied here.
func (r *reader) readGrants(ctx context.Context, api *m2m.Client, filter Filter) error {
	wanted := m2m.ClientGrantFilter{Audience: filter.Audience}
	for grant, err := range api.ClientGrants.All(ctx, wanted) {
		if err != nil {
			return err
		}
		if filter.ClientID == "" || grant.ClientID == nil || *grant.ClientID == filter.ClientID {
			r.Grants = append(r.Grants, grantOf(grant))
		}
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range r.Grants {
		grant := &r.Grants[i]
		if !r.isLimited(*grant) {
			continue
		}
		group.Go(func() (err error) {
			grant.Organizations, err = api.OrganizationClientGrants.OrganizationsOf(
				groupCtx,
				grant.Source,
			)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return r.nameOrganizations(ctx, api)
}

// isLimited reports whether a grant is for the organizations that are associated with it.
func (r *reader) isLimited(grant access.Grant) bool {
	if grant.OrganizationUsage != "allow" && grant.OrganizationUsage != "require" {
		return false
	}
	return !grant.AnyOrganization || grant.ClientID == access.ThirdPartyClients ||
		r.Clients[grant.ClientID].ThirdParty
}

func grantOf(grant m2m.ClientGrant) access.Grant {
	found := access.Grant{
		Source: grant.ID, Audience: grant.Audience, SubjectType: grant.Key().SubjectType,
		ClientID: access.ThirdPartyClients, Scopes: grant.Scope,
		AllScopes:       grant.AllowAllScopes != nil && *grant.AllowAllScopes,
		AnyOrganization: grant.AllowAnyOrganization != nil && *grant.AllowAnyOrganization,
	}
	if grant.ClientID != nil {
		found.ClientID = *grant.ClientID
	}
	if grant.OrganizationUsage != nil {
		found.OrganizationUsage = *grant.OrganizationUsage
	}
	return found
}

// nameOrganizations reads the names of organizations, if a grant mentions any.
func (r *reader) nameOrganizations(ctx context.Context, api *m2m.Client) error {
	mentioned := slices.ContainsFunc(r.Grants, func(g access.Grant) bool {
		return len(g.Organizations) > 0
	})
	if !mentioned {
		return nil
	}
	listed, err := api.Organizations.List(ctx)
	for _, organization := range listed {
		name := cmp.Or(organization.DisplayName, &organization.Name)
		r.name(organization.ID, name)
	}
	return err
}

func (r *reader) name(id string, name *string) {
	if name != nil && *name != "" {
		r.Names[id] = *name
	}
}
