// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const (
	scopedAPI = "urn:orders"
	scopedID  = "68f0a1b2c3d4e5f60718293a"
	readAPI   = "GET /api/v2/resource-servers/urn:orders"
	patchAPI  = "PATCH /api/v2/resource-servers/" + scopedID
)

// scopedTenant has one API. Its scopes are written as in "z:last=Z a m=", where a scope without an
// equals sign has no description.
type scopedTenant struct {
	*tenant
	api *Client

	mu      sync.Mutex
	scopes  []Scope
	missing bool // The list of APIs is empty.
	// before runs when a request has arrived. It gets the number of the request and may answer it.
	before func(number int, w http.ResponseWriter, r *http.Request) (answered bool)
	number int
	// listed are the scopes that the list of APIs shows, one after the other; nil means all.
	listed []string
	lists  int
	late   atomic.Bool
}

func scopesOf(text string) []Scope {
	scopes := []Scope{}
	for item := range strings.FieldsSeq(text) {
		value, description, ok := strings.Cut(item, "=")
		scope := Scope{Value: value}
		if ok {
			scope.Description = &description
		}
		scopes = append(scopes, scope)
	}
	return scopes
}

func textOf(scopes []Scope) string {
	var items []string
	for _, scope := range scopes {
		if scope.Description != nil {
			items = append(items, scope.Value+"="+*scope.Description)
		} else {
			items = append(items, scope.Value)
		}
	}
	return strings.Join(items, " ")
}

// newScopedTenant returns a client that waits for n calls before it begins.
func newScopedTenant(t *testing.T, n int, scopes string) *scopedTenant {
	t.Helper()
	s := &scopedTenant{scopes: scopesOf(scopes)}
	s.tenant = serve(t, s.handle)
	var begun atomic.Bool
	s.api = client(t, s.tenant, func(cfg *Config) {
		cfg.GatherScopes = func(pending func() int) {
			waitFor(func() bool { return pending() >= n || begun.Load() })
			begun.Store(true)
		}
	})
	s.api.ResourceServerScopes.pause = func(context.Context, time.Duration) bool { return true }
	return s
}

// waitFor waits until a condition holds.
func waitFor(ready func() bool) {
	for deadline := time.Now().Add(time.Minute); !ready() && time.Now().Before(deadline); {
		time.Sleep(100 * time.Microsecond)
	}
}

// asked returns the requests other than those for the list of APIs.
func (s *scopedTenant) asked() []m2mtest.Arrival {
	return slices.DeleteFunc(s.Arrived(), func(a m2mtest.Arrival) bool {
		return strings.Contains(a.Target, "?identifiers=")
	})
}

func (s *scopedTenant) handle(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if r.URL.Query().Has("identifiers") {
		defer s.mu.Unlock()
		shown := s.scopes
		if s.lists++; s.lists <= len(s.listed) {
			shown = scopesOf(s.listed[s.lists-1])
		}
		_, _ = io.WriteString(w, "[")
		if !s.missing {
			writeAPI(w, shown)
		}
		_, _ = io.WriteString(w, "]")
		return
	}
	s.number++
	number, before := s.number, s.before
	s.mu.Unlock()
	if before != nil && before(number, w, r) {
		return
	}
	if r.Method == http.MethodPatch {
		s.mu.Lock()
		body := s.asked()[number-1].Body
		s.mu.Unlock()
		s.put(body)
	}
	s.show(w)
}

// put applies the body of a PATCH.
func (s *scopedTenant) put(body string) {
	var in struct {
		Scopes []Scope `json:"scopes"`
	}
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		panic(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = in.Scopes
}

func (s *scopedTenant) show(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	writeAPI(w, s.scopes)
}

func writeAPI(w io.Writer, scopes []Scope) {
	_ = json.NewEncoder(w).Encode(map[string]any{
		"id":         scopedID,
		"identifier": scopedAPI,
		"scopes":     scopes,
	})
}

// sent returns the requests, as "GET" and "PATCH a b=B".
func (s *scopedTenant) sent(t *testing.T) []string {
	t.Helper()
	var lines []string
	for _, a := range s.asked() {
		switch a.String() {
		case readAPI:
			lines = append(lines, "GET")
		case patchAPI:
			var body struct {
				Scopes []Scope `json:"scopes"`
			}
			if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
				t.Error(err)
			}
			lines = append(lines, strings.TrimSpace("PATCH "+textOf(body.Scopes)))
		default:
			lines = append(lines, a.String())
		}
	}
	return lines
}

