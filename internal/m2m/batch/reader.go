// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package batch answers questions about single objects with few requests. It knows neither HTTP
// nor the objects.
package batch

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Source is where the objects of one kind come from.
type Source[T any] struct {
	// Keys returns the keys of an object, in the form of Question.Key. The first one is its id.
	Keys func(T) []string
	// Some sends one request for several objects of a group, and returns the objects found. They
	// may include others, and some may be missing.
	Some func(ctx context.Context, group string, values []string) ([]T, error)
	// GroupSize is the maximum number of objects in one request of Some.
	GroupSize int
	// Page reads a page of the list of all objects, counted from 0. It is nil if there is no list.
	Page func(ctx context.Context, number int) (Page[T], error)
	// Ready waits until requests can be sent, as after a login. Questions that arrive meanwhile are
	// asked together. Its error is the answer to all of them. It may be nil.
	Ready func(context.Context) error
	// Lifetime returns how long an answer serves other questions at present. After that time, the
	// object is asked for again.
	Lifetime func() time.Duration
	// Asked counts the objects that all Readers of a run have asked for. They share it, because a
	// run with many objects of one kind has many of the others too. It may be nil.
	Asked *atomic.Int64
	// Served is called with the number of objects that an earlier answer contained. It may be nil.
	Served func(objects int)
}

// Page is a page of a list.
type Page[T any] struct {
	Items []T
	Size  int // The number of objects in a full page.
	Total int // The number of objects in the list.
	// Weight is an estimate of the memory that the objects take, in bytes.
	Weight int
}

// Question asks for one object.
type Question[T any] struct {
	Key string
	// Variant distinguishes questions with the same key that Ask asks differently.
	Variant string
	// Groups are the requests that can answer this question together with others.
	Groups []Group
	// Fresh refuses answers from before the question.
	Fresh bool
	// Ask sends a request for this object alone. Its answer is final: nothing else shows that an
	// object is missing.
	Ask func(context.Context) (T, error)
}

// Group is a request that Source.Some can send, and the value that stands for the object in it.
type Group struct{ Name, Value string }

// List asks for all objects that match, or for all objects if Match is nil.
type List[T any] struct {
	Match func(T) bool
	// Ask sends the requests for this list alone.
	Ask func(context.Context) ([]T, error)
}

// Reader answers questions about the objects of one kind. It is safe for concurrent use.
//
// Questions without a known answer that arrive during a login or a request wait, and are then
// asked together: in one request per group, where the API has one. After a few questions, the first
// page of the list is read beside these requests, because it shows how long the list is. If single
// requests would begin to cost more than the list, or if the run has asked for as many objects as
// the list has pages, the Reader reads the list, and answers from it. So a run with few objects in
// a large tenant sends a few requests, and a run with many objects sends one per page:
//
//	requests <= 2 * min(objects asked for, pages of the list) + 3
//
// That holds for each lifetime of the list (Source.Lifetime). An object that is missing takes one
// call of Question.Ask more, because only that shows that it is missing. Neither that call nor
// fresh questions are limited by the length of the list. If the list cannot be read, each object is
// asked for by itself.
type Reader[T any] struct {
	source Source[T]
	now    func() time.Time

	mu      sync.Mutex
	pending []*call[T]
	running bool
	known   snapshot[T]

	// Only the running goroutine touches these.
	list   list[T]
	spent  int             // Requests for single objects and groups since the list was last read.
	asked  map[string]bool // The keys of the objects in these requests.
	alone  int             // Waits since the last round with several calls.
	credit int             // How many requests for groups may be sent at the same time.
}

// New makes a Reader. now is its clock.
func New[T any](source Source[T], now func() time.Time) *Reader[T] {
	if source.Asked == nil {
		source.Asked = &atomic.Int64{}
	}
	return &Reader[T]{
		source: source, now: now, credit: firstCredit, asked: map[string]bool{},
		known: snapshot[T]{keys: source.Keys, lifetime: source.Lifetime},
		list:  list[T]{unusable: source.Page == nil},
	}
}

// call is a question or a list and its answer.
type call[T any] struct {
	ctx     context.Context
	key     string // Empty for a list.
	variant string
	groups  []Group
	fresh   bool
	match   func(T) bool // Nil for a question.
	whole   bool         // All objects are wanted.
	ask     func(context.Context) ([]T, error)

	done  chan struct{} // Closed when the fields below are set.
	items []T
	err   error
}

// Context is the context of the caller.
func (c *call[T]) Context() context.Context { return c.ctx }

