// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// thing is an object of the test tenant. Like a grant, it belongs to groups: things of one color
// and things of one shape.
type thing struct {
	id           int
	color, shape string
	value        int
}

func (t thing) key() string { return fmt.Sprint("id ", t.id) }

func (t thing) groups() []Group {
	return []Group{
		{Name: "color " + t.color, Value: t.color}, {Name: "shape " + t.shape, Value: t.shape},
	}
}

const (
	testPage = 10
	lifetime = 30 * time.Second
)

func always() time.Duration { return lifetime }

var errMissing = errors.New("missing")

// tenant counts the requests that it gets.
type tenant struct {
	mu       sync.Mutex
	things   []thing
	requests int
	log      []string
	fail     func(request string) error
	before   func(request string) // Called without the mutex before a request is answered.
}

func (t *tenant) handle(request string, answer func() ([]thing, error)) ([]thing, error) {
	if t.before != nil {
		t.before(request)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.requests++
	t.log = append(t.log, request)
	if t.fail != nil {
		if err := t.fail(request); err != nil {
			return nil, err
		}
	}
	return answer()
}

func (t *tenant) ask(id int) (thing, error) {
	found, err := t.handle(fmt.Sprint("ask ", id), func() ([]thing, error) {
		at := slices.IndexFunc(t.things, func(o thing) bool { return o.id == id })
		if at < 0 {
			return nil, errMissing
		}
		return t.things[at : at+1], nil
	})
	if err != nil {
		return thing{}, err
	}
	return found[0], nil
}

func (t *tenant) matching(match func(thing) bool) []thing {
	return slices.DeleteFunc(slices.Clone(t.things), func(o thing) bool { return !match(o) })
}

func (t *tenant) reader(now func() time.Time) *Reader[thing] {
	if now == nil {
		now = time.Now
	}
	return New(Source[thing]{
		Keys:      func(o thing) []string { return []string{o.key()} },
		GroupSize: 5,
		Lifetime:  always,
		Some: func(_ context.Context, group string, _ []string) ([]thing, error) {
			return t.handle(group, func() ([]thing, error) {
				found := t.matching(func(o thing) bool {
					return slices.ContainsFunc(o.groups(), func(g Group) bool {
						return g.Name == group
					})
				})
				return found[:min(len(found), testPage)], nil
			})
		},
		Page: func(_ context.Context, number int) (Page[thing], error) {
			var total int
			found, err := t.handle(fmt.Sprint("page ", number), func() ([]thing, error) {
				total = len(t.things)
				from := min(number*testPage, total)
				return slices.Clone(t.things[from:min(from+testPage, total)]), nil
			})
			return Page[thing]{Items: found, Size: testPage, Total: total}, err
		},
	}, now)
}

func (t *tenant) question(o thing) Question[thing] {
	return Question[thing]{
		Key: o.key(), Groups: o.groups(),
		Ask: func(context.Context) (thing, error) { return t.ask(o.id) },
	}
}

// colored asks for all things of a color.
func (t *tenant) colored(color string) List[thing] {
	match := func(o thing) bool { return o.color == color }
	return List[thing]{
		Match: match,
		Ask: func(context.Context) ([]thing, error) {
			return t.handle("all "+color, func() ([]thing, error) { return t.matching(match), nil })
		},
	}
}

// things returns things that have a color and a shape each.
func things(n int) []thing {
	var all []thing
	for i := range n {
		all = append(all, thing{id: i, color: fmt.Sprint("c", i), shape: fmt.Sprint("s", i)})
	}
	return all
}

// readAll asks for things at the same time.
func readAll(t *testing.T, r *Reader[thing], tenant *tenant, wanted []thing) {
	t.Helper()
	var wait sync.WaitGroup
	for _, want := range wanted {
		wait.Go(func() {
			got, err := r.Read(t.Context(), tenant.question(want))
			if err != nil || got != want {
				t.Errorf("Read(%d) = %+v, %v, want %+v", want.id, got, err, want)
			}
		})
	}
	wait.Wait()
}