func (s *scopedTenant) expect(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, s.sent(t)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func scopeOf(text string) ResourceServerScope {
	return ResourceServerScope{scopedAPI, scopesOf(text)[0]}
}

// start makes a change: "+a=A" creates, "~a=A" updates, "-a" deletes, "?a" reads. The channel
// yields the error.
func (s *scopedTenant) start(ctx context.Context, change string) <-chan error {
	result := make(chan error, 1)
	scopes, in := s.api.ResourceServerScopes, scopeOf(change[1:])
	go func() {
		var out ResourceServerScope
		var err error
		switch change[0] {
		case '+':
			out, err = scopes.Create(ctx, in)
		case '~':
			out, err = scopes.Update(ctx, in)
		case '?':
			out, err = scopes.Find(ctx, in)
		default:
			out, err = in, scopes.Delete(ctx, in)
		}
		if err == nil && (!sameScope(out.Scope, in.Scope) || out.Identifier != scopedAPI) {
			err = fmt.Errorf("%s gave %v", change, out)
		}
		result <- err
	}()
	return result
}

// all makes changes at once and returns their errors.
func (s *scopedTenant) all(t *testing.T, changes ...string) []error {
	t.Helper()
	var results []<-chan error
	for i, change := range changes {
		results = append(results, s.start(t.Context(), change))
		if i+1 < len(changes) { // Keep the order. The last call starts the round.
			waitFor(func() bool {
				return s.api.ResourceServerScopes.queue(scopedAPI).waiting() == i+1
			})
		}
	}
	var errs []error
	for _, result := range results {
		errs = append(errs, <-result)
	}
	return errs
}

func noErrors(t *testing.T, errs []error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

func TestScopes_parallelChangesAreOneWrite(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 5, "z=Z a m= old x=X")
	noErrors(t, s.all(t, "+new=N", "-old", "~x", "+empty=", "?a"))
	s.expect(t, "GET", "PATCH z=Z a m= x new=N empty=", "GET")
}

func TestScopes_fiftyScopesTakeThreeRequests(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 50, "")
	var changes []string
	for i := range 50 {
		changes = append(changes, fmt.Sprintf("+s%d", i))
	}
	noErrors(t, s.all(t, changes...))
	s.expect(t, "GET", "PATCH "+strings.ReplaceAll(strings.Join(changes, " "), "+", ""), "GET")
}

func TestScopes_parallelReadsAreOneRead(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 3, "a b=B")
	errs := s.all(t, "?a", "?b=B", "?c")
	if errs[0] != nil || errs[1] != nil || !rest.IsNotFound(errs[2]) {
		t.Error(errs)
	}
	s.expect(t, "GET")
}

func TestScopes_unchangedListIsNotWritten(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 4, "a=A b moving=M")
	noErrors(t, s.all(t, "~a=A", "-gone", "+moving=M", "-moving"))
	s.expect(t, "GET")
}

func TestScopes_removalAndAdditionOfOneScope(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 2, "a=A b")
	noErrors(t, s.all(t, "+a=New", "-a"))
	s.expect(t, "GET", "PATCH b a=New", "GET")
}

// A change that arrives while the list is read is written with it. A change that arrives while the
// list is written waits for the next round, whose read confirms the first.
func TestScopes_laterChanges(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 1, "a")
	var second, third <-chan error
	s.before = func(number int, _ http.ResponseWriter, _ *http.Request) bool {
		switch number {
		case 1:
			second = s.start(t.Context(), "+c")
		case 2:
			third = s.start(t.Context(), "+d")
		default:
			return false
		}
		waitFor(func() bool { return s.api.ResourceServerScopes.queue(scopedAPI).waiting() == 1 })
		return false
	}
	noErrors(t, append(s.all(t, "+b"), <-second, <-third))
	s.expect(t, "GET", "PATCH a b c", "GET", "PATCH a b c d", "GET")
}

func TestScopes_existingScopeIsAConflict(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 3, "a")
	errs := s.all(t, "+a=A", "+b", "+b")
	var conflict *ConflictError
	if !errors.As(errs[0], &conflict) || conflict.ID != "urn:orders::a" || errs[1] != nil ||
		!errors.As(errs[2], &conflict) || conflict.ID != "urn:orders::b" {
		t.Error(errs)
	}
	s.expect(t, "GET", "PATCH a b", "GET")
}

