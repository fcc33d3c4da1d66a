// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// apiServer answers requests about the APIs api-0, api-1 and so on, which have the identifiers
// urn:0, urn:1 and so on.
func apiServer(t *testing.T, count int) *tenant {
	t.Helper()
	var mu sync.Mutex
	names := slices.Repeat([]string{"old"}, count)
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var found []string
		query := r.URL.Query()
		id, single := strings.CutPrefix(r.URL.Path, "/api/v2/resource-servers/")
		for i := range count {
			wanted := query["identifiers"]
			switch {
			case single && id != fmt.Sprint("api-", i):
			case len(wanted) > 0 && !slices.Contains(wanted, fmt.Sprint("urn:", i)):
			case names[i] == "":
			default:
				if r.Method == http.MethodPatch {
					names[i] = "changed"
				}
				found = append(found, fmt.Sprintf(
					`{"id":"api-%d","identifier":"urn:%d","name":%q}`, i, i, names[i],
				))
				if r.Method == http.MethodDelete {
					names[i] = ""
				}
			}
		}
		all := "[" + strings.Join(found, ",") + "]"
		switch {
		case r.Method == http.MethodDelete:
			w.WriteHeader(http.StatusNoContent)
		case single && len(found) == 0:
			reply(http.StatusNotFound, ordersMissing)(w, r)
		case single:
			reply(http.StatusOK, found[0])(w, r)
		case query.Has("include_totals"):
			reply(http.StatusOK, fmt.Sprintf(
				`{"resource_servers":%s,"start":0,"limit":100,"total":%d}`, all, len(found),
			))(w, r)
		default:
			reply(http.StatusOK, all)(w, r)
		}
	})
}

// readServers reads APIs by number at the same time, and returns their names.
func readServers(t *testing.T, r *Reads, numbers ...int) map[int]string {
	t.Helper()
	var (
		mu    sync.Mutex
		wait  sync.WaitGroup
		names = map[int]string{}
	)
	for _, i := range numbers {
		wait.Go(func() {
			server, err := r.ResourceServer(
				t.Context(), fmt.Sprint("api-", i), fmt.Sprint("urn:", i),
			)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case rest.IsNotFound(err):
				names[i] = "missing"
			case err != nil:
				t.Error(err)
			default:
				names[i] = *server.Name
			}
		})
	}
	wait.Wait()
	return names
}

func TestReads_showWritesOfThisClient(t *testing.T) {
	t.Parallel()
	s := apiServer(t, 5)
	c := client(t, s)
	for i := range 5 { // The third read reads the list.
		readServers(t, c.Reads, i)
	}
	if _, err := c.ResourceServers.Update(
		t.Context(), "api-1", ResourceServerProperties{Name: Set("changed")},
	); err != nil {
		t.Fatal(err)
	}
	if err := c.ResourceServers.Delete(t.Context(), "api-2"); err != nil {
		t.Fatal(err)
	}
	before := len(s.Lines())
	got := readServers(t, c.Reads, 0, 1, 2)
	if diff := cmp.Diff(map[int]string{0: "old", 1: "changed", 2: "missing"}, got); diff != "" {
		t.Error(diff)
	}
	// Only the tenant can say whether the deleted API is gone.
	if diff := cmp.Diff([]string{
		"GET /api/v2/resource-servers/api-2", "GET /api/v2/resource-servers?identifiers=urn%3A2",
	}, s.Lines()[before:]); diff != "" {
		t.Error(diff)
	}
}

// A write that ends in an error may have been made.
func TestReads_doubtFailedWrites(t *testing.T) {
	t.Parallel()
	s := apiServer(t, 5)
	c := client(t, s)
	for i := range 5 { // The third read reads the list.
		readServers(t, c.Reads, i)
	}
	if _, err := c.ResourceServers.Update(
		t.Context(), "api-9", ResourceServerProperties{},
	); err == nil {
		t.Fatal("the update of a missing API succeeded")
	}
	before := len(s.Lines())
	readServers(t, c.Reads, 0)
	if asked := s.Lines()[before:]; len(asked) > 0 {
		t.Errorf("asked %v for an API that was not written", asked)
	}
	c.Reads.batch.wroteServer("api-0", "", ResourceServer{}, errors.New("lost"))
	readServers(t, c.Reads, 0)
	if diff := cmp.Diff(
		[]string{"GET /api/v2/resource-servers/api-0"}, s.Lines()[before:],
	); diff != "" {
		t.Error(diff)
	}
}

func TestReads_askTwiceBeforeAnAPIIsMissing(t *testing.T) {
	t.Parallel()
	s := apiServer(t, 1)
	c := client(t, s)
	got := readServers(t, c.Reads, 7)
	if diff := cmp.Diff(map[int]string{7: "missing"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"GET /api/v2/resource-servers/api-7", "GET /api/v2/resource-servers?identifiers=urn%3A7",
	}, s.Lines()); diff != "" {
		t.Error(diff)
	}
}

// An answer about the organization may be wrong or late. The grant has its own list.
func TestReads_askTwiceBeforeAnAssociationIsMissing(t *testing.T) {
	t.Parallel()
	want := OrganizationClientGrant{"org_1", "cgr_1"}
	for name, tt := range map[string]struct {
		first, second http.HandlerFunc
		missing       bool
	}{
		"both": {
			reply(200, `{"client_grants":[]}`), reply(200, `{"organizations":[]}`), true,
		},
		"one list": {
			reply(200, `{"client_grants":[]}`), reply(200, `{"organizations":[{"id":"org_1"}]}`),
			false,
		},
		"one 404": {
			reply(404, `{"statusCode":404,"error":"Not Found","message":"no","errorCode":"inexistent_organization"}`),
			reply(200, `{"organizations":[{"id":"org_1"}]}`), false,
		},
	} {
		c := client(t, script(t, tt.first, tt.second), func(cfg *Config) {
			cfg.NoReadBatching = true
		})
		got, err := c.Reads.OrganizationClientGrant(t.Context(), want)
		switch {
		case tt.missing && !rest.IsNotFound(err):
			t.Errorf("%s: %v, %v", name, got, err)
		case !tt.missing && (err != nil || got != want):
			t.Errorf("%s: %v, %v, want the association", name, got, err)
		}
	}
}

