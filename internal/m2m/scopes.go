// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// ResourceServerScopes changes single scopes of APIs. The Management API can only replace all
// scopes of an API at once (API contract 3.2), so concurrent calls for one API are collected: one
// read serves all readers, one PATCH makes all changes, and a look a moment later detects whether
// another writer has undone any of them. Then they are made again.
type ResourceServerScopes struct {
	servers *ResourceServers
	gather  func(pending func() int)
	pause   func(context.Context, time.Duration) bool

	mu     sync.Mutex
	queues map[string]*scopeQueue // By identifier of the API.
}

func newResourceServerScopes(
	servers *ResourceServers, gather func(pending func() int),
) *ResourceServerScopes {
	return &ResourceServerScopes{
		servers: servers, gather: gather, pause: rest.Pause, queues: make(map[string]*scopeQueue),
	}
}

const (
	// gatherStep is how long the queue must be unchanged before no more changes are expected.
	gatherStep = 20 * time.Millisecond
	// gatherSteps bounds the wait.
	gatherSteps = 10
)

// gatherBriefly waits until no more calls arrive: parallel calls start within milliseconds of each
// other.
func gatherBriefly(pending func() int) {
	for range gatherSteps {
		before := pending()
		time.Sleep(gatherStep)
		if pending() == before {
			return
		}
	}
}

// Create adds a scope to its API. The error is a *ConflictError if the API already has the scope.
func (s *ResourceServerScopes) Create(
	ctx context.Context, in ResourceServerScope,
) (ResourceServerScope, error) {
	return s.do(ctx, "create resource server scope", addScope, in)
}

// Update changes the description of a scope.
func (s *ResourceServerScopes) Update(
	ctx context.Context, in ResourceServerScope,
) (ResourceServerScope, error) {
	return s.do(ctx, "update resource server scope", setScope, in)
}

// Find reads a scope. If there is none, the error satisfies IsNotFound.
func (s *ResourceServerScopes) Find(
	ctx context.Context, want ResourceServerScope,
) (ResourceServerScope, error) {
	return s.do(ctx, "read resource server scope", readScope, want)
}

// Delete removes a scope from its API. It succeeds if the scope is already gone.
func (s *ResourceServerScopes) Delete(ctx context.Context, in ResourceServerScope) error {
	_, err := s.do(ctx, "delete resource server scope", removeScope, in)
	if rest.IsNotFound(err) {
		return nil
	}
	return err
}

func (s *ResourceServerScopes) do(
	ctx context.Context, op string, kind scopeKind, in ResourceServerScope,
) (ResourceServerScope, error) {
	call := &scopeCall{ctx: ctx, kind: kind, in: in, done: make(chan struct{})}
	s.queue(in.Identifier).join(call)
	out := ResourceServerScope{in.Identifier, call.out}
	if call.err != nil {
		return out, fmt.Errorf("%s: %w", op, call.err)
	}
	return out, nil
}

// Doubts returns why changes to the scopes of an API may be lost, although no call failed: each is
// an *UnconfirmedScopesError or a *SlowScopesError. It returns each once.
func (s *ResourceServerScopes) Doubts(identifier string) []error {
	q := s.queue(identifier)
	q.mu.Lock()
	defer q.mu.Unlock()
	doubts := q.doubts
	q.doubts = nil
	return doubts
}

// has reports whether this process has read or changed a scope of an API here.
func (s *ResourceServerScopes) has(identifier string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queues[identifier] != nil
}

func (s *ResourceServerScopes) queue(identifier string) *scopeQueue {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, ok := s.queues[identifier]
	if !ok {
		q = &scopeQueue{
			identifier: identifier, servers: s.servers, gather: s.gather, pause: s.pause,
		}
		s.queues[identifier] = q
	}
	return q
}