func (c *call[T]) settle(items []T, err error) {
	c.items, c.err = items, err
	close(c.done)
}

// Read returns one object.
func (r *Reader[T]) Read(ctx context.Context, q Question[T]) (T, error) {
	items, err := r.join(&call[T]{
		ctx: ctx, key: q.Key, variant: q.Variant, groups: q.Groups, fresh: q.Fresh,
		done: make(chan struct{}),
		ask: func(ctx context.Context) ([]T, error) {
			item, err := q.Ask(ctx)
			return []T{item}, err
		},
	})
	if err != nil {
		var none T
		return none, err
	}
	return items[0], nil
}

// List returns all objects that match, in the order of the list.
func (r *Reader[T]) List(ctx context.Context, list List[T]) ([]T, error) {
	c := &call[T]{ctx: ctx, match: list.Match, ask: list.Ask, done: make(chan struct{})}
	if c.match == nil {
		c.match, c.whole = func(T) bool { return true }, true
	}
	return r.join(c)
}

// join adds a call to the next round and waits for its answer. The round continues for the others
// if a caller gives up. A caller with a deadline asks for itself if the round takes a third of its
// time, because others may have made the round read a long list.
func (r *Reader[T]) join(c *call[T]) ([]T, error) {
	r.mu.Lock()
	if items, ok := r.known.answer(c, r.now()); ok {
		r.mu.Unlock()
		r.served(len(items))
		return items, nil
	}
	r.pending = append(r.pending, c)
	if !r.running {
		r.running = true
		go r.run()
	}
	r.mu.Unlock()

	var impatient <-chan time.Time
	if deadline, limited := c.ctx.Deadline(); limited {
		impatient = time.After(time.Until(deadline) / 3)
	}
	select {
	case <-c.done:
		return c.items, c.err
	case <-impatient:
		return c.ask(c.ctx)
	case <-c.ctx.Done():
		return nil, c.ctx.Err()
	}
}

// run makes rounds while there are questions.
func (r *Reader[T]) run() {
	for {
		err := r.ready()
		r.gather()
		r.mu.Lock()
		calls := r.pending
		r.pending, r.running = nil, len(calls) > 0
		r.mu.Unlock()
		if len(calls) == 0 {
			return
		}
		calls = slices.DeleteFunc(calls, func(c *call[T]) bool { return c.ctx.Err() != nil })
		if len(calls) > 1 {
			r.alone = 0
		}
		switch {
		case len(calls) == 0:
		case err != nil:
			for _, c := range r.answerKnown(calls) {
				c.settle(nil, err)
			}
		default:
			r.round(calls)
		}
	}
}

// ready waits until requests can be sent, for the calls of the next round.
func (r *Reader[T]) ready() error {
	r.mu.Lock()
	calls := slices.Clone(r.pending)
	r.mu.Unlock()
	if r.source.Ready == nil || len(calls) == 0 {
		return nil
	}
	ctx, release := Join(calls, 0)
	defer release()
	err := r.source.Ready(ctx)
	if ctx.Err() != nil {
		return nil // These callers have given up, which says nothing about the others.
	}
	return err
}

// expectsMany reports whether many questions are likely.
func (r *Reader[T]) expectsMany() bool { return r.source.Asked.Load() >= many }

// gather waits a moment for more questions if many are likely. If the list is short, it waits a
// little longer, for as many questions as make the list cheaper.
func (r *Reader[T]) gather() {
	if !r.expectsMany() || r.alone >= vainWaits {
		return
	}
	wanted, wait := many, briefly
	if pages := r.list.pages(); !r.list.unusable && 1 < pages && pages <= shortList {
		wanted, wait = min(max(many, (r.spent+pages+1)/2), mostAtOnce), longer
	}
	for waited := time.Duration(0); waited < wait; waited += time.Millisecond {
		r.mu.Lock()
		enough := len(r.pending) == 0 || len(r.pending) >= wanted || r.known.complete(r.now())
		r.mu.Unlock()
		if enough {
			return
		}
		time.Sleep(time.Millisecond)
	}
	r.alone++
}

// Wrote records an object as the answer to a write shows it.
func (r *Reader[T]) Wrote(item T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.wrote(item, r.now())
}

// Deleted records that no object has this id any more.
func (r *Reader[T]) Deleted(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.deleted(id)
}

// Doubt records that a write may have changed or deleted the objects that match, or created one.
func (r *Reader[T]) Doubt(match func(T) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.doubt(match)
}