// A read of the state that is asked together with a read by id believes one 404.
func TestReads_doNotBelieveTheAnswerToAnotherQuestion(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	tenant := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch id, single := strings.CutPrefix(r.URL.Path, "/api/v2/resource-servers/"); {
		case single && id == "api-0":
			once.Do(func() { close(arrived) })
			<-release
			reply(http.StatusOK, `{"id":"api-0","identifier":"urn:0"}`)(w, r)
		case single: // A lie.
			reply(http.StatusNotFound, ordersMissing)(w, r)
		default:
			reply(http.StatusOK, `[{"id":"api-1","identifier":"urn:1"}]`)(w, r)
		}
	})
	c := client(t, tenant)
	var wait sync.WaitGroup
	wait.Go(func() { _, _ = c.Reads.ResourceServer(t.Context(), "api-0", "urn:0") })
	<-arrived
	wait.Go(func() { _, _ = c.FreshReads.ResourceServerByID(t.Context(), "api-1") })
	time.Sleep(50 * time.Millisecond)
	wait.Go(func() {
		got, err := c.Reads.ResourceServer(t.Context(), "api-1", "urn:1")
		if err != nil || got.ID != "api-1" {
			t.Errorf("%+v, %v (not found: %v), want the API", got, err, rest.IsNotFound(err))
		}
	})
	time.Sleep(50 * time.Millisecond)
	close(release)
	wait.Wait()
}

func TestReads_showDeletedAssociations(t *testing.T) {
	gone := false
	tenant := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodDelete:
			gone = true
			w.WriteHeader(http.StatusNoContent)
		case strings.HasSuffix(r.URL.Path, "/organizations"):
			reply(http.StatusOK, `{"organizations":[]}`)(w, r)
		case gone:
			reply(http.StatusOK, `{"client_grants":[],"total":0}`)(w, r)
		default:
			reply(http.StatusOK, `{"client_grants":[{"id":"cgr_1"}],"total":1}`)(w, r)
		}
	})
	c := client(t, tenant)
	want := OrganizationClientGrant{"org_1", "cgr_1"}
	if _, err := c.Reads.OrganizationClientGrant(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if err := c.OrganizationClientGrants.Delete(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Reads.OrganizationClientGrant(t.Context(), want); !rest.IsNotFound(err) {
		t.Errorf("%+v, %v, want that it is missing", got, err)
	}
}

// Half a minute after the first page, a grant of that page is deleted and another one is created.
func TestReads_listsThatShiftBetweenTheirPages(t *testing.T) {
	for _, off := range []bool{true, false} {
		var mu sync.Mutex
		var ids []int
		for i := range 450 {
			ids = append(ids, i)
		}
		now := time.Now()
		grant := func(i int) string {
			return fmt.Sprintf(
				`{"id":"cgr_%d","client_id":"c%d","audience":"urn:a%d","scope":[]}`,
				i,
				i,
				i,
			)
		}
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			query := r.URL.Query()
			var i, page int
			if id, single := strings.CutPrefix(r.URL.Path, "/api/v2/client-grants/cgr_"); single {
				_, _ = fmt.Sscan(id, &i)
				reply(http.StatusOK, grant(i))(w, r)
				return
			}
			var all []string
			if audience := query.Get("audience"); audience != "" {
				_, _ = fmt.Sscanf(audience, "urn:a%d", &i)
				reply(http.StatusOK, `{"client_grants":[`+grant(i)+`]}`)(w, r)
				return
			}
			_, _ = fmt.Sscan(query.Get("page"), &page)
			for _, i := range ids[page*100 : min(page*100+100, len(ids))] {
				all = append(all, grant(i))
			}
			reply(
				http.StatusOK,
				fmt.Sprintf(`{"client_grants":[%s],"start":%d,"limit":100,"total":%d}`,
					strings.Join(all, ","), page*100, len(ids)),
			)(
				w,
				r,
			)
		})
		c := client(t, s, func(cfg *Config) {
			cfg.NoReadBatching, cfg.Now = off, func() time.Time { return now }
		})
		read := func(i int) {
			_, err := c.Reads.ClientGrant(t.Context(), fmt.Sprint("cgr_", i), ClientGrantKey{
				ClientID: fmt.Sprint("c", i), Audience: fmt.Sprint("urn:a", i),
			})
			if err != nil {
				t.Error(err)
			}
		}
		for i := 110; i < 113; i++ {
			read(i)
		}
		mu.Lock()
		ids = append(ids[1:], 450)
		now = now.Add(29 * time.Second)
		mu.Unlock()
		for i := 120; i < 125; i++ {
			read(i)
		}
		got, err := c.Reads.ClientGrants(t.Context(), ClientGrantFilter{Audience: "urn:a100"})
		if err != nil || len(got) != 1 {
			t.Errorf(
				"off=%v: %d grants, %v, want 1 grant\n%s",
				off,
				len(got),
				err,
				strings.Join(s.Lines(), "\n"),
			)
		}
	}
}
