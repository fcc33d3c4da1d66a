// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The number of requests is bounded for every tenant and every order of questions.
func TestReader_costIsBounded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := things(rapid.IntRange(0, 300).Draw(rt, "things"))
		colors := rapid.IntRange(1, 300).Draw(rt, "colors")
		shapes := rapid.IntRange(1, 300).Draw(rt, "shapes")
		for i := range all {
			all[i].color = fmt.Sprint("c", rapid.IntRange(1, colors).Draw(rt, "color"))
			all[i].shape = fmt.Sprint("s", rapid.IntRange(1, shapes).Draw(rt, "shape"))
		}
		tenant := &tenant{things: all}
		r := tenant.reader(nil)
		r.source.Asked.Store(rapid.Int64Range(0, many).Draw(rt, "asked before"))

		asked := map[int]bool{}
		for len(all) > 0 && rapid.IntRange(0, 30).Draw(rt, "end") > 0 {
			var wave []thing
			for range rapid.IntRange(1, 12).Draw(rt, "wave") {
				wave = append(wave, rapid.SampledFrom(all).Draw(rt, "thing"))
				asked[wave[len(wave)-1].id] = true
			}
			readAll(t, r, tenant, wave)
		}

		pages := (len(all) + testPage - 1) / testPage
		if bound := 2*min(len(asked), pages) + 3; tenant.requests > bound {
			rt.Fatalf("%d requests for %d things of %d pages, want at most %d:\n%s",
				tenant.requests, len(asked), pages, bound, strings.Join(tenant.log, "\n"))
		}
	})
}

func TestReader_asksFor(t *testing.T) {
	red := func(n int) []thing {
		all := things(n)
		for i := range all {
			all[i].color = "red"
		}
		return all
	}
	tests := map[string]struct {
		tenant []thing
		wanted []thing
		want   []string
	}{
		"one thing":        {things(500), things(1), []string{"ask 0"}},
		"two things":       {things(500), things(2), []string{"ask 0", "ask 1"}},
		"a group":          {red(10), red(4), []string{"color red"}},
		"a large group":    {red(500), red(5), []string{"color red", "page 0"}},
		"a whole list":     {red(8), red(5), []string{"color red", "page 0"}},
		"a small tenant":   {things(9), things(9), []string{"page 0"}},
		"half a list":      {things(20), things(9), []string{"page 0"}},
		"several pages":    {things(25), things(20)[12:], []string{"page 0", "page 1", "page 2"}},
		"full pages only":  {things(20), things(20)[12:], []string{"page 0", "page 1", "page 2"}},
		"few of very many": {things(500), things(500)[490:494], []string{"page 0", "ask 490", "ask 491", "ask 492", "ask 493"}},
		"half of the pages at once": {things(145), things(145)[100:108], []string{
			"page 0", "page 1", "page 2", "page 3", "page 4", "page 5", "page 6", "page 7",
			"page 8", "page 9", "page 10", "page 11", "page 12", "page 13", "page 14",
		}},
		"fewer than half": {things(145), things(145)[100:103], []string{
			"page 0", "ask 100", "ask 101", "ask 102",
		}},
		"the same, at once": {things(500), append(things(1), things(1)...), []string{"ask 0"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tenant := &tenant{things: test.tenant}
				r := tenant.reader(nil)
				readTogether(t, r, tenant, test.wanted)
				if diff := cmp.Diff(counted(test.want), counted(tenant.log)); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// Requests for groups are cheap, but who has asked for as many things as the list has pages will
// ask for more.
func TestReader_readsTheListAfterManyThings(t *testing.T) {
	all := things(95)
	for i := range all {
		all[i].color = fmt.Sprint(i / 5)
	}
	tenant := &tenant{things: all}
	r := tenant.reader(nil)
	var asked []string
	for _, wave := range [][]thing{all[50:55], all[55:60], all[60:65], all[65:70], all[70:75]} {
		before := len(tenant.log)
		synctest.Test(t, func(t *testing.T) { readTogether(t, r, tenant, wave) })
		asked = append(asked, fmt.Sprint(len(tenant.log)-before))
	}
	want := []string{"2", "9", "0", "0", "0"} // The first is a group, and the first page.
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("%s\n%v", diff, tenant.log)
	}
}

// Who reads many APIs is likely to read many grants too, so the first question for one already
// shows how long their list is.
func TestReader_expectsManyQuestionsAfterOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := &tenant{things: things(100)}, &tenant{things: things(100)}
		r, other := first.reader(nil), second.reader(nil)
		other.source.Asked = r.source.Asked
		readTogether(t, r, first, first.things[:5])
		readAll(t, other, second, second.things[:1])
		want := map[string]int{"ask 0": 1, "page 0": 1}
		if diff := cmp.Diff(want, counted(second.log)); diff != "" {
			t.Error(diff)
		}
	})
}

