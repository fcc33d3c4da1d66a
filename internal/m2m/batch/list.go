// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// free is the number of requests for objects and groups that may be sent whatever the length of the
// list is. It counts only if the API has requests for groups. Otherwise, the first page costs as
// much as one question, and may answer more.
const free = 2

// together is how far apart the first page and the others may be read. What is deleted and created
// in between moves an object from one page to the other, so that the list misses it.
const together = 2 * time.Second

const (
	// maxObjects and maxWeight bound the list that is kept. A longer list is not read: its objects
	// are asked for by themselves.
	maxObjects = 50_000
	maxWeight  = 40 << 20
)

var errTooLong = errors.New("the list is too long to be kept")

// list is what a Reader knows of the list of all objects.
type list[T any] struct {
	first    Page[T]
	read     time.Time // When the first page was read.
	began    moment    // When that request began.
	unusable bool      // The list cannot be read, or is incomplete.
}

func (l *list[T]) pages() int {
	if l.read.IsZero() {
		return 0
	}
	return max(1, (l.first.Total+l.first.Size-1)/l.first.Size)
}

// listIsCheaper reports whether to read the list instead of sending further requests. There are two
// cases. First, the requests since the last list would become more than its pages. A list of
// unknown length has 0 pages, and the constant free applies. Second, the length is known, and more
// questions are likely: the further requests are at least half of the pages and the requests since
// the last list, or as many objects are asked for as the list has pages.
func (r *Reader[T]) listIsCheaper(further, objects int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	pages := r.list.pages()
	most := pages
	if r.source.Some != nil {
		most = max(free, most)
	}
	if further == 0 || r.list.unusable || r.known.complete(r.now()) {
		return false
	}
	likely := pages > 0 && (r.spent+pages <= 2*further || objects >= pages)
	return likely || r.spent+further > most
}

// firstPageHelps reports whether to read the first page beside other requests: many questions are
// likely, and nothing is known of the list.
func (r *Reader[T]) firstPageHelps() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.expectsMany() && r.source.Some != nil && !r.list.unusable &&
		r.list.read.IsZero() && !r.known.complete(r.now())
}

// listIsWanted reports whether a call wants all objects, which only the list can give.
func (r *Reader[T]) listIsWanted(calls []*call[T]) bool {
	return !r.list.unusable && slices.ContainsFunc(calls, func(c *call[T]) bool { return c.whole })
}

// readList reads the first page of the list, which shows its length. If that is known, it reads the
// whole list.
func (r *Reader[T]) readList(ctx context.Context) {
	l := &r.list
	if l.read.IsZero() || r.now().Sub(l.read) >= together {
		r.readFirstPage(ctx)
		if l.unusable || ctx.Err() != nil || len(l.first.Items) == l.first.Size {
			return
		}
	}
	items, err := r.readPages(ctx)
	if err != nil {
		l.unusable = ctx.Err() == nil
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	whole := r.known.replace(items, l.first.Total, l.began, r.now())
	*l = list[T]{unusable: !whole}
	r.spent = 0
	clear(r.asked)
}

// readFirstPage reads the first page of the list.
func (r *Reader[T]) readFirstPage(ctx context.Context) {
	began := r.began()
	first, err := r.source.Page(ctx, 0)
	if ctx.Err() != nil {
		return // Nobody waits for the page any more, which says nothing about the list.
	}
	if err != nil || first.Size < 1 || first.Total > maxObjects {
		r.list.unusable = true
		return
	}
	r.list = list[T]{first: first, read: r.now(), began: began}
	r.add(first.Items, began)
}

// readPages returns the objects of the whole list. It never treats a full page as the last one,
// because the total of some answers is the size of the page.
func (r *Reader[T]) readPages(ctx context.Context) ([]T, error) {
	items := r.list.first.Items
	if len(items) < r.list.first.Size {
		return items, nil
	}
	var (
		pages  = make([]Page[T], r.list.pages())
		weight atomic.Int64
		all    errgroup.Group
	)
	weight.Store(int64(r.list.first.Weight))
	all.SetLimit(parallel)
	for number := 1; number < len(pages); number++ {
		all.Go(func() (err error) {
			if weight.Load() > maxWeight {
				return errTooLong
			}
			pages[number], err = r.source.Page(ctx, number)
			weight.Add(int64(pages[number].Weight))
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return nil, err
	}
	last := r.list.first
	for _, page := range pages[1:] {
		items, last = append(items, page.Items...), page
	}
	for number := len(pages); len(last.Items) == r.list.first.Size; number++ {
		var err error
		if last, err = r.source.Page(ctx, number); err != nil {
			return nil, err
		}
		items = append(items, last.Items...)
		if len(items) > maxObjects || weight.Add(int64(last.Weight)) > maxWeight {
			return nil, errTooLong
		}
	}
	return items, nil
}
