// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	// pageSize is the largest page that the API returns (API contract 1.8).
	pageSize = 100
	// maxPages bounds a list. It is far above what a tenant may contain (API contract 13).
	maxPages = 10_000
	// maxEmptyPages bounds consecutive pages that are empty and yet announce another page.
	maxEmptyPages = 10
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
}

func (p *page[T]) UnmarshalJSON(raw []byte) error {
	var answer map[string]json.RawMessage
	if err := json.Unmarshal(raw, &answer); err != nil {
		return err
	}
	var kind T
	for name, out := range map[string]any{
		kind.listName(): &p.items, "total": &p.total, "limit": &p.limit, "next": &p.next,
	} {
		if value, ok := answer[name]; ok {
			if err := json.Unmarshal(value, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete returns false for an answer without a list, which is not an empty list.
func (p *page[T]) complete() bool {
	return p.items != nil &&
		!slices.ContainsFunc(p.items, func(item T) bool { return item.itemID() == "" })
}

// nextQuery changes the query of a page into the query of the next page, and returns false at the
// end of the list. seen counts the items so far.
type nextQuery[T listItem] func(query url.Values, got page[T], seen int) bool

// byOffset counts page numbers. It never treats a full page as the last one, because some answers
// give the size of the page as the total (API contract 1.8).
func byOffset[T listItem](query url.Values, got page[T], seen int) bool {
	full := pageSize
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
		"per_page":       {strconv.Itoa(pageSize)},
		"include_totals": {"true"},
	}
}

func checkpointQuery() url.Values { return url.Values{"take": {strconv.Itoa(pageSize)}} }

// pages reads a list to its end, and ends after an error. It returns no object twice: an object
// that is created while the list is read moves others to a later page.
func pages[T listItem](
	ctx context.Context, c *conn, r request, next nextQuery[T],
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var (
			none        T
			seen, empty int
			asked       = map[string]bool{}
			given       = map[string]bool{}
		)
		r := r
		r.method, r.repeatable, r.query = http.MethodGet, true, maps.Clone(r.query)
		for !asked[r.query.Encode()] && len(asked) < maxPages && empty <= maxEmptyPages {
			asked[r.query.Encode()] = true
			got, err := manage[page[T]](ctx, c, r)
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range got.items {
				if given[item.itemID()] {
					continue
				}
				given[item.itemID()] = true
				if !yield(item, nil) {
					return
				}
			}
			if empty++; len(got.items) > 0 {
				empty = 0
			}
			if seen += len(got.items); !next(r.query, got, seen) {
				return
			}
		}
		yield(none, fmt.Errorf("%s: %w", r.op, &Error{
			Method: r.method, Path: "/api/v2/" + strings.Join(r.path, "/"), Status: http.StatusOK,
			Message: fmt.Sprintf("the list does not end (%d pages were read)", len(asked)),
		}))
	}
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
