// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"context"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// firstCredit is how many requests for groups may find nothing before the Reader sends no more.
	firstCredit = 2
	// many is the number of questions after which more are likely.
	many = 5
	// briefly and longer are how long to wait for more questions. In a large plan, they come every
	// few milliseconds.
	briefly, longer = 5 * time.Millisecond, 20 * time.Millisecond
	// shortList is the maximum number of pages of a list that is worth the longer wait.
	shortList = 20
	// vainWaits is the number of waits without a further question after which a Reader waits no
	// more, until several questions come at once.
	vainWaits = 3
	// mostAtOnce is how many questions to wait for at most: Terraform asks ten at a time.
	mostAtOnce = 8
	// parallel is the number of requests that are under way at the same time.
	parallel = 8
)

// round answers calls.
func (r *Reader[T]) round(calls []*call[T]) {
	ctx, release := Join(calls, 0)
	defer release()
	counted := false
	for ctx.Err() == nil { // Otherwise, all callers have given up.
		if calls = r.answerKnown(calls); len(calls) == 0 {
			return
		}
		jobs := arrange(calls, r.credit, r.source.GroupSize)
		cost, objects := 0, map[string]bool{}
		for _, j := range jobs {
			if j.limited() {
				cost++
				j.collect(objects)
			}
		}
		added := r.notYetAsked(objects)
		if !counted {
			r.source.Asked.Add(int64(added))
			counted = true
		}
		if r.listIsWanted(calls) || r.listIsCheaper(cost, len(r.asked)+added) {
			r.readList(ctx)
			continue
		}
		r.spent += cost
		maps.Copy(r.asked, objects)
		calls = r.send(ctx, jobs, cost > 0 && r.firstPageHelps())
	}
}

// notYetAsked counts the objects that no request since the last list was for.
func (r *Reader[T]) notYetAsked(objects map[string]bool) (count int) {
	for key := range objects {
		if !r.asked[key] {
			count++
		}
	}
	return count
}

// answerKnown answers the calls that earlier answers can answer, and returns the others.
func (r *Reader[T]) answerKnown(calls []*call[T]) []*call[T] {
	r.mu.Lock()
	defer r.mu.Unlock()
	served := 0
	calls = slices.DeleteFunc(calls, func(c *call[T]) bool {
		items, ok := r.known.answer(c, r.now())
		if ok {
			served += len(items)
			c.settle(items, nil)
		}
		return ok
	})
	r.served(served)
	return calls
}

func (r *Reader[T]) served(objects int) {
	if r.source.Served != nil {
		r.source.Served(objects)
	}
}

// send sends the requests of jobs, and returns the calls of groups that these have not answered.
// Such a call is then asked alone, because the answer for a group may be incomplete. If ahead is
// set, it also reads the first page of the list, and the callers wait for that too.
func (r *Reader[T]) send(ctx context.Context, jobs []job[T], ahead bool) (left []*call[T]) {
	var (
		all     errgroup.Group
		answers = make([]map[string]T, len(jobs))
	)
	all.SetLimit(parallel)
	page := make(chan struct{}) // Closed when the first page is read, or not wanted.
	if ahead {
		all.Go(func() error {
			defer close(page)
			r.readFirstPage(ctx)
			return nil
		})
	} else {
		close(page)
	}
	for i, j := range jobs {
		all.Go(func() error {
			if j.group == "" {
				r.askAlone(ctx, j.calls, page)
			} else {
				answers[i] = r.askGroup(ctx, j)
			}
			return nil
		})
	}
	_ = all.Wait() // The jobs return no errors.
	if l := r.list; ahead && !l.read.IsZero() && len(l.first.Items) < l.first.Size {
		r.readList(ctx) // The page is the whole list, so this sends nothing.
	}

	for i, j := range jobs {
		if j.group == "" {
			continue
		}
		answered := map[string]bool{}
		for _, c := range j.calls {
			if item, ok := answers[i][c.key]; ok {
				answered[c.key] = true
				c.settle([]T{item}, nil)
				continue
			}
			c.groups = nil
			left = append(left, c)
		}
		// A group pays if it answers more than one question.
		r.credit += min(len(answered)-1, 1)
	}
	return left
}

// askAlone sends a request for calls that want the same. It gives them the answer after the page.
func (r *Reader[T]) askAlone(ctx context.Context, calls []*call[T], page <-chan struct{}) {
	began := r.began()
	items, err := calls[0].ask(ctx)
	if err == nil {
		r.add(items, began)
	}
	<-page
	for _, c := range calls {
		c.settle(items, err)
	}
}

// askGroup sends a request for a group, and returns the objects in the answer by key.
func (r *Reader[T]) askGroup(ctx context.Context, j job[T]) map[string]T {
	began := r.began()
	items, err := r.source.Some(ctx, j.group, j.values())
	if err != nil {
		return nil
	}
	r.add(items, began)
	answers := map[string]T{}
	for _, item := range items {
		for _, key := range r.source.Keys(item) {
			answers[key] = item
		}
	}
	return answers
}

func (r *Reader[T]) began() moment {
	r.mu.Lock()
	defer r.mu.Unlock()
	return moment{at: r.now(), writes: r.known.writes}
}

func (r *Reader[T]) add(items []T, began moment) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.add(items, began, r.now())
}