// A conflict tells whether the existing scope is the one to create. A scope that the same round
// adds does not exist yet.
func TestScopes_conflictWithIdenticalScope(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 6, "a=A z")
	for i, err := range s.all(t, "+a=A", "+z", "+a=B", "+a", "+b", "+b") {
		var conflict *ConflictError
		errors.As(err, &conflict)
		want := []bool{true, true, false, false}
		switch {
		case i < len(want):
			if conflict == nil || conflict.Identical != want[i] {
				t.Errorf("%d: %+v, want %v", i, conflict, want[i])
			}
		case conflict != nil && conflict.Identical:
			t.Error("a scope that is not written yet counts as identical")
		}
	}
	s.expect(t, "GET", "PATCH a=A z b", "GET")

	s = newScopedTenant(t, 1, "")
	s.before = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		_, _ = io.WriteString(
			w, `{"id":"68f0","identifier":"urn:orders","is_system":true,"scopes":[{"value":"a"}]}`,
		)
		return true
	}
	var conflict *ConflictError
	if errs := s.all(t, "+a"); !errors.As(errs[0], &conflict) || conflict.Identical {
		t.Errorf("%+v: a scope of a system API counts as identical", conflict)
	}
}

func TestScopes_updateOfAMissingScope(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 1, "a")
	if errs := s.all(t, "~b=B"); !rest.IsNotFound(errs[0]) {
		t.Error(errs)
	}
	s.expect(t, "GET")
}

func TestScopes_oneCallerGivesUp(t *testing.T) {
	t.Parallel()
	t.Run("before its turn", func(t *testing.T) {
		t.Parallel()
		s := newScopedTenant(t, 2, "")
		ctx, cancel := context.WithCancel(t.Context())
		quitter := s.start(ctx, "+quit")
		waitFor(func() bool { return s.api.ResourceServerScopes.queue(scopedAPI).waiting() == 1 })
		cancel()
		if err := <-quitter; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		noErrors(t, s.all(t, "+a", "+b"))
		s.expect(t, "GET", "PATCH a b", "GET")
	})
	t.Run("during the read", func(t *testing.T) {
		t.Parallel()
		s := newScopedTenant(t, 2, "")
		ctx, cancel := context.WithCancel(t.Context())
		s.before = func(int, http.ResponseWriter, *http.Request) bool { cancel(); return false }
		quitter := s.start(ctx, "+quit")
		noErrors(t, s.all(t, "+a"))
		if err := <-quitter; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		s.expect(t, "GET", "PATCH a", "GET")
	})
	t.Run("during the write", func(t *testing.T) {
		t.Parallel()
		s := newScopedTenant(t, 2, "")
		ctx, cancel := context.WithCancel(t.Context())
		s.before = func(number int, _ http.ResponseWriter, _ *http.Request) bool {
			if number == 2 {
				cancel()
			}
			return false
		}
		// The API has the scope anyway, and the caller gets it.
		quitter := s.start(ctx, "+quit")
		waitFor(func() bool { return s.api.ResourceServerScopes.queue(scopedAPI).waiting() == 1 })
		noErrors(t, append(s.all(t, "+a"), <-quitter))
		s.expect(t, "GET", "PATCH quit a", "GET")
	})
}

// If all callers give up, the write is interrupted and then looked up.
func TestScopes_allCallersGiveUp(t *testing.T) {
	t.Parallel()
	for _, tookEffect := range []bool{true, false} {
		s := newScopedTenant(t, 1, "")
		ctx, cancel := context.WithCancel(t.Context())
		s.before = func(number int, _ http.ResponseWriter, r *http.Request) bool {
			if number != 2 {
				return false
			}
			if tookEffect {
				s.put(`{"scopes":[{"value":"a"}]}`)
			}
			cancel()
			<-r.Context().Done()
			return true
		}
		err := <-s.start(ctx, "+a")
		var uncertain *UncertainError
		if tookEffect != (err == nil) || !tookEffect && !errors.As(err, &uncertain) {
			t.Errorf("took effect %t: %v", tookEffect, err)
		}
		if sent := s.sent(t); !slices.Equal(sent[:3], []string{"GET", "PATCH a", "GET"}) {
			t.Error(sent)
		}
	}
}

