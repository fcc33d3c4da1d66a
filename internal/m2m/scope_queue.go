// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/batch"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// scopeQueue makes the changes to the scopes of one API, in rounds: two reads that must agree, and
// a PATCH. The last change is held until a look, lookAfter later, shows that no other writer has
// undone any change of this process. All others are settled by the answer to their PATCH, except
// for removals: if the process were killed before a repair, nobody would know a scope that came
// back.
//
// A PATCH replaces all scopes, without a condition. It undoes what another process has written
// since the reads. That process notices with its look, if the PATCH arrived before the look: if it
// took less than lookAfter since the reads. Otherwise, this process reports it.
type scopeQueue struct {
	identifier string
	servers    *ResourceServers
	gather     func(pending func() int)
	pause      func(context.Context, time.Duration) bool

	mu      sync.Mutex
	pending []*scopeCall
	running bool
	doubts  []error

	// Only the running goroutine touches these.
	ours    map[string]Scope // The changes made here, by scope; the zero Scope if it was removed.
	seen    map[string]bool  // The scopes that the last answers showed.
	held    []*scopeCall     // Changes that are made, but wait for the look.
	repairs int              // Looks in a row that found a change undone.
	asOf    time.Time        // When the reads that agree were made.
	refused rest.Tries       // What was spent on a PATCH that must be sent again.
	since   time.Time        // When it was sent first.
}

