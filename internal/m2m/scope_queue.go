// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/batch"
)

// scopeQueue makes the changes to the scopes of one API, in rounds.
type scopeQueue struct {
	identifier string
	servers    *ResourceServers
	gather     func(pending func() int)
	pause      func(context.Context, time.Duration) bool

	mu      sync.Mutex
	pending []*scopeCall
	running bool

	// Only the running goroutine touches these. replaced are the lists that were overwritten
	// recently, and last is the list that was written last: a read that returns a replaced list is
	// stale.
	replaced [][]Scope
	last     []Scope
	slowest  time.Duration // The longest read or write so far.
}

const (
	// maxReplaced is how many writes a stale read may be behind.
	maxReplaced = 8
	// leastLook is the least pause before the read that confirms a write.
	leastLook = 100 * time.Millisecond
	// looks is how many times as long as the slowest request that pause is. Another writer reads
	// and then writes, so a write of ours in between is lost after at most two of its requests,
	// unless it waits for the rate limit or repeats one.
	looks = 4
)

// join adds a call to the queue and waits for its result. A caller that gives up withdraws its call
// if the call is not part of a round yet. A round that has begun always ends, because otherwise
// nobody would know what became of the scope.
func (q *scopeQueue) join(call *scopeCall) {
	q.mu.Lock()
	q.pending = append(q.pending, call)
	if !q.running {
		q.running = true
		go q.run()
	}
	q.mu.Unlock()

	select {
	case <-call.done:
		return
	case <-call.ctx.Done():
	}
	if q.withdraw(call) {
		call.err = call.ctx.Err()
		return
	}
	<-call.done
}

func (q *scopeQueue) withdraw(call *scopeCall) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := slices.Index(q.pending, call)
	if at < 0 {
		return false
	}
	q.pending = slices.Delete(q.pending, at, at+1)
	return true
}

func (q *scopeQueue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.pending)
}

// take removes the matching calls from the queue, or all calls if fit is nil.
func (q *scopeQueue) take(fit func(*scopeCall) bool) []*scopeCall {
	q.mu.Lock()
	defer q.mu.Unlock()
	var taken, left []*scopeCall
	for _, call := range q.pending {
		if fit == nil || fit(call) {
			taken = append(taken, call)
		} else {
			left = append(left, call)
		}
	}
	q.pending = left
	return taken
}

// stop ends the run if nothing is left to do.
func (q *scopeQueue) stop() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running = len(q.pending) > 0
	return !q.running
}

// run continues while there is something to do. The read at the beginning of a round also confirms
// the writes of the round before, so n consecutive rounds take n PATCHes and n + 1 reads.
func (q *scopeQueue) run() {
	var written []*scopeCall
	for len(written) > 0 || !q.stop() {
		if len(written) == 0 {
			q.gather(q.waiting)
		}
		calls := q.take(nil)
		if len(calls)+len(written) == 0 {
			continue // All callers have given up.
		}
		found, err := q.read(calls, written)
		confirmWritten(written, found.Scopes, err)
		written = nil
		if err != nil {
			for _, call := range calls {
				call.settle(Scope{}, err)
			}
			continue
		}
		// Changes that arrived during the read join this round. Reads that arrived wait for the
		// next round, because their callers want the scopes as they are now.
		calls = append(
			calls, q.take(func(call *scopeCall) bool { return call.kind != readScope })...,
		)
		if !found.IsSystem && slices.ContainsFunc(calls, (*scopeCall).changes) {
			if found, err = q.agreed(calls, found); err != nil {
				for _, call := range calls {
					call.settle(Scope{}, err)
				}
				continue
			}
		}
		slices.SortStableFunc(calls, func(a, b *scopeCall) int { return int(a.kind) - int(b.kind) })
		written = q.write(&found, calls)
	}
}

