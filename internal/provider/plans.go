// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// plans knows what this run has planned so far, and what it has looked up to judge
// it. Terraform plans what others depend on first, but nothing else is promised:
// what is not here may be planned later, or not at all.
type plans struct {
	mu       sync.Mutex
	apis     map[string]plannedScopes // By identifier.
	grants   map[string]plannedScopes // By id; nothing known of one that is to be destroyed.
	added    map[string][]string      // By identifier: scopes that m2m_resource_server_scope adds.
	held     map[string]bool          // By id: what the state has of APIs and grants.
	changing map[string]bool          // By id: grants that are still to be changed, or whose API is.

	scopesOf map[string]func() ([]string, error)
	grantsOf map[string]func() ([]m2m.ClientGrant, error)
	refused  bool // A lookup was forbidden, and that has been said.
}

// plannedScopes are scopes of an API or of a grant as they are planned.
type plannedScopes struct {
	values []string // In order.
	// known is false where some will be known only after apply.
	known bool
	// all is true where the configuration says that these are all. Where it does not,
	// others may add to those of an API.
	all bool
	// leaving is true for what is to be destroyed.
	leaving bool
	// changing is true for an API that is there and is to be changed, in whatever.
	changing bool
}

func (p plannedScopes) has(scope string) bool {
	_, found := slices.BinarySearch(p.values, scope)
	return found
}

// setScopesOf returns the elements of a set that are known.
func setScopesOf(set types.Set) plannedScopes {
	out := plannedScopes{known: !set.IsUnknown()}
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok && !text.IsUnknown() && !text.IsNull() {
			out.values = append(out.values, text.ValueString())
		} else {
			out.known = false
		}
	}
	slices.Sort(out.values)
	return out
}

// mapScopesOf returns the keys of a map, which are known where the map is.
func mapScopesOf(scopes types.Map) plannedScopes {
	out := plannedScopes{known: !scopes.IsUnknown()}
	for value := range scopes.Elements() {
		out.values = append(out.values, value)
	}
	slices.Sort(out.values)
	return out
}

// without returns those of p that are not in other.
func (p plannedScopes) without(other plannedScopes) []string {
	return slices.DeleteFunc(slices.Clone(p.values), other.has)
}

// record and recorded write and read one of the maps of plans.
func record[V any](p *plans, in *map[string]V, key string, value V) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if *in == nil {
		*in = make(map[string]V)
	}
	(*in)[key] = value
}

func recorded[V any](p *plans, in *map[string]V, key string) (value V, found bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	value, found = (*in)[key]
	return value, found
}

func (p *plans) planAPI(identifier string, scopes plannedScopes) {
	record(p, &p.apis, identifier, scopes)
}

func (p *plans) api(identifier string) (scopes plannedScopes, planned bool) {
	return recorded(p, &p.apis, identifier)
}

func (p *plans) planGrant(id string, scopes plannedScopes) { record(p, &p.grants, id, scopes) }

func (p *plans) grant(id string) (scopes plannedScopes, planned bool) {
	return recorded(p, &p.grants, id)
}

// hold says that the state has an object, which is then not there to be adopted, but
// to be kept or replaced.
func (p *plans) hold(id string) { record(p, &p.held, id, true) }

func (p *plans) holds(id string) bool {
	_, held := recorded(p, &p.held, id)
	return held
}

// changeGrant says whether a grant is still to be changed. An apply plans once more
// what it is about to change.
func (p *plans) changeGrant(id string, planned bool) { record(p, &p.changing, id, planned) }

// changesGrant takes the id of a grant, or of its association with an organization.
func (p *plans) changesGrant(id string) bool {
	if _, grant, ok := strings.Cut(id, "::"); ok {
		id = grant
	}
	changing, _ := recorded(p, &p.changing, id)
	return changing
}

// addScope says that an API gets one more scope, whoever plans the others.
func (p *plans) addScope(identifier, scope string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.added == nil {
		p.added = make(map[string][]string)
	}
	p.added[identifier] = append(p.added[identifier], scope)
}

// withAdded returns the scopes of an API together with those that are added to it.
func (p *plans) withAdded(identifier string, scopes plannedScopes) plannedScopes {
	added, _ := recorded(p, &p.added, identifier)
	scopes.values = slices.Concat(scopes.values, added)
	slices.Sort(scopes.values)
	return scopes
}

// lookupLimit bounds what a plan waits for a check that it can do without.
const lookupLimit = 15 * time.Second

// lookUpOnce looks something up for all that ask for it in this run.
func lookUpOnce[T any](
	ctx context.Context, mu *sync.Mutex, made *map[string]func() (T, error), key string, look func(context.Context) (T, error),
) (T, error) {
	mu.Lock()
	if *made == nil {
		*made = make(map[string]func() (T, error))
	}
	found, ok := (*made)[key]
	if !ok {
		found = sync.OnceValues(func() (T, error) {
			ctx, cancel := context.WithTimeout(ctx, lookupLimit)
			defer cancel()
			return look(ctx)
		})
		(*made)[key] = found
	}
	mu.Unlock()
	return found()
}

// liveScopes are the scopes that an API of the tenant defines, in order.
func (s *session) liveScopes(ctx context.Context, identifier string) ([]string, error) {
	return lookUpOnce(ctx, &s.plans.mu, &s.plans.scopesOf, identifier, func(ctx context.Context) ([]string, error) {
		found, err := s.api.ResourceServers.Find(ctx, identifier)
		var values []string
		for _, scope := range found.Scopes {
			values = append(values, scope.Value)
		}
		slices.Sort(values)
		return values, err
	})
}

// liveGrants are the grants that the tenant has for an API.
func (s *session) liveGrants(ctx context.Context, identifier string) ([]m2m.ClientGrant, error) {
	return lookUpOnce(ctx, &s.plans.mu, &s.plans.grantsOf, identifier, func(ctx context.Context) ([]m2m.ClientGrant, error) {
		return s.api.ClientGrants.List(ctx, m2m.ClientGrantFilter{Audience: identifier})
	})
}

// reportSkipped says, once in a run, that a check needs a management scope. Other
// failures only go to the log: what the plan needs the tenant for will meet them too.
func (s *session) reportSkipped(ctx context.Context, diags *diag.Diagnostics, check, scope string, err error) {
	tflog.Warn(ctx, "A check of the plan was skipped", map[string]any{"check": check, "error": err.Error()})
	var (
		login  *m2m.LoginError
		answer *m2m.Error
	)
	if errors.As(err, &login) || !errors.As(err, &answer) || answer.Code != "insufficient_scope" {
		return
	}
	s.plans.mu.Lock()
	said := s.plans.refused
	s.plans.refused = true
	s.plans.mu.Unlock()
	if !said {
		diags.AddWarning("Check skipped", "The plan could not be checked for "+check+
			": that needs the management scope "+scope+", which "+s.Login+" does not have. The plan is complete without it.")
	}
}
