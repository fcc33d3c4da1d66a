// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"fmt"
	"net/url"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/batch"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// Reads reads single objects for a plan. Parallel reads are asked together, and once they have cost
// as much as the list of all objects would, that list is read instead (batch.Reader). So an answer
// may be older than its question, but shows all writes of this client. Creates and updates, which
// must know the tenant as it is now, read from the endpoints themselves.
type Reads struct {
	client *Client
	fresh  bool
	batch  *batches
}

// ask reads one object.
func ask[T any](
	ctx context.Context, r *Reads, reader *batch.Reader[*T], q batch.Question[T],
) (T, error) {
	if reader == nil {
		return q.Ask(ctx)
	}
	found, err := reader.Read(ctx, batch.Question[*T]{
		Key: q.Key, Variant: q.Variant, Groups: q.Groups,
		Fresh: r.fresh && !r.batch.refreshing.Load(),
		Ask: func(ctx context.Context) (*T, error) {
			found, err := q.Ask(ctx)
			return &found, err
		},
	})
	if err != nil {
		var none T
		return none, err
	}
	return *found, nil
}

// list reads all objects that match.
func list[T any](
	ctx context.Context, r *Reads, reader *batch.Reader[*T], l batch.List[T],
) ([]T, error) {
	if reader == nil || r.fresh && !r.batch.refreshing.Load() {
		return l.Ask(ctx)
	}
	pointed := batch.List[*T]{Ask: func(ctx context.Context) ([]*T, error) {
		found, err := l.Ask(ctx)
		return pointers(found), err
	}}
	if l.Match != nil {
		pointed.Match = func(object *T) bool { return l.Match(*object) }
	}
	found, err := reader.List(ctx, pointed)
	if err != nil {
		return nil, err
	}
	objects := make([]T, len(found))
	for i, object := range found {
		objects[i] = *object
	}
	return objects, nil
}

// ResourceServer reads an API of the state. If it is missing, two answers of the tenant say so, and
// the error satisfies IsNotFound.
func (r *Reads) ResourceServer(
	ctx context.Context, id, identifier string,
) (ResourceServer, error) {
	r.batch.refreshing.Store(true)
	servers := r.client.ResourceServers
	return ask(ctx, r, r.batch.servers, batch.Question[ResourceServer]{
		Key: idKey(id), Groups: identifiersGroup(identifier),
		Ask: func(ctx context.Context) (ResourceServer, error) {
			found, err := servers.Get(ctx, id)
			if !rest.IsNotFound(err) || identifier == "" {
				return found, err
			}
			named, nameErr := servers.Find(ctx, identifier)
			switch {
			case nameErr == nil && named.ID == id:
				return named, nil
			case nameErr == nil, rest.IsNotFound(nameErr):
				return found, err
			default:
				return named, nameErr
			}
		},
	})
}

// ResourceServerByIdentifier reads the API with exactly this identifier. If there is none, the
// error satisfies IsNotFound.
func (r *Reads) ResourceServerByIdentifier(
	ctx context.Context, identifier string,
) (ResourceServer, error) {
	return ask(ctx, r, r.batch.servers, batch.Question[ResourceServer]{
		Key: identifierKey(identifier), Groups: identifiersGroup(identifier),
		Ask: func(ctx context.Context) (ResourceServer, error) {
			return r.client.ResourceServers.Find(ctx, identifier)
		},
	})
}

// ResourceServerByID reads the API with this id or, as the endpoint does, with this identifier.
func (r *Reads) ResourceServerByID(ctx context.Context, id string) (ResourceServer, error) {
	return ask(ctx, r, r.batch.servers, batch.Question[ResourceServer]{
		// Unlike a read of the state, it believes one answer that the API is missing.
		Key: idKey(id), Variant: "by id",
		Ask: func(ctx context.Context) (ResourceServer, error) {
			return r.client.ResourceServers.Get(ctx, id)
		},
	})
}

// ResourceServers returns all APIs of the tenant.
func (r *Reads) ResourceServers(ctx context.Context) ([]ResourceServer, error) {
	return list(ctx, r, r.batch.servers, batch.List[ResourceServer]{
		Ask: func(ctx context.Context) ([]ResourceServer, error) {
			return r.client.ResourceServers.List(ctx, nil)
		},
	})
}

func identifiersGroup(identifier string) []batch.Group {
	if identifier == "" {
		return nil
	}
	return []batch.Group{{Name: "identifiers", Value: identifier}}
}

// ClientGrant reads a grant of the state. If it is missing, two answers of the tenant say so, and
// the error satisfies IsNotFound.
func (r *Reads) ClientGrant(
	ctx context.Context, id string, key ClientGrantKey,
) (ClientGrant, error) {
	r.batch.refreshing.Store(true)
	grants := r.client.ClientGrants
	return ask(ctx, r, r.batch.grants, batch.Question[ClientGrant]{
		Key: idKey(id), Groups: grantGroups(key),
		Ask: func(ctx context.Context) (ClientGrant, error) {
			found, err := grants.Get(ctx, id)
			if !rest.IsNotFound(err) || key.Audience == "" {
				return found, err
			}
			others, keyErr := grants.OfEachSubjectType(ctx, key)
			if keyErr != nil {
				return found, keyErr
			}
			for _, other := range others {
				if other.ID == id {
					return other, nil
				}
			}
			return found, err
		},
	})
}