// In a large plan, questions come a few milliseconds apart. None of them is asked alone if so many
// are likely that the list is cheaper.
func TestReader_waitsForMoreQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenant := &tenant{things: things(95)}
		r := tenant.reader(nil)
		r.source.Asked.Store(many)
		readAll(t, r, tenant, tenant.things[90:91])
		var wait sync.WaitGroup
		for i := range 6 {
			time.Sleep(3 * time.Millisecond)
			wait.Go(func() { readAll(t, r, tenant, tenant.things[50+i:51+i]) })
		}
		wait.Wait()
		want := map[string]int{"ask 90": 1}
		for page := range 10 {
			want[fmt.Sprint("page ", page)] = 1
		}
		if diff := cmp.Diff(want, counted(tenant.log)); diff != "" {
			t.Error(diff)
		}
	})
}

// The first page may be slow, and began before another answer.
func TestReader_firstPageHidesNoNewerAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenant := &tenant{things: things(100)}
		r := tenant.reader(nil)
		r.source.Asked.Store(many)
		page := r.source.Page
		r.source.Page = func(ctx context.Context, number int) (Page[thing], error) {
			found, err := page(ctx, number)
			time.Sleep(3 * time.Second)
			return found, err
		}
		q := tenant.question(tenant.things[3])
		ask := q.Ask
		q.Ask = func(ctx context.Context) (thing, error) {
			time.Sleep(time.Second)
			tenant.mu.Lock()
			tenant.things[3].value = 7 // By another writer.
			tenant.mu.Unlock()
			return ask(ctx)
		}
		for range 2 {
			if got, err := r.Read(t.Context(), q); err != nil || got.value != 7 {
				t.Errorf("%+v, %v, want the value 7", got, err)
			}
		}
	})
}

// A caller that gives up says nothing about the list, and nothing is sent for it any more.
func TestReader_firstPageEndsWithItsCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenant := &tenant{things: things(9)}
		r := tenant.reader(nil)
		r.source.Asked.Store(many)
		var ended error
		page := r.source.Page
		r.source.Page = func(ctx context.Context, number int) (Page[thing], error) {
			select {
			case <-ctx.Done():
				ended = ctx.Err()
				return Page[thing]{}, ended
			case <-time.After(time.Minute):
				return page(ctx, number)
			}
		}
		ctx, giveUp := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, giveUp)
		if _, err := r.Read(ctx, tenant.question(tenant.things[0])); err == nil {
			t.Error("an answer for a caller that gave up")
		}
		synctest.Wait()
		if ended == nil {
			t.Error("the page was read to its end")
		}
		readAll(t, r, tenant, tenant.things) // The list is of use.
		want := map[string]int{"ask 0": 1, "page 0": 1}
		if diff := cmp.Diff(want, counted(tenant.log)); diff != "" {
			t.Error(diff)
		}
	})
}

// Questions that come one after the other do not wait for others.
func TestReader_waitsInVainOnlyBriefly(t *testing.T) {
	for name, change := range map[string]func(*Reader[thing]){
		"no list": func(r *Reader[thing]) { r.source.Page, r.list.unusable = nil, true },
		"unreadable list": func(r *Reader[thing]) {
			r.list = list[thing]{
				first: Page[thing]{Size: 10, Total: 100}, read: time.Now(), unusable: true,
			}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			tenant := &tenant{things: things(100)}
			r := tenant.reader(nil)
			change(r)
			r.source.Asked.Store(many)
			began := time.Now()
			for i := range 100 {
				readAll(t, r, tenant, tenant.things[i:i+1])
			}
			if took := time.Since(began); took > 20*time.Millisecond {
				t.Errorf("%s: 100 questions waited %v", name, took)
			}
		})
	}
}