// refuseList answers a PATCH whose body contains a text.
func refuseList(s *scopedTenant, text string, refusal http.HandlerFunc) {
	s.before = func(number int, w http.ResponseWriter, r *http.Request) bool {
		refused := r.Method == http.MethodPatch &&
			strings.Contains(s.asked()[number-1].Body, text)
		if refused {
			refusal(w, r)
		}
		return refused
	}
}

func TestScopes_badScopeDoesNotFailTheOthers(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 3, "z")
	refuseList(s, "bad", reply(
		400,
		`{"statusCode":400,"error":"Bad Request","message":"bad is bad","errorCode":"invalid_body"}`,
	))
	errs := s.all(t, "+a", "+bad", "+c")
	if e := rest.Answered(errs[1]); errs[0] != nil || e == nil || e.Message != "bad is bad" ||
		errs[2] != nil {
		t.Error(errs)
	}
	s.expect(t, "GET", "PATCH z a bad c", "PATCH z a", "PATCH z a bad", "PATCH z a c", "GET")
}

func TestScopes_allCallersGetTheError(t *testing.T) {
	t.Parallel()
	const refusal = `{"statusCode":403,"error":"Forbidden","message":"no","errorCode":"insufficient_scope"}`
	s := newScopedTenant(t, 2, "z")
	refuseList(s, "", reply(403, refusal))
	for _, err := range s.all(t, "+a", "-z") {
		if e := rest.Answered(err); e == nil || e.Status != 403 || e.Method != http.MethodPatch {
			t.Error(err)
		}
	}
	s.expect(t, "GET", "PATCH a")

	s = newScopedTenant(t, 3, "z")
	s.before = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		reply(403, refusal)(w, r)
		return true
	}
	for _, err := range s.all(t, "+a", "-z", "?z") {
		if e := rest.Answered(err); e == nil || e.Status != 403 || e.Method != http.MethodGet {
			t.Error(err)
		}
	}
	s.expect(t, "GET")
}

func TestScopes_lostReplyIsLookedUp(t *testing.T) {
	t.Parallel()
	for _, tookEffect := range []bool{true, false} {
		s := newScopedTenant(t, 2, "z")
		s.before = func(number int, w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPatch {
				return false
			}
			if tookEffect {
				s.put(s.asked()[number-1].Body)
			}
			reply(200, `{}`)(w, r)
			return true
		}
		errs := s.all(t, "+a", "-z")
		var uncertain *UncertainError
		switch {
		case tookEffect:
			noErrors(t, errs)
			s.expect(t, "GET", "PATCH a", "GET", "GET")
		case !errors.As(errs[0], &uncertain) || errors.As(errs[1], &uncertain) ||
			rest.Answered(errs[1]) == nil:
			t.Error(errs)
		default:
			s.expect(t, "GET", "PATCH a", "GET", "PATCH a", "GET", "PATCH a", "GET", "PATCH a")
		}
	}
}

func TestScopes_staleReadIsRepeated(t *testing.T) {
	t.Parallel()
	late := func(w http.ResponseWriter) { writeAPI(w, scopesOf("z")) }
	s := newScopedTenant(t, 1, "z")
	s.before = func(number int, w http.ResponseWriter, _ *http.Request) bool {
		if number == 3 { // The look.
			late(w)
			return true
		}
		return false
	}
	noErrors(t, s.all(t, "+a"))
	s.expect(t, "GET", "PATCH z a", "GET", "GET", "GET")

	s = newScopedTenant(t, 1, "z")
	s.before = func(number int, w http.ResponseWriter, _ *http.Request) bool {
		if number > 2 && s.late.Load() {
			late(w)
			return true
		}
		return false
	}
	noErrors(t, s.all(t, "+a"))
	s.late.Store(true)
	// A read waits, and then believes the list.
	if errs := s.all(t, "?a"); !rest.IsNotFound(errs[0]) {
		t.Error(errs)
	}
	s.expect(t, "GET", "PATCH z a", "GET", "GET", "GET", "GET", "GET")
}

// What a simultaneous writer undoes is made again, without undoing what it has added.
func TestScopes_lostRaceIsRepaired(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 4, "z y c=C")
	s.before = func(number int, w http.ResponseWriter, _ *http.Request) bool {
		if number == 3 {
			s.put(`{"scopes":[{"value":"z"},{"value":"b"},{"value":"theirs"},` +
				`{"value":"c","description":"C"}]}`)
		}
		return false
	}
	noErrors(t, s.all(t, "+a", "+b", "-z", "~c=New"))
	// The list lacks y, which was seen before, so it is read again before it is believed.
	s.expect(t, "GET", "PATCH y c=New a b", "GET", "GET", "GET", "GET",
		"PATCH b theirs a c=New", "GET")
}

