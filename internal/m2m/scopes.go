// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// ResourceServerScopes are single scopes of APIs. The Management API can only
// replace all scopes of an API at once (API contract 3.2), so what is asked for at
// the same time for one API is collected: one read serves all who want to know,
// one PATCH makes all changes, and one more read tells whether another writer has
// undone any of them.
type ResourceServerScopes struct {
	servers *ResourceServers
	gather  func(pending func() int)
	pause   func(context.Context, time.Duration) bool

	mu     sync.Mutex
	queues map[string]*scopeQueue // By identifier of the API.
}

// ResourceServerScope is one scope of the API with an identifier.
type ResourceServerScope struct {
	Identifier string
	Scope
}

// ErrSystemAPI tells that the API is one of the tenant's own, whose scopes nobody
// can change (API contract 3.12).
var ErrSystemAPI = errors.New("the scopes of a system API cannot be changed")

// LostRaceError tells that another writer undid a change right after it was made.
type LostRaceError struct {
	Scope    string
	Restored bool // The scope was to be removed, and is back.
}

func (e *LostRaceError) Error() string {
	if e.Restored {
		return fmt.Sprintf("another writer has put the scope %q back", e.Scope)
	}
	return fmt.Sprintf("another writer has removed the scope %q", e.Scope)
}

// ID names a scope. The API has no id for it.
func (s ResourceServerScope) ID() string { return s.Identifier + idSeparator + s.Value }

// ParseResourceServerScopeID is the inverse of ID. Identifiers and scopes may both
// hold the separator, so there may be several scopes of one id; the one with the
// longest identifier comes first.
func ParseResourceServerScopeID(id string) []ResourceServerScope {
	var all []ResourceServerScope
	for at := len(id) - 1; at > 0; at-- {
		if value, ok := strings.CutPrefix(id[at:], idSeparator); ok && value != "" {
			all = append(all, ResourceServerScope{id[:at], Scope{Value: value}})
		}
	}
	return all
}

func newResourceServerScopes(servers *ResourceServers, gather func(pending func() int)) *ResourceServerScopes {
	return &ResourceServerScopes{servers: servers, gather: gather, pause: pause, queues: make(map[string]*scopeQueue)}
}

const (
	// gatherStep is the silence after which no further changes are expected.
	gatherStep = 20 * time.Millisecond
	// gatherSteps bounds the wait.
	gatherSteps = 10
)

// gatherBriefly waits until nothing more arrives: what is walked in parallel starts
// within milliseconds.
func gatherBriefly(pending func() int) {
	for range gatherSteps {
		before := pending()
		time.Sleep(gatherStep)
		if pending() == before {
			return
		}
	}
}

// Create adds a scope to its API. The error is a *ConflictError where the API has
// it already.
func (s *ResourceServerScopes) Create(ctx context.Context, in ResourceServerScope) (ResourceServerScope, error) {
	return s.do(ctx, "create resource server scope", addScope, in)
}

// Update gives a scope another description.
func (s *ResourceServerScopes) Update(ctx context.Context, in ResourceServerScope) (ResourceServerScope, error) {
	return s.do(ctx, "update resource server scope", setScope, in)
}

// Find reads a scope. IsNotFound holds for the error where there is none.
func (s *ResourceServerScopes) Find(ctx context.Context, want ResourceServerScope) (ResourceServerScope, error) {
	return s.do(ctx, "read resource server scope", lookAtScope, want)
}

// Delete removes a scope from its API. Removing what is gone already succeeds.
func (s *ResourceServerScopes) Delete(ctx context.Context, in ResourceServerScope) error {
	_, err := s.do(ctx, "delete resource server scope", removeScope, in)
	if IsNotFound(err) {
		return nil
	}
	return err
}

func (s *ResourceServerScopes) do(ctx context.Context, op string, kind scopeKind, in ResourceServerScope) (ResourceServerScope, error) {
	call := &scopeCall{ctx: ctx, kind: kind, in: in, done: make(chan struct{})}
	s.queue(in.Identifier).join(call)
	if call.err != nil {
		return ResourceServerScope{}, fmt.Errorf("%s: %w", op, call.err)
	}
	return ResourceServerScope{in.Identifier, call.out}, nil
}

func (s *ResourceServerScopes) queue(identifier string) *scopeQueue {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, ok := s.queues[identifier]
	if !ok {
		q = &scopeQueue{scopes: s, identifier: identifier}
		s.queues[identifier] = q
	}
	return q
}

// byIdentifier reads the API with exactly this identifier. A path can hold an id
// as well, so the API that answers may be another one.
func (s *ResourceServers) byIdentifier(ctx context.Context, identifier string) (ResourceServer, error) {
	if identifier == "." || identifier == ".." {
		return s.Find(ctx, identifier) // No path can hold these.
	}
	found, err := s.Get(ctx, identifier)
	if err != nil || found.Identifier == identifier {
		return found, err
	}
	named := found.Identifier
	found, err = s.Find(ctx, identifier)
	if IsNotFound(err) {
		return found, &Error{
			Method: http.MethodGet, Path: "/api/v2/resource-servers/" + url.PathEscape(identifier), Status: http.StatusNotFound,
			Code: "inexistent_resource_server", Message: fmt.Sprintf("no API has this identifier; it is the id of the API %q", named),
		}
	}
	return found, err
}