// A login that fails says nothing about what is known.
func TestReader_errorOfALoginHidesNoKnownAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenant := &tenant{things: things(9), before: func(string) { time.Sleep(time.Second) }}
		r := tenant.reader(nil)
		var refuse atomic.Bool
		r.source.Ready = func(context.Context) error {
			if refuse.Load() {
				return errors.New("refused")
			}
			return nil
		}
		var wait sync.WaitGroup
		for range 2 { // The second question arrives while the first is asked.
			wait.Go(func() { readAll(t, r, tenant, tenant.things[1:2]) })
			synctest.Wait()
		}
		refuse.Store(true)
		wait.Wait()
	})
}

// While requests cannot be sent yet, questions gather. An error of the wait is the answer to them.
func TestReader_waitsUntilRequestsCanBeSent(t *testing.T) {
	failure := errors.New("the login is refused")
	for name, tc := range map[string]struct {
		ready error
		want  map[string]int
	}{
		"ready":   {nil, map[string]int{"color red": 1}},
		"refused": {failure, map[string]int{}},
	} {
		synctest.Test(t, func(t *testing.T) {
			all := things(10)
			for i := range all {
				all[i].color = "red"
			}
			tenant := &tenant{things: all}
			r := tenant.reader(nil)
			r.source.Ready = func(ctx context.Context) error {
				time.Sleep(time.Second)
				return tc.ready
			}
			for _, wanted := range all[:4] {
				go func() {
					if _, err := r.Read(t.Context(), tenant.question(wanted)); !errors.Is(
						err, tc.ready,
					) {
						t.Errorf("%s: %v", name, err)
					}
				}()
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if diff := cmp.Diff(tc.want, counted(tenant.log)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		})
	}
}

// The end of the wait of callers that have given up is not the answer to others.
func TestReader_readinessOfThoseWhoGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenant := &tenant{things: things(10)}
		r := tenant.reader(nil)
		r.source.Ready = func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Minute):
				return nil
			}
		}
		impatient, giveUp := context.WithCancel(t.Context())
		go func() {
			time.Sleep(time.Second)
			giveUp()
		}()
		go func() {
			if _, err := r.Read(impatient, tenant.question(tenant.things[0])); err == nil {
				t.Error("an answer for a caller that gave up")
			}
		}()
		synctest.Wait()
		if _, err := r.Read(t.Context(), tenant.question(tenant.things[1])); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"ask 1"}, tenant.log); diff != "" {
			t.Error(diff)
		}
	})
}

// readTogether reads things at once: the first request waits until all questions have arrived.
func readTogether(t *testing.T, r *Reader[thing], tenant *tenant, wanted []thing) {
	t.Helper()
	arrived := make(chan struct{})
	r.mu.Lock()
	r.running = true
	r.mu.Unlock()
	go func() { <-arrived; r.run() }()
	go func() { synctest.Wait(); close(arrived) }()
	readAll(t, r, tenant, wanted)
}

func counted(in []string) map[string]int {
	out := map[string]int{}
	for _, s := range in {
		out[s]++
	}
	return out
}