// A writer that never stops is an error that names all scopes that are lost. The last call gets it,
// and each removal that is undone.
func TestScopes_lostRaceThatGoesOn(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 3, "z")
	var calm atomic.Bool
	var paused []time.Duration
	s.api.ResourceServerScopes.pause = func(_ context.Context, wait time.Duration) bool {
		if !calm.Load() {
			paused = append(paused, wait)
			s.put(`{"scopes":[{"value":"z"},{"value":"b"}]}`)
		}
		return true
	}
	errs := s.all(t, "+a", "+b", "-z")
	var race *LostRaceError
	if errs[0] != nil || !errors.As(errs[2], &race) || !errors.As(errs[1], &race) {
		t.Fatal(errs)
	}
	if diff := cmp.Diff(
		&LostRaceError{Removed: []string{"a"}, Restored: []string{"z"}}, race,
	); diff != "" {
		t.Error(diff)
	}
	writes, pauses := 0, slices.DeleteFunc(paused, func(wait time.Duration) bool {
		return wait == lookAfter || slices.Contains(latePauses, wait)
	})
	for _, line := range s.sent(t) {
		if strings.HasPrefix(line, "PATCH") {
			writes++
		}
	}
	if writes != 1+maxRepairs || len(pauses) != maxRepairs {
		t.Errorf("%d writes, pauses %v", writes, pauses)
	}
	for i, wait := range pauses {
		if mean := firstRepair << i; wait < mean/2 || wait > mean*3/2 {
			t.Errorf("the pause before repair %d is %s", i, wait)
		}
	}
	if got := race.Error(); got != `another writer keeps replacing all scopes of the API; `+
		`it has undone the scopes ["a"]; it has restored the scopes ["z"]` {
		t.Error(got)
	}
	// The process has given up: it does not restore a with the next change.
	calm.Store(true)
	noErrors(t, s.all(t, "+c"))
	if sent := s.sent(t); sent[len(sent)-2] != "PATCH z b c" {
		t.Error(sent)
	}
}

// The calls of a round do not wait for the look, except for one. The look covers earlier rounds.
func TestScopes_lookCoversEarlierRounds(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 2, "")
	looks := 0
	var last <-chan error
	s.api.ResourceServerScopes.pause = func(_ context.Context, wait time.Duration) bool {
		if wait == lookAfter {
			if looks++; looks == 1 {
				s.put(`{"scopes":[{"value":"c"}]}`)
			}
		}
		return true
	}
	var first <-chan error
	s.before = func(number int, _ http.ResponseWriter, _ *http.Request) bool {
		if number == 2 {
			last = s.start(t.Context(), "+c")
			waitFor(func() bool {
				return s.api.ResourceServerScopes.queue(scopedAPI).waiting() == 1
			})
		}
		if number == 3 {
			if err := <-first; err != nil || looks > 0 {
				t.Error(err, "or the first call has waited for a look")
			}
		}
		return false
	}
	first = s.start(t.Context(), "+a")
	waitFor(func() bool { return s.api.ResourceServerScopes.queue(scopedAPI).waiting() == 1 })
	noErrors(t, []error{<-s.start(t.Context(), "+b"), <-last})
	s.expect(t, "GET", "PATCH a b", "GET", "PATCH a b c", "GET", "GET", "GET", "GET",
		"PATCH c a b", "GET")
}

// The list of a PATCH that is refused or lost is old when the PATCH could be sent again.
func TestScopes_listIsReadAgainBeforeAnotherAttempt(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]http.HandlerFunc{
		"429": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "7")
			reply(429, tooMany)(w, r)
		},
		"503": reply(503, `{"statusCode":503,"error":"Service Unavailable","message":"no"}`),
	} {
		s := newScopedTenant(t, 1, "z")
		var paused []time.Duration
		s.api.ResourceServerScopes.pause = func(_ context.Context, wait time.Duration) bool {
			if paused = append(paused, wait); len(paused) == 1 {
				s.put(`{"scopes":[{"value":"z"},{"value":"theirs"}]}`)
			}
			return true
		}
		s.before = func(number int, w http.ResponseWriter, r *http.Request) bool {
			if number == 2 {
				refusal(w, r)
			}
			return number == 2
		}
		noErrors(t, s.all(t, "+a"))
		s.expect(t, "GET", "PATCH z a", "GET", "PATCH z theirs a", "GET")
		if want := map[string]time.Duration{"429": 7 * time.Second, "503": rest.Backoff(0)}[name]; len(
			paused) != 2 || paused[0] != want {
			t.Errorf("%s: paused %v, want %s", name, paused, want)
		}
	}
}

