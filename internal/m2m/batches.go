// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/batch"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// An answer serves other questions for lifetime, and in a plan for planLifetime. Terraform reads
// each object once for a plan, and relies on that until the apply, so a plan needs no newer
// answers. With a short lifetime, a plan of thousands of objects would read the same list several
// times.
const lifetime, planLifetime = 30 * time.Second, 5 * time.Minute

// batches is what Client.Reads and Client.FreshReads share. Nil fields mean that each object is
// asked for by itself. The objects are pointers: the compiler makes one Reader for all of them, but
// another one for each type of struct.
type batches struct {
	servers      *batch.Reader[*ResourceServer]
	grants       *batch.Reader[*ClientGrant]
	clients      *batch.Reader[*OAuthClient]
	associations *batch.Reader[*OrganizationClientGrant]
	// refreshing reports that an object of the state has been refreshed. Then this process makes a
	// plan, and nobody else in the same run writes.
	refreshing atomic.Bool
	asked      atomic.Int64 // As in batch.Source.
}

func newBatches(cfg Config, c *Client) *batches {
	b := &batches{}
	if cfg.NoReadBatching {
		return b
	}
	served := c.conn.ServedFromPage
	ready := func(ctx context.Context) error {
		if cfg.Unusable != nil {
			return nil // Each request says why.
		}
		_, err := c.login.token(ctx)
		return err
	}
	b.servers = batch.New(batch.Source[*ResourceServer]{
		Keys: func(s *ResourceServer) []string {
			return []string{idKey(s.ID), identifierKey(s.Identifier)}
		},
		GroupSize: maxIdentifiers,
		Some: func(
			ctx context.Context, _ string, identifiers []string,
		) ([]*ResourceServer, error) {
			found, err := rest.Manage[array[ResourceServer]](ctx, c.conn, rest.Request{
				Op: "read resource servers", Method: http.MethodGet, Optional: true,
				Path:  []string{"resource-servers"},
				Query: url.Values{"identifiers": identifiers}, Repeatable: true,
			})
			return pointers(found), err
		},
		Page: pageOf[ResourceServer](c.conn, rest.Request{
			Op: "list resource servers", Path: []string{"resource-servers"},
		}),
		Ready: ready, Asked: &b.asked, Lifetime: b.lifetime, Served: served,
	}, cfg.Now)
	b.grants = batch.New(batch.Source[*ClientGrant]{
		Keys: func(g *ClientGrant) []string { return []string{idKey(g.ID), grantKey(g.Key())} },
		// A group is all grants of a client or for an API. If there are more than fit into a
		// page, the list is not read to its end.
		GroupSize: rest.PageSize,
		Some: func(ctx context.Context, group string, _ []string) ([]*ClientGrant, error) {
			query, err := url.ParseQuery(group)
			if err != nil {
				return nil, err
			}
			query.Set("take", strconv.Itoa(rest.PageSize))
			got, err := rest.Manage[page[ClientGrant]](ctx, c.conn, rest.Request{
				Op: "read client grants", Method: http.MethodGet, Optional: true,
				Path: []string{"client-grants"}, Query: query, Repeatable: true,
			})
			return pointers(got.items), err
		},
		Page: pageOf[ClientGrant](c.conn, rest.Request{
			Op: "list client grants", Path: []string{"client-grants"},
		}),
		Ready: ready, Asked: &b.asked, Lifetime: b.lifetime, Served: served,
	}, cfg.Now)
	b.clients = batch.New(batch.Source[*OAuthClient]{
		Keys: func(a *OAuthClient) []string { return []string{idKey(a.ClientID)} },
		Page: pageOf[OAuthClient](c.conn, rest.Request{
			Op: "list clients", Path: []string{"clients"},
			Query: withFields(url.Values{"is_global": {"false"}}, clientFields),
		}),
		Ready: ready, Asked: &b.asked, Lifetime: b.lifetime, Served: served,
	}, cfg.Now)
	b.associations = batch.New(batch.Source[*OrganizationClientGrant]{
		Keys:      func(a *OrganizationClientGrant) []string { return []string{a.ID()} },
		GroupSize: maxGrantIDs,
		Some: func(
			ctx context.Context, organization string, grants []string,
		) ([]*OrganizationClientGrant, error) {
			found, err := c.OrganizationClientGrants.some(ctx, organization, grants)
			return pointers(found), err
		},
		Ready: ready, Asked: &b.asked, Lifetime: b.lifetime,
	}, cfg.Now)
	return b
}

// lifetime is how long an answer serves other questions.
func (b *batches) lifetime() time.Duration {
	if b.refreshing.Load() {
		return planLifetime
	}
	return lifetime
}

func idKey(id string) string { return "id " + id }

func identifierKey(identifier string) string { return "identifier " + identifier }

func grantKey(key ClientGrantKey) string { return "key " + key.String() }

func pointers[T any](objects []T) []*T {
	all := make([]*T, len(objects))
	for i := range objects {
		all[i] = &objects[i]
	}
	return all
}

// pageOf returns a function that reads a page of a list, counted from 0.
func pageOf[T listItem](
	c *rest.Conn, r rest.Request,
) func(ctx context.Context, number int) (batch.Page[*T], error) {
	r.Method, r.Repeatable, r.Optional = http.MethodGet, true, true
	return func(ctx context.Context, number int) (batch.Page[*T], error) {
		r := r
		query := offsetQuery()
		maps.Copy(query, r.Query)
		query.Set("page", strconv.Itoa(number))
		r.Query = query
		got, err := rest.Manage[page[T]](ctx, c, r)
		size := rest.PageSize
		if got.limit > 0 {
			size = min(size, got.limit)
		}
		return batch.Page[*T]{
			Items: pointers(got.items), Size: size, Total: got.total, Weight: got.weight,
		}, err
	}
}

// wroteServer records the outcome of a write to an API. id is empty for a create.
func (b *batches) wroteServer(id, identifier string, written ResourceServer, err error) {
	switch {
	case b == nil || b.servers == nil:
	case err == nil:
		b.servers.Wrote(&written)
	default:
		b.servers.Doubt(func(s *ResourceServer) bool {
			return s.ID == id || s.Identifier == identifier
		})
	}
}

// deletedServer records a delete of an API. The tenant may delete its grants too (API contract 14).
func (b *batches) deletedServer(id string, err error) {
	if b == nil || b.servers == nil {
		return
	}
	if err == nil {
		b.servers.Deleted(idKey(id))
	} else {
		b.servers.Doubt(func(s *ResourceServer) bool { return s.ID == id })
	}
	b.grants.Doubt(func(*ClientGrant) bool { return true })
}

// wroteGrant records the outcome of a write to a grant. id is empty for a create.
func (b *batches) wroteGrant(id string, key ClientGrantKey, written ClientGrant, err error) {
	switch {
	case b == nil || b.grants == nil:
	case err == nil:
		b.grants.Wrote(&written)
	default:
		b.grants.Doubt(func(g *ClientGrant) bool { return g.ID == id || g.Key() == key })
	}
}

func (b *batches) deletedGrant(id string, err error) {
	switch {
	case b == nil || b.grants == nil:
	case err == nil:
		b.grants.Deleted(idKey(id))
	default:
		b.grants.Doubt(func(g *ClientGrant) bool { return g.ID == id })
	}
}

// deletedAssociation records a delete of an association, whatever its outcome.
func (b *batches) deletedAssociation(a OrganizationClientGrant) {
	if b != nil && b.associations != nil {
		b.associations.Deleted(a.ID())
	}
}
