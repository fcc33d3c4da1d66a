// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// A list that does not end, or claims to be enormous, is given up, and the question is asked by
// itself.
func TestList_tooLongIsNotKept(t *testing.T) {
	t.Parallel()
	full := func(number int) []thing {
		items := things(testPage)
		for i := range items {
			items[i].id += number * testPage
		}
		return items
	}
	for name, tc := range map[string]struct {
		page func(number int) Page[thing]
		most int64 // Requests for pages.
	}{
		"enormous total": {
			func(int) Page[thing] { return Page[thing]{Size: testPage, Total: 99_999_999} }, 1,
		},
		"enormous total of a full page": {
			func(number int) Page[thing] {
				return Page[thing]{Items: full(number), Size: testPage, Total: maxObjects + 1}
			}, 1,
		},
		"no end": {
			func(number int) Page[thing] {
				return Page[thing]{Items: full(number), Size: testPage, Total: testPage}
			}, maxObjects/testPage + 1,
		},
		"heavy pages": {
			func(number int) Page[thing] {
				return Page[thing]{
					Items: full(number), Size: testPage, Total: maxObjects, Weight: 1 << 20,
				}
			}, 40 + parallel,
		},
		"heavy pages without end": {
			func(number int) Page[thing] {
				return Page[thing]{Items: full(number), Size: testPage, Total: 1, Weight: 1 << 20}
			}, 42,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var pages atomic.Int64
			r := New(Source[thing]{
				Keys:     func(o thing) []string { return []string{o.key()} },
				Lifetime: always,
				Page: func(_ context.Context, number int) (Page[thing], error) {
					pages.Add(1)
					return tc.page(number), nil
				},
			}, time.Now)
			got, err := r.List(t.Context(), List[thing]{
				Ask: func(context.Context) ([]thing, error) { return things(3), nil },
			})
			if err != nil || len(got) != 3 || pages.Load() > tc.most {
				t.Errorf("%d things, %v after %d pages, want at most %d", len(got), err,
					pages.Load(), tc.most)
			}
		})
	}
}