// Attempts end with the time for retries. The error says how often and how long it was tried.
func TestScopes_attemptsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		patches := 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodPatch {
				patches++
				return answer(req, reply(429, tooMany))
			}
			body := new(strings.Builder)
			writeAPI(body, scopesOf("z"))
			if req.URL.Query().Has("identifiers") {
				return answer(req, reply(200, "["+body.String()+"]"))
			}
			return answer(req, reply(200, body.String()))
		}, func(cfg *Config) { cfg.RetryTimeout = 10 * time.Second })
		started := time.Now()
		_, err := c.ResourceServerScopes.Create(t.Context(), scopeOf("a"))
		e := rest.Answered(err)
		if e == nil || e.Status != 429 || e.Attempts != patches || patches < 3 ||
			e.Elapsed > 10*time.Second || e.Paused == 0 {
			t.Errorf("%v: %+v after %d attempts", err, e, patches)
		}
		if spent := time.Since(started); spent > 11*time.Second {
			t.Errorf("it took %s", spent)
		}
	})
}

// A list that is old when it is written may undo what another process has confirmed since.
func TestScopes_slowWriteIsReported(t *testing.T) {
	t.Parallel()
	for _, latency := range []time.Duration{lookAfter/2 - 1, lookAfter} {
		synctest.Test(t, func(t *testing.T) {
			scopes := "z"
			c := over(t, func(req *http.Request) (*http.Response, error) {
				if req.Method == http.MethodPatch {
					time.Sleep(latency)
					scopes = "z a"
				}
				body := new(strings.Builder)
				writeAPI(body, scopesOf(scopes))
				if req.URL.Query().Has("identifiers") {
					time.Sleep(lookAfter/2 - 1)
					return answer(req, reply(200, "["+body.String()+"]"))
				}
				return answer(req, reply(200, body.String()))
			})
			_, err := c.ResourceServerScopes.Create(t.Context(), scopeOf("a"))
			doubts := c.ResourceServerScopes.Doubts(scopedAPI)
			switch {
			case err != nil:
				t.Error(err)
			case latency < lookAfter && len(doubts) > 0:
				t.Error(doubts)
			case latency == lookAfter:
				var slow *SlowScopesError
				if len(doubts) != 1 || !errors.As(doubts[0], &slow) ||
					slow.After != latency+lookAfter/2-1 {
					t.Error(doubts)
				}
				if len(c.ResourceServerScopes.Doubts(scopedAPI)) > 0 {
					t.Error("a doubt is told twice")
				}
			}
		})
	}
}

// If the look fails, the answer to the PATCH decides, and the doubt is reported.
func TestScopes_failedLook(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 1, "z")
	s.before = func(number int, w http.ResponseWriter, r *http.Request) bool {
		if number == 3 {
			reply(
				403,
				`{"statusCode":403,"error":"Forbidden","message":"no","errorCode":"insufficient_scope"}`,
			)(
				w,
				r,
			)
		}
		return number == 3
	}
	noErrors(t, s.all(t, "+a=A"))
	s.expect(t, "GET", "PATCH z a=A", "GET")
	var unconfirmed *UnconfirmedScopesError
	doubts := s.api.ResourceServerScopes.Doubts(scopedAPI)
	if len(doubts) != 1 || !errors.As(doubts[0], &unconfirmed) ||
		!slices.Equal(unconfirmed.Scopes, []string{"a"}) || rest.Answered(unconfirmed) == nil {
		t.Error(doubts)
	}
}

func TestScopes_answerWithoutTheChange(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 2, "z")
	s.before = func(number int, w http.ResponseWriter, _ *http.Request) bool {
		if number == 2 {
			writeAPI(w, scopesOf("z a"))
		}
		return number == 2
	}
	for _, err := range s.all(t, "+b", "-z") {
		if e := rest.Answered(err); e == nil ||
			e.Message != "the answer does not show the change of the scope" {
			t.Error(err)
		}
	}
	s.expect(t, "GET", "PATCH b")
}