// ClientGrantByKey reads the grant with a natural key. If there is none, the error satisfies
// IsNotFound.
func (r *Reads) ClientGrantByKey(ctx context.Context, key ClientGrantKey) (ClientGrant, error) {
	if key.SubjectType == "" {
		key.SubjectType = DefaultSubjectType
	}
	return ask(ctx, r, r.batch.grants, batch.Question[ClientGrant]{
		Key: grantKey(key), Groups: grantGroups(key),
		Ask: func(ctx context.Context) (ClientGrant, error) {
			return r.client.ClientGrants.Find(ctx, key)
		},
	})
}

// ClientGrants returns the grants that match the filter.
func (r *Reads) ClientGrants(ctx context.Context, filter ClientGrantFilter) ([]ClientGrant, error) {
	ask := func(ctx context.Context) ([]ClientGrant, error) {
		return r.client.ClientGrants.List(ctx, filter)
	}
	if filter.SubjectType != "" || filter.AllowAnyOrganization {
		return ask(ctx) // Only the API knows which grants match.
	}
	return list(ctx, r, r.batch.grants, batch.List[ClientGrant]{
		Ask: ask, Match: func(g ClientGrant) bool { return filter.matchesKey(g.Key()) },
	})
}

// ClientGrantsOfEachSubjectType reads the grants of a client and audience, by subject type. It
// ignores the subject type of the key.
func (r *Reads) ClientGrantsOfEachSubjectType(
	ctx context.Context, key ClientGrantKey,
) (map[string]ClientGrant, error) {
	matching, err := list(ctx, r, r.batch.grants, batch.List[ClientGrant]{
		Match: func(g ClientGrant) bool {
			key := key
			key.SubjectType = g.Key().SubjectType
			return g.Key() == key
		},
		Ask: func(ctx context.Context) ([]ClientGrant, error) {
			found, err := r.client.ClientGrants.OfEachSubjectType(ctx, key)
			var all []ClientGrant
			for _, grant := range found {
				all = append(all, grant)
			}
			return all, err
		},
	})
	found := map[string]ClientGrant{}
	for _, grant := range matching {
		found[grant.Key().SubjectType] = grant
	}
	return found, err
}

// grantGroups names a group by its filter.
func grantGroups(key ClientGrantKey) []batch.Group {
	var groups []batch.Group
	for name, value := range map[string]string{
		"audience": key.Audience, "client_id": key.ClientID, "default_for": key.DefaultFor,
	} {
		if value != "" {
			filter := url.Values{name: {value}}.Encode()
			groups = append(groups, batch.Group{Name: filter, Value: value})
		}
	}
	return groups
}

// Client reads a client by its id.
func (r *Reads) Client(ctx context.Context, id string) (OAuthClient, error) {
	return ask(ctx, r, r.batch.clients, batch.Question[OAuthClient]{
		Key: idKey(id),
		Ask: func(ctx context.Context) (OAuthClient, error) {
			return r.client.Clients.Get(ctx, id)
		},
	})
}

// Clients returns all clients of the tenant, without their secrets.
func (r *Reads) Clients(ctx context.Context) ([]OAuthClient, error) {
	return list(ctx, r, r.batch.clients, batch.List[OAuthClient]{
		Ask: func(ctx context.Context) ([]OAuthClient, error) {
			return r.client.Clients.List(ctx, OAuthClientFilter{})
		},
	})
}

// OrganizationClientGrant reads an association of the state. If it is missing, two answers of the
// tenant say so, and the error satisfies IsNotFound.
func (r *Reads) OrganizationClientGrant(
	ctx context.Context, want OrganizationClientGrant,
) (OrganizationClientGrant, error) {
	r.batch.refreshing.Store(true)
	return ask(ctx, r, r.batch.associations, batch.Question[OrganizationClientGrant]{
		Key:    want.ID(),
		Groups: []batch.Group{{Name: want.OrganizationID, Value: want.GrantID}},
		Ask: func(ctx context.Context) (OrganizationClientGrant, error) {
			return r.client.OrganizationClientGrants.findTwice(ctx, want)
		},
	})
}

// ResourceServerScope reads a scope of the state. If there is none, the error satisfies IsNotFound.
func (r *Reads) ResourceServerScope(
	ctx context.Context, want ResourceServerScope,
) (ResourceServerScope, error) {
	if r.batch.servers == nil || r.client.ResourceServerScopes.has(want.Identifier) {
		return r.client.ResourceServerScopes.Find(ctx, want)
	}
	r.batch.refreshing.Store(true)
	server, err := r.ResourceServerByIdentifier(ctx, want.Identifier)
	if err != nil && !rest.IsNotFound(err) {
		return ResourceServerScope{}, fmt.Errorf("read resource server scope: %w", err)
	}
	if found := scopeIn(server.Scopes, want.Value); found.Value != "" {
		return ResourceServerScope{want.Identifier, found}, nil
	}
	return r.client.ResourceServerScopes.Find(ctx, want)
}