// read reads the API. It waits while the answer is older than our own writes, or while an API that
// may just have been created is missing.
func (q *scopeQueue) read(calls, written []*scopeCall) (ResourceServer, error) {
	// Writes must be confirmed even if their callers give up.
	grace := time.Duration(0)
	if len(written) > 0 {
		grace = lookupTimeout
	}
	all := slices.Concat(calls, written)
	ctx, release := batch.Join(all, grace)
	defer release()
	if len(written) > 0 {
		// A look right after the write would not see that a simultaneous writer undoes it.
		q.pause(ctx, max(leastLook, looks*q.slowest))
	}
	adding := slices.ContainsFunc(all, func(call *scopeCall) bool { return call.kind == addScope })
	started := time.Now()
	found, err := q.ask(ctx)
	q.slowest = max(q.slowest, time.Since(started))
	for _, wait := range latePauses {
		late := err == nil && (q.isLate(found.Scopes) || inDoubt(written, found.Scopes)) ||
			adding && IsNotFound(err)
		if !late || !q.pause(ctx, wait) {
			break
		}
		found, err = q.ask(ctx)
	}
	if err == nil && !sameScopes(found.Scopes, q.last) {
		q.replaced, q.last = nil, nil // Somebody else has written, so older lists no longer matter.
	}
	return found, err
}

// ask reads the API. It is missing only if the list of APIs agrees.
func (q *scopeQueue) ask(ctx context.Context) (ResourceServer, error) {
	found, err := q.servers.byIdentifier(ctx, q.identifier)
	if !IsNotFound(err) {
		return found, err
	}
	listed, listErr := q.servers.Find(ctx, q.identifier)
	if IsNotFound(listErr) {
		return found, err
	}
	return listed, listErr
}

// agreed returns the API once the list of APIs shows the same scopes as its own page. A write
// replaces all scopes, so a write that begins with a stale list would drop the scopes that somebody
// else has added since.
func (q *scopeQueue) agreed(calls []*scopeCall, found ResourceServer) (ResourceServer, error) {
	ctx, release := batch.Join(calls, 0)
	defer release()
	for round := 0; ; round++ {
		listed, err := q.servers.Find(ctx, q.identifier)
		switch {
		case err != nil && !IsNotFound(err):
			return found, err
		case err == nil && listed.ID == found.ID && sameScopes(listed.Scopes, found.Scopes):
			return found, nil
		case round == len(latePauses) || !q.pause(ctx, latePauses[round]):
			return found, &Error{
				Method:  http.MethodGet,
				Path:    "/api/v2/resource-servers/" + url.PathEscape(q.identifier),
				Status:  http.StatusOK,
				Message: "two answers about the scopes of the API disagree; nothing was changed",
			}
		}
		if found, err = q.ask(ctx); err != nil {
			return found, err
		}
	}
}

func (q *scopeQueue) isLate(scopes []Scope) bool {
	return len(q.replaced) > 0 && !sameScopes(scopes, q.last) &&
		slices.ContainsFunc(q.replaced, func(old []Scope) bool { return sameScopes(scopes, old) })
}

// write makes the changes in one PATCH and returns the changes to confirm. A refused PATCH does not
// say which change is at fault; in that case each change is made on its own.
func (q *scopeQueue) write(found *ResourceServer, calls []*scopeCall) []*scopeCall {
	list, changes := applyCalls(*found, calls)
	switch {
	case len(changes) == 0:
		return nil
	case found.IsSystem:
		for _, call := range changes {
			call.settle(Scope{}, ErrSystemAPI)
		}
		return nil
	case sameScopes(list, found.Scopes):
		confirmWritten(changes, found.Scopes, nil)
		return nil
	}
	ctx, release := batch.Join(changes, 0)
	started := time.Now()
	answer, err := q.servers.Update(ctx, found.ID, ResourceServerProperties{Scopes: Set(list)})
	q.slowest = max(q.slowest, time.Since(started))
	release()
	refusal := answered(err)
	switch {
	case err == nil:
		q.replaced = append(q.replaced, found.Scopes)
		q.replaced = q.replaced[max(0, len(q.replaced)-maxReplaced):]
		q.last, found.Scopes = list, answer.Scopes
		return settleUnshown(changes, answer)
	case refusal != nil && refusal.Status == http.StatusBadRequest && len(changes) > 1:
		var written []*scopeCall
		for _, call := range changes {
			written = append(written, q.write(found, []*scopeCall{call})...)
		}
		return written
	case replyLost(err):
		for _, call := range changes {
			call.doubt = err
		}
		return changes
	default:
		for _, call := range changes {
			call.settle(Scope{}, err)
		}
		return nil
	}
}