func TestScopes_systemAPI(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 3, "")
	s.before = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		_, _ = io.WriteString(
			w,
			`{"id":"68f0","identifier":"urn:orders","is_system":true,"scopes":[{"description":"A","value":"a"}]}`,
		)
		return true
	}
	errs := s.all(t, "+b", "-a", "?a=A")
	if !errors.Is(errs[0], ErrSystemAPI) || !errors.Is(errs[1], ErrSystemAPI) || errs[2] != nil {
		t.Error(errs)
	}
	s.expect(t, "GET")
}

const (
	noAPI    = `{"statusCode":404,"error":"Not Found","message":"The resource server does not exist.","errorCode":"inexistent_resource_server"}`
	otherAPI = `{"id":"68f0a1b2c3d4e5f60718293a","identifier":"urn:other","scopes":[{"value":"a"}]}`
)

func TestScopes_missingAPI(t *testing.T) {
	t.Parallel()
	for change, want := range map[string][]string{
		"-a": {"GET"},
		"?a": {"GET"},
		"+a": {"GET", "GET", "GET", "GET"},
	} {
		s := newScopedTenant(t, 1, "")
		s.missing = true
		s.before = func(_ int, w http.ResponseWriter, r *http.Request) bool {
			reply(404, noAPI)(w, r)
			return true
		}
		if errs := s.all(t, change); rest.IsNotFound(errs[0]) == (change == "-a") {
			t.Error(change, errs)
		}
		s.expect(t, want...)
	}
	// An API that was created in the same run may appear late.
	s := newScopedTenant(t, 1, "")
	s.missing = true
	s.before = func(number int, w http.ResponseWriter, r *http.Request) bool {
		if number == 1 {
			reply(404, noAPI)(w, r)
		} else {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.missing = false
		}
		return number == 1
	}
	noErrors(t, s.all(t, "+a"))
	s.expect(t, "GET", "GET", "PATCH a", "GET")
}

// A scope is removed although its API is missing in one answer.
func TestScopes_apiThatIsMissingOnce(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 1, "a b")
	s.before = func(number int, w http.ResponseWriter, r *http.Request) bool {
		if number == 1 {
			reply(404, noAPI)(w, r)
		}
		return number == 1
	}
	noErrors(t, s.all(t, "-a"))
	s.expect(t, "GET", "PATCH b", "GET")
}

// An identifier can look like the id of another API, which must not be changed.
func TestScopes_identifierThatIsAnID(t *testing.T) {
	t.Parallel()
	find := "GET /api/v2/resource-servers?identifiers=" + scopedID
	mine := `[{"id":"68f0ffffffffffffffffffff","identifier":"` + scopedID +
		`","scopes":[{"value":"a"}]}]`
	s := script(
		t, reply(200, otherAPI), reply(200, mine), reply(200, otherAPI), reply(200, `[]`),
		reply(200, `[]`),
	)
	scopes := client(t, s).ResourceServerScopes
	want := ResourceServerScope{scopedID, Scope{Value: "a"}}
	if got, err := scopes.Find(t.Context(), want); err != nil || got != want {
		t.Error(got, err)
	}
	if _, err := scopes.Find(t.Context(), want); !rest.IsNotFound(err) ||
		!strings.Contains(err.Error(), `it is the id of the API "urn:other"`) {
		t.Error(err)
	}
	byID := "GET /api/v2/resource-servers/" + scopedID
	if diff := cmp.Diff([]string{byID, find, byID, find, find}, s.Lines()); diff != "" {
		t.Error(diff)
	}
}

func TestScopes_identifierThatCannotBeInAPath(t *testing.T) {
	t.Parallel()
	s := script(t, reply(200, `[]`), reply(200, `[]`))
	if _, err := client(t, s).ResourceServerScopes.Find(
		t.Context(), ResourceServerScope{"..", Scope{Value: "a"}},
	); !rest.IsNotFound(err) {
		t.Error(err)
	}
	const find = "GET /api/v2/resource-servers?identifiers=.."
	if diff := cmp.Diff([]string{find, find}, s.Lines()); diff != "" {
		t.Error(diff)
	}
}