// Without groups, the first request reads a page of the list.
func TestReader_withoutGroups(t *testing.T) {
	tests := map[string]struct {
		tenant int
		wanted []thing
		want   []string
	}{
		"the first page has it":   {500, things(1), []string{"page 0"}},
		"the first page lacks it": {500, things(300)[299:], []string{"page 0", "ask 299"}},
		"the list is one page":    {9, things(9), []string{"page 0"}},
	}
	for name, test := range tests {
		tenant := &tenant{things: things(test.tenant)}
		r := tenant.reader(nil)
		r.source.Some = nil
		for _, wanted := range test.wanted {
			q := tenant.question(wanted)
			q.Groups = nil
			if got, err := r.Read(t.Context(), q); err != nil || got.id != wanted.id {
				t.Errorf("%s: %+v, %v, want %d", name, got, err, wanted.id)
			}
		}
		if diff := cmp.Diff(test.want, tenant.log); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestReader_forgetsAfterItsLifetime(t *testing.T) {
	now := time.Now()
	tenant := &tenant{things: things(9)}
	r := tenant.reader(func() time.Time { return now })
	readAll(t, r, tenant, things(9))
	readAll(t, r, tenant, things(9))
	before := tenant.requests
	now = now.Add(lifetime - 1)
	readAll(t, r, tenant, things(9))
	if tenant.requests != before {
		t.Errorf("%d requests within the lifetime, want none", tenant.requests-before)
	}
	tenant.things[3].value = 7
	now = now.Add(1)
	got, err := r.Read(t.Context(), tenant.question(thing{id: 3}))
	if err != nil || got.value != 7 {
		t.Errorf("after the lifetime: %+v, %v, want the new value", got, err)
	}
}

func TestReader_freshQuestionsIgnoreEarlierAnswers(t *testing.T) {
	tenant := &tenant{things: things(9)}
	r := tenant.reader(nil)
	readAll(t, r, tenant, things(9))
	tenant.things[3].value = 7
	q := tenant.question(thing{id: 3})
	q.Fresh = true
	got, err := r.Read(t.Context(), q)
	if err != nil || got.value != 7 {
		t.Errorf("fresh question: %+v, %v, want the new value", got, err)
	}
	// Its answer serves others.
	if got, err = r.Read(t.Context(), tenant.question(thing{id: 3})); err != nil || got.value != 7 {
		t.Errorf("next question: %+v, %v, want the new value", got, err)
	}
}

func TestReader_believesOnlyADirectAnswerThatAThingIsMissing(t *testing.T) {
	tenant := &tenant{things: things(9)}
	r := tenant.reader(nil)
	readAll(t, r, tenant, things(9))
	before := len(tenant.log)
	_, err := r.Read(t.Context(), tenant.question(thing{id: 77}))
	if !errors.Is(err, errMissing) {
		t.Errorf("error = %v, want that it is missing", err)
	}
	if diff := cmp.Diff([]string{"ask 77"}, tenant.log[before:]); diff != "" {
		t.Error(diff)
	}
}

func TestReader_fallsBack(t *testing.T) {
	broken := errors.New("broken")
	failing := func(kind string) func(string) error {
		return func(request string) error {
			if strings.HasPrefix(request, kind) {
				return broken
			}
			return nil
		}
	}
	tests := map[string]struct {
		things []thing
		fail   func(string) error
	}{
		"the first page fails": {things(50), failing("page 0")},
		"another page fails":   {things(50), failing("page 3")},
		"the groups fail":      {things(50), failing("color")},
		"nothing but ask works": {things(50), func(r string) error {
			if strings.HasPrefix(r, "ask") {
				return nil
			}
			return broken
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tenant := &tenant{things: test.things, fail: test.fail}
			r := tenant.reader(nil)
			for range 3 {
				readAll(t, r, tenant, test.things)
			}
		})
	}
	t.Run("the list is shorter than its total", func(t *testing.T) {
		tenant := &tenant{things: things(9)}
		r := tenant.reader(nil)
		page := r.source.Page
		r.source.Page = func(ctx context.Context, number int) (Page[thing], error) {
			got, err := page(ctx, number)
			got.Items = got.Items[:len(got.Items)-1]
			return got, err
		}
		readAll(t, r, tenant, things(9))
		got, err := r.List(t.Context(), tenant.colored("c8"))
		if err != nil || len(got) != 1 {
			t.Errorf("List = %v, %v, want the thing that the list omits", got, err)
		}
	})
	t.Run("the question itself fails", func(t *testing.T) {
		tenant := &tenant{things: things(1), fail: failing("ask")}
		if _, err := tenant.reader(nil).Read(
			t.Context(), tenant.question(thing{}),
		); !errors.Is(err, broken) {
			t.Errorf("error = %v, want %v", err, broken)
		}
	})
}

// If groups are larger than a page, they answer few questions, and are given up.
func TestReader_givesUpLargeGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := things(500)
		for i := range all {
			all[i].color = "red"
		}
		// While the first request is under way, the other questions arrive.
		tenant := &tenant{things: all, before: func(string) { time.Sleep(time.Millisecond) }}
		r := tenant.reader(nil)
		for i := range 8 {
			readAll(t, r, tenant, all[100+5*i:105+5*i])
		}
		if groups := counted(tenant.log)["color red"]; groups != firstCredit {
			t.Errorf("%d requests for a group that answers nothing, want %d", groups, firstCredit)
		}
	})
}

