// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/bounded"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const (
	// maxPages and maxListed bound a list. They are above what a tenant may contain (API contract
	// 13).
	maxPages  = 10_000
	maxListed = 120_000
	// maxEmptyPages bounds consecutive pages that are empty and yet announce another page.
	maxEmptyPages = 10
	// listingRounds is how often a list is read that contradicts its own total. Something may have
	// changed it meanwhile.
	listingRounds = 3
)

// listItem is an object in a list.
type listItem interface {
	listName() string // The API's name for the items of a page.
	itemID() string   // Empty only if the answer is not such an object.
}

// page is one answer of a list that is read in pages, in either style (API contract 1.8). The
// fields of the other style are zero.
type page[T listItem] struct {
	items        []T
	total, limit int
	next         string
	weight       int // An estimate of the memory that it takes.
}

func (p *page[T]) Decode(d *bounded.Decoder) error {
	var kind T
	err := d.Object(func(name string) (err error) {
		switch name {
		case kind.listName():
			p.items, err = bounded.List[T](d)
		case "total":
			err = d.Value(&p.total)
		case "limit":
			err = d.Value(&p.limit)
		case "next":
			err = d.Value(&p.next)
		default:
			err = d.Skip()
		}
		return err
	})
	p.weight = d.Weight()
	return err
}

// array is an answer that is a list without anything else.
type array[T any] []T

func (a *array[T]) Decode(d *bounded.Decoder) (err error) {
	*a, err = bounded.List[T](d)
	return err
}

// Complete returns false for an answer without a list, which is not an empty list.
func (p *page[T]) Complete() bool {
	return p.items != nil &&
		!slices.ContainsFunc(p.items, func(item T) bool { return item.itemID() == "" })
}

// nextQuery changes the query of a page into the query of the next page, and returns false at the
// end of the list. seen counts the items so far.
type nextQuery[T listItem] func(query url.Values, got page[T], seen int) bool

// byOffset counts page numbers. It never treats a full page as the last one, because some answers
// give the size of the page as the total (API contract 1.8).
func byOffset[T listItem](query url.Values, got page[T], seen int) bool {
	full := rest.PageSize
	if got.limit > 0 {
		full = min(full, got.limit)
	}
	if len(got.items) == 0 || len(got.items) < full && seen >= got.total {
		return false
	}
	number, _ := strconv.Atoi(query.Get("page"))
	query.Set("page", strconv.Itoa(number+1))
	return true
}

// byCheckpoint follows the checkpoint that each page except the last one contains, even if the page
// has few items.
func byCheckpoint[T listItem](query url.Values, got page[T], _ int) bool {
	query.Set("from", got.next)
	return got.next != ""
}

// offsetQuery and checkpointQuery request the first page.
func offsetQuery() url.Values {
	return url.Values{
		"page":           {"0"},
		"per_page":       {strconv.Itoa(rest.PageSize)},
		"include_totals": {"true"},
	}
}

func checkpointQuery() url.Values { return url.Values{"take": {strconv.Itoa(rest.PageSize)}} }

// pages reads a list to its end, and ends after an error. It returns no object twice: an object
// that is created while the list is read moves others to a later page. It reads a list again that
// contradicts its own total.
func pages[T listItem](
	ctx context.Context, c *rest.Conn, r rest.Request, next nextQuery[T],
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		r := r
		r.Method, r.Repeatable = http.MethodGet, true
		l := &listing[T]{conn: c, request: r, next: next, given: map[string]bool{}}
		for round := 0; ; round++ {
			wanted, err := l.read(ctx, yield)
			if err == nil && wanted && l.missing() > 0 {
				if round+1 < listingRounds && c.Pause(ctx, rest.Backoff(round)) {
					continue
				}
				err = l.failure(fmt.Sprintf(
					"the list has %d objects, but its total is %d", len(l.given), l.last,
				))
			}
			if err != nil {
				yield(none, err)
			}
			return
		}
	}
}

// listing is a list that is being read.
type listing[T listItem] struct {
	conn        *rest.Conn
	request     rest.Request // Of the first page.
	next        nextQuery[T]
	given       map[string]bool // The objects that were returned, by id.
	weight      int             // An estimate of the memory that they take.
	first, last int             // The totals of the first and the last page.
}

// read reads the list once and returns the objects that are new. It returns false if no more are
// wanted.
func (l *listing[T]) read(ctx context.Context, yield func(T, error) bool) (bool, error) {
	var (
		seen, empty int
		asked       = map[string]bool{}
	)
	r := l.request
	r.Query = maps.Clone(r.Query)
	for !asked[r.Query.Encode()] && len(asked) < maxPages && empty <= maxEmptyPages {
		asked[r.Query.Encode()] = true
		r.MaxMemory = max(rest.MaxMemory-l.weight, 1)
		got, err := rest.Manage[page[T]](ctx, l.conn, r)
		if err != nil {
			return true, l.explain(err)
		}
		if l.last = got.total; len(asked) == 1 {
			l.first = got.total
		}
		before := len(l.given)
		for _, item := range got.items {
			if l.given[item.itemID()] {
				continue
			}
			l.given[item.itemID()] = true
			if !yield(item, nil) {
				return false, nil
			}
		}
		l.weight += got.weight * (len(l.given) - before) / max(len(got.items), 1)
		if empty++; len(got.items) > 0 {
			empty = 0
		}
		if seen += len(got.items); !l.next(r.Query, got, seen) {
			return true, nil
		}
		if len(l.given) > maxListed {
			break
		}
	}
	return true, l.failure(fmt.Sprintf("the list does not end (%d pages were read)", len(asked)))
}

// missing returns how many objects the list lacks according to its total. It does not count what
// may have been created while the list was read, because that may be on a page that was read
// before. What was deleted meanwhile is not in the last total. The total of a list by identifiers
// may count all APIs.
func (l *listing[T]) missing() int {
	if l.request.Query.Has("identifiers") {
		return 0
	}
	created := min(max(l.last-l.first, 0), rest.PageSize)
	return max(l.last-created-len(l.given), 0)
}

// explain names the bound of the whole list if a page exceeds what is left of it.
func (l *listing[T]) explain(err error) error {
	limit, ok := errors.AsType[*bounded.LimitError](err)
	if !ok || limit.Memory == 0 {
		return err
	}
	answer := *rest.Answered(err)
	answer.Message = fmt.Sprintf(
		"the list takes more than %d MiB of memory (%d objects were read)", rest.MaxMemory>>20,
		len(l.given),
	)
	return fmt.Errorf("%s: %w", l.request.Op, &answer)
}

func (l *listing[T]) failure(why string) error {
	return fmt.Errorf("%s: %w", l.request.Op, &rest.Error{
		Method: l.request.Method, Path: "/api/v2/" + strings.Join(l.request.Path, "/"),
		Status: http.StatusOK, Message: why,
	})
}

// collect returns all items or none: part of a list would be mistaken for the whole.
func collect[T any](items iter.Seq2[T, error]) ([]T, error) {
	all := []T{}
	for item, err := range items {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}