func TestParseResourceServerScopeID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][]string{
		"https://a::read:x":    {"https://a", "read:x"},
		"urn::a::read":         {"urn::a", "read", "urn", "a::read"},
		"a:::b":                {"a:", "b", "a", ":b"},
		"a::":                  nil,
		"::a":                  nil,
		"a:b":                  nil,
		"":                     nil,
		"https://a::read\nx::": {"https://a", "read\nx::"},
	} {
		var got []string
		for _, scope := range ParseResourceServerScopeID(id) {
			got = append(got, scope.Identifier, scope.Value)
			if scope.ID() != id {
				t.Errorf("%q became %q", id, scope.ID())
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", id, diff)
		}
	}
}

// By default the queue waits only a few milliseconds.
func TestScopes_gatherBriefly(t *testing.T) {
	t.Parallel()
	asked := 0
	gatherBriefly(func() int { asked++; return min(asked/2, 2) })
	if asked != 6 { // Two steps with changes, one without.
		t.Errorf("asked %d times, want 6", asked)
	}
	asked = 0
	gatherBriefly(func() int { asked++; return asked })
	if asked != 2*gatherSteps {
		t.Errorf("asked %d times, want %d", asked, 2*gatherSteps)
	}
}

// A stale answer must not make a write drop what an earlier run added.
func TestScopes_staleListIsNotWrittenBack(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 1, "z earlier")
	s.before = func(number int, w http.ResponseWriter, _ *http.Request) bool {
		if number == 1 {
			writeAPI(w, scopesOf("z"))
		}
		return number == 1
	}
	noErrors(t, s.all(t, "+a"))
	s.expect(t, "GET", "GET", "PATCH z earlier a", "GET")

	s = newScopedTenant(t, 1, "z earlier")
	s.listed = []string{"z", "z", "z", "z"}
	if errs := s.all(t, "+a"); errs[0] == nil ||
		!strings.Contains(errs[0].Error(), "two answers about the scopes of the API disagree") {
		t.Error(errs)
	}
	s.expect(t, "GET", "GET", "GET", "GET")
}

// Two answers that agree may both be old. Scopes that were seen before are not dropped because of
// them.
func TestScopes_seenScopeIsNotDropped(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 1, "z earlier")
	noErrors(t, s.all(t, "+a"))
	s.lists, s.listed = 0, []string{"z a"}
	s.before = func(number int, w http.ResponseWriter, _ *http.Request) bool {
		if number == 4 {
			writeAPI(w, scopesOf("z a"))
		}
		return number == 4
	}
	noErrors(t, s.all(t, "+b"))
	s.expect(t, "GET", "PATCH z earlier a", "GET", "GET", "GET", "PATCH z earlier a b", "GET")

	// A scope that stays away was removed by somebody else.
	s.put(`{"scopes":[{"value":"z"},{"value":"a"},{"value":"b"}]}`)
	noErrors(t, s.all(t, "+c"))
	if sent := s.sent(t)[7:]; !slices.Equal(
		sent, []string{"GET", "GET", "GET", "GET", "PATCH z a b c", "GET"},
	) {
		t.Error(sent)
	}
}

// A removal waits for the look: if Terraform forgot the scope, and the process were killed before a
// repair, nobody would know that it came back.
func TestScopes_removalsWaitForTheLook(t *testing.T) {
	t.Parallel()
	s := newScopedTenant(t, 3, "y z")
	var settled []string
	s.api.ResourceServerScopes.pause = func(context.Context, time.Duration) bool { return true }
	results := map[string]<-chan error{}
	s.before = func(number int, _ http.ResponseWriter, _ *http.Request) bool {
		if number == 3 {
			s.mu.Lock()
			waiting := maps.Clone(results)
			s.mu.Unlock()
			for change, result := range waiting {
				select {
				case err := <-result:
					if err != nil {
						t.Error(err)
					}
					settled = append(settled, change)
				case <-time.After(20 * time.Millisecond):
				}
			}
		}
		return false
	}
	for i, change := range []string{"-y", "-z", "+a"} {
		s.mu.Lock()
		results[change] = s.start(t.Context(), change)
		s.mu.Unlock()
		if i < 2 {
			waitFor(func() bool {
				return s.api.ResourceServerScopes.queue(scopedAPI).waiting() == i+1
			})
		}
	}
	for change, result := range results {
		if !slices.Contains(settled, change) {
			noErrors(t, []error{<-result})
		}
	}
	if len(settled) > 0 {
		t.Errorf("%v did not wait for the look", settled)
	}
}