func TestReader_listsShareTheList(t *testing.T) {
	all := things(30)
	for i := range all {
		all[i].color = fmt.Sprint("c", i%3)
	}
	tenant := &tenant{things: all}
	r := tenant.reader(nil)
	for i := range 30 {
		color := fmt.Sprint("c", i%3)
		got, err := r.List(t.Context(), tenant.colored(color))
		if diff := cmp.Diff(
			tenant.matching(func(o thing) bool { return o.color == color }), got,
			cmp.AllowUnexported(thing{}),
		); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
	}
	if want := 2*3 + 3; tenant.requests > want {
		t.Errorf("%d requests, want at most %d:\n%v", tenant.requests, want, tenant.log)
	}
}

func TestReader_listOfAllThingsServesQuestions(t *testing.T) {
	tenant := &tenant{things: things(25)}
	r := tenant.reader(nil)
	all := List[thing]{Ask: func(context.Context) ([]thing, error) {
		return nil, errors.New("the list must be read in pages")
	}}
	for range 2 {
		got, err := r.List(t.Context(), all)
		if err != nil || len(got) != 25 {
			t.Errorf("%d things, %v, want 25", len(got), err)
		}
	}
	readAll(t, r, tenant, things(25))
	if diff := cmp.Diff(
		map[string]int{"page 0": 1, "page 1": 1, "page 2": 1}, counted(tenant.log),
	); diff != "" {
		t.Error(diff)
	}
}

func TestReader_showsWrites(t *testing.T) {
	tenant := &tenant{things: things(9)}
	r := tenant.reader(nil)
	readAll(t, r, tenant, things(9))

	tenant.things[1].value = 5
	r.Wrote(tenant.things[1])
	created := thing{id: 20, color: "c1"}
	tenant.things = append(tenant.things, created)
	r.Wrote(created)
	tenant.things = tenant.things[1:]
	r.Deleted(thing{}.key())

	before := tenant.requests
	got, err := r.List(t.Context(), tenant.colored("c1"))
	want := []thing{{id: 1, color: "c1", shape: "s1", value: 5}, created}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(thing{})); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if got, err := r.List(t.Context(), tenant.colored("c0")); err != nil || len(got) != 0 {
		t.Errorf("things of the deleted thing's color = %v, %v, want none", got, err)
	}
	if tenant.requests != before {
		t.Errorf("%d requests, want none", tenant.requests-before)
	}

	tenant.things[0].value = 6
	r.Doubt(func(o thing) bool { return o.id == 1 })
	if got, err := r.Read(t.Context(), tenant.question(thing{id: 1})); err != nil || got.value != 6 {
		t.Errorf("thing in doubt = %+v, %v, want the new value", got, err)
	}
	if tenant.requests == before {
		t.Error("a thing in doubt was not asked for again")
	}
}