const (
	// maxRepairs is how often changes that another writer undoes are made again.
	maxRepairs = 5
	// firstRepair is the mean pause before the first repair. It doubles with each one. It is
	// random, because the other writer may do the same.
	firstRepair = 500 * time.Millisecond
	// lookups is how often a PATCH is looked up and sent again if its answer makes no sense.
	lookups = 3
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

// run continues while there is something to do.
func (q *scopeQueue) run() {
	var again []*scopeCall // Changes whose PATCH must be sent again.
	for len(q.held)+len(again) > 0 || !q.stop() {
		if len(q.held)+len(again) == 0 {
			q.gather(q.waiting)
		} else {
			gatherBriefly(q.waiting)
		}
		calls := slices.Concat(again, q.take(nil))
		look := len(q.held) > 0 && !slices.ContainsFunc(calls, (*scopeCall).changes)
		if look {
			q.rest(calls, lookAfter)
			calls = append(calls, q.take(nil)...)
		}
		if len(calls) == 0 && !look {
			continue // All callers have given up.
		}
		again = nil
		found, err := q.read(calls)
		if err != nil {
			fail(calls, err)
			q.unconfirmed(err)
			continue
		}
		// Changes that arrived during the read join this round. Reads that arrived wait for the
		// next round, because their callers want the scopes as they are now.
		calls = q.settleReads(found, append(calls, q.take((*scopeCall).changes)...))
		if look {
			q.judge(found.Scopes)
		}
		if len(calls) > 0 || len(q.held) > 0 && len(q.undone(found.Scopes)) > 0 {
			again = q.change(found, calls)
		}
	}
}

// context returns a context for requests that calls and the change that is held share.
func (q *scopeQueue) context(calls []*scopeCall) (ctx context.Context, release func()) {
	// What was written must be confirmed even if the callers give up.
	grace := time.Duration(0)
	if len(q.held) > 0 {
		grace, calls = lookupTimeout, slices.Concat(q.held, calls)
	}
	if slices.ContainsFunc(calls, func(call *scopeCall) bool { return call.doubt != nil }) {
		grace = lookupTimeout
	}
	return batch.Join(calls, grace)
}

// rest pauses.
func (q *scopeQueue) rest(calls []*scopeCall, wait time.Duration) {
	ctx, release := q.context(calls)
	defer release()
	q.pause(ctx, wait)
}

// read reads the API. If there are only reads, it waits while the answer lacks changes made here,
// and if a scope is added, while an API that may just have been created is missing.
func (q *scopeQueue) read(calls []*scopeCall) (ResourceServer, error) {
	ctx, release := q.context(calls)
	defer release()
	adding := slices.ContainsFunc(calls, func(c *scopeCall) bool { return c.kind == addScope })
	reading := len(q.held) == 0 && !slices.ContainsFunc(calls, (*scopeCall).changes)
	found, err := q.ask(ctx)
	for _, wait := range latePauses {
		late := err == nil && reading && len(q.undone(found.Scopes)) > 0 ||
			adding && rest.IsNotFound(err)
		if !late || !q.pause(ctx, wait) {
			break
		}
		found, err = q.ask(ctx)
	}
	return found, err
}

// ask reads the API. It is missing only if the list of APIs agrees.
func (q *scopeQueue) ask(ctx context.Context) (ResourceServer, error) {
	found, err := q.servers.byIdentifier(ctx, q.identifier)
	if rest.IsNotFound(err) {
		listed, listErr := q.servers.Find(ctx, q.identifier)
		if !rest.IsNotFound(listErr) {
			found, err = listed, listErr
		}
	}
	return found, err
}

// settleReads settles the reads among the calls and returns the changes. The caller of a read
// learns what became of a scope, so a change of it that somebody has undone is not made again.
func (q *scopeQueue) settleReads(found ResourceServer, calls []*scopeCall) []*scopeCall {
	undone := q.undone(found.Scopes)
	return slices.DeleteFunc(calls, func(call *scopeCall) bool {
		if call.changes() {
			return false
		}
		shown := scopeIn(found.Scopes, call.in.Value)
		if slices.Contains(undone, call.in.Value) {
			delete(q.ours, call.in.Value)
		}
		if shown.Value == "" {
			call.settle(shown, missingScope())
		} else {
			call.settle(shown, nil)
		}
		return true
	})
}

func (q *scopeQueue) doubt(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.doubts = append(q.doubts, err)
}

// change makes changes, and the changes of this process that another writer has undone. It returns
// the changes to make again.
func (q *scopeQueue) change(found ResourceServer, calls []*scopeCall) (again []*scopeCall) {
	if found.IsSystem {
		_, changes := applyCalls(found.Scopes, true, calls)
		for _, call := range changes {
			call.settle(Scope{}, ErrSystemAPI)
		}
		return nil
	}
	found, err := q.agreed(calls, found)
	if err != nil {
		fail(calls, err)
		return nil
	}
	sort.SliceStable(calls, func(i, j int) bool { return calls[i].kind < calls[j].kind })
	return q.write(&found, calls)
}

// agreed returns the API once the list of APIs shows the same scopes as its own page, both show all
// scopes and changes that this process knows of, and the list is fresh. A write replaces all
// scopes, so a write that begins with an old list would drop what somebody else has added since.
func (q *scopeQueue) agreed(calls []*scopeCall, found ResourceServer) (ResourceServer, error) {
	ctx, release := q.context(calls)
	defer release()
	for round := 0; ; round++ {
		q.asOf = time.Now()
		listed, err := q.servers.Find(ctx, q.identifier)
		if err != nil && !rest.IsNotFound(err) {
			return found, err
		}
		agree := err == nil && listed.ID == found.ID && sameScopes(listed.Scopes, found.Scopes)
		if agree && q.isComplete(found.Scopes) && time.Since(q.asOf) < lookAfter/2 {
			return found, nil
		}
		if round == len(latePauses) || !q.pause(ctx, latePauses[round]) {
			if agree { // What is missing was removed by somebody else.
				q.see(found.Scopes)
				return found, nil
			}
			return found, &rest.Error{
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

// write makes the changes in one PATCH. It returns the changes to make again with a fresh list. A
// refused PATCH does not say which change is at fault; in that case each change is made on its own.
func (q *scopeQueue) write(found *ResourceServer, calls []*scopeCall) (again []*scopeCall) {
	list, changes := applyCalls(q.repaired(found.Scopes), false, calls)
	if sameScopes(list, found.Scopes) {
		for _, call := range changes {
			if call.doubt == nil {
				call.settle(scopeIn(list, call.in.Value), nil)
			} else {
				q.made(call, list)
			}
		}
		return nil
	}
	ctx, release := q.context(changes)
	sent := time.Now()
	answer, err := q.servers.replaceScopes(ctx, found.ID, list)
	release()
	lost := rest.ReplyLost(err)
	if spent := time.Since(q.asOf); spent > lookAfter && (err == nil || lost) {
		q.doubt(&SlowScopesError{After: spent})
	}
	refusal := rest.Answered(err)
	switch {
	case err == nil:
		found.Scopes, q.refused = answer.Scopes, rest.Tries{}
		q.see(answer.Scopes)
		for _, call := range settleUnshown(changes, answer) {
			q.made(call, answer.Scopes)
		}
		return nil
	case refusal != nil && refusal.Status == http.StatusBadRequest && len(changes) > 1:
		for _, call := range changes {
			again = append(again, q.write(found, []*scopeCall{call})...)
		}
		return again
	}
	if lost {
		for _, call := range changes {
			call.doubt = err
		}
	}
	if q.mayRepeat(changes, sent, err, lost) {
		return changes
	}
	q.refused = rest.Tries{}
	fail(changes, err)
	return nil
}

// mayRepeat reports whether to make changes again whose PATCH failed, and waits before that. A
// PATCH is not repeated like other requests, because its list would be old. If the reply was lost,
// the next round looks whether the PATCH took effect.
func (q *scopeQueue) mayRepeat(changes []*scopeCall, sent time.Time, err error, lost bool) bool {
	tries := rest.TriesIn(err)
	if tries == nil {
		return false
	}
	if q.refused.Attempts == 0 {
		q.since = sent
	}
	wait := max(tries.RepeatAfter, rest.Backoff(q.refused.Attempts))
	q.refused.Attempts += tries.Attempts
	q.refused.Limited += tries.Limited
	q.refused.Elapsed = time.Since(q.since)
	switch {
	case tries.RepeatAfter == 0 && (!lost || q.refused.Attempts > lookups),
		q.refused.Elapsed+wait > q.servers.conn.RetryTimeout():
		*tries = q.refused
		return false
	}
	q.refused.Paused += wait
	q.rest(changes, wait)
	return true
}