// An answer to a request that began before a write does not show the write.
func TestReader_slowAnswersDoNotHideWrites(t *testing.T) {
	for name, write := range map[string]func(*Reader[thing], *tenant){
		"change": func(r *Reader[thing], tenant *tenant) {
			tenant.things[3].value = 8
			r.Wrote(thing{id: 3, color: "c3", shape: "s3", value: 8})
		},
		"doubt": func(r *Reader[thing], tenant *tenant) {
			tenant.things[3].value = 8
			r.Doubt(func(o thing) bool { return o.id == 3 })
		},
	} {
		t.Run(name, func(t *testing.T) {
			tenant := &tenant{things: things(25)}
			r := tenant.reader(nil)
			page := r.source.Page
			var once sync.Once
			r.source.Page = func(ctx context.Context, number int) (Page[thing], error) {
				got, err := page(ctx, number)
				once.Do(func() { write(r, tenant) }) // After the page was made.
				return got, err
			}
			readAll(t, r, tenant, things(25)[10:])
			got, err := r.Read(t.Context(), tenant.question(thing{id: 3}))
			if err != nil || got.value != 8 {
				t.Errorf("Read = %+v, %v, want the written value", got, err)
			}
			all, err := r.List(t.Context(), tenant.colored("c3"))
			if err != nil || len(all) != 1 || all[0].value != 8 {
				t.Errorf("List = %+v, %v, want the written value", all, err)
			}
			if all, err = r.List(t.Context(), tenant.colored("c4")); err != nil || len(all) != 1 {
				t.Errorf("List = %+v, %v, want the other thing too", all, err)
			}
		})
	}
}

// A question whose answer is known does not wait for requests that are under way for others.
func TestReader_knownAnswersDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenant := &tenant{things: things(500)}
		r := tenant.reader(nil)
		readAll(t, r, tenant, things(1))
		tenant.before = func(string) { time.Sleep(time.Second) }
		var wait sync.WaitGroup
		wait.Go(func() { readAll(t, r, tenant, tenant.things[77:78]) })
		synctest.Wait()
		began := time.Now()
		if _, err := r.Read(t.Context(), tenant.question(tenant.things[0])); err != nil {
			t.Error(err)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("a known answer took %v", waited)
		}
		wait.Wait()
	})
}

func TestReader_callersCanGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenant := &tenant{things: things(9)}
		r := tenant.reader(nil)
		ended := make(chan error, 1)
		q := tenant.question(thing{id: 1})
		q.Ask = func(ctx context.Context) (thing, error) {
			<-ctx.Done()
			ended <- ctx.Err()
			return thing{}, ctx.Err()
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() { synctest.Wait(); cancel() }()
		if _, err := r.Read(ctx, q); !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want that the caller gave up", err)
		}
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the request ended with %v, want that it was cancelled", err)
		}
		// The next question is answered all the same.
		readAll(t, r, tenant, things(1))
	})
}

// Page 0 may be read long before the other pages, and replace gives it a new date.
func TestReader_answersAreNotOlderThanTheLifetime(t *testing.T) {
	now := time.Now()
	tenant := &tenant{things: things(35)}
	r := tenant.reader(func() time.Time { return now })
	for i := 10; i < 13; i++ { // Reads page 0, but not yet the others.
		readAll(t, r, tenant, tenant.things[i:i+1])
	}
	tenant.things[3].value = 7 // After page 0 was read.
	now = now.Add(lifetime - 1)
	readAll(t, r, tenant, tenant.things[20:30]) // The other pages.
	now = now.Add(lifetime - 1)                 // Page 0 is almost two lifetimes old.
	got, err := r.Read(t.Context(), tenant.question(thing{id: 3}))
	if err != nil || got.value != 7 {
		t.Errorf("got %+v, %v, want the value of one lifetime ago", got, err)
	}
}

// An entry that a list omits survives a doubt.
func TestReader_doubtsWhatAListOmits(t *testing.T) {
	tenant := &tenant{things: things(9)}
	r := tenant.reader(nil)
	readAll(t, r, tenant, tenant.things[3:4])
	whole := tenant.things
	tenant.things = append(append([]thing{}, whole[:3]...), whole[4:]...) // The list omits it once.
	if _, err := r.List(t.Context(), List[thing]{}); err != nil {
		t.Fatal(err)
	}
	tenant.things = whole
	r.Doubt(func(thing) bool { return true })
	tenant.things[3].value = 7
	got, err := r.Read(t.Context(), tenant.question(thing{id: 3}))
	if err != nil || got.value != 7 {
		t.Errorf("after a doubt: %+v, %v, want the new value", got, err)
	}
}
