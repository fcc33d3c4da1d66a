// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// apisJSON are the bodies of APIs, numbered from first.
func apisJSON(first, count int) string {
	items := make([]string, count)
	for i := range items {
		items[i] = fmt.Sprintf(
			`{"id":"68f0a1b2c3d4e5f6%08d","identifier":"urn:api:%d"}`, first+i, first+i,
		)
	}
	return "[" + strings.Join(items, ",") + "]"
}

func offsetPage(total, start, limit, count int) http.HandlerFunc {
	return reply(200, fmt.Sprintf(
		`{"total":%d,"start":%d,"limit":%d,"resource_servers":%s}`, total, start, limit,
		apisJSON(start, count),
	))
}

// grantsJSON are the bodies of grants, numbered from first.
func grantsJSON(first, count int) string {
	items := make([]string, count)
	for i := range items {
		items[i] = fmt.Sprintf(
			`{"id":"cgr_%016d","client_id":"c","audience":"urn:api:%d","scope":[],"subject_type":"client"}`,
			first+i,
			first+i,
		)
	}
	return "[" + strings.Join(items, ",") + "]"
}

func checkpointPage(next string, first, count int) http.HandlerFunc {
	mark := ""
	if next != "" {
		mark = fmt.Sprintf(`,"next":%q`, next)
	}
	return reply(200, fmt.Sprintf(`{"client_grants":%s%s}`, grantsJSON(first, count), mark))
}

// apiTargets are the requests for the first n pages by offset.
func apiTargets(n int) []string {
	targets := make([]string, n)
	for i := range targets {
		targets[i] = fmt.Sprintf(
			"GET /api/v2/resource-servers?include_totals=true&page=%d&per_page=100", i,
		)
	}
	return targets
}

func TestList_byOffsetReadsToTheEnd(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answers []http.HandlerFunc
		want    int
	}{
		"nothing":              {[]http.HandlerFunc{offsetPage(0, 0, 100, 0)}, 0},
		"one":                  {[]http.HandlerFunc{offsetPage(1, 0, 100, 1)}, 1},
		"one less than a page": {[]http.HandlerFunc{offsetPage(99, 0, 100, 99)}, 99},
		"exactly a page": {
			[]http.HandlerFunc{offsetPage(100, 0, 100, 100), offsetPage(100, 100, 100, 0)}, 100,
		},
		"a page and one": {
			[]http.HandlerFunc{offsetPage(101, 0, 100, 100), offsetPage(101, 100, 100, 1)}, 101,
		},
		"total of the page alone": {
			[]http.HandlerFunc{offsetPage(100, 0, 100, 100), offsetPage(30, 100, 100, 30)}, 130,
		},
		"pages of fifty": {
			[]http.HandlerFunc{
				offsetPage(50, 0, 50, 50), offsetPage(50, 50, 50, 50), offsetPage(20, 100, 50, 20),
			},
			120,
		},
		"short page in between": {
			[]http.HandlerFunc{offsetPage(120, 0, 100, 90), offsetPage(120, 90, 100, 30)}, 120,
		},
		"no total and no limit": {
			[]http.HandlerFunc{reply(200, `{"resource_servers":`+apisJSON(0, 3)+`}`)}, 3,
		},
		"a nonsensical limit": {
			[]http.HandlerFunc{offsetPage(100, 0, 1000, 100), offsetPage(100, 100, 1000, 5)}, 105,
		},
		"page lost and limited": {[]http.HandlerFunc{
			offsetPage(102, 0, 100, 100), reset, reply(429, tooMany, "Retry-After", "0"),
			offsetPage(102, 100, 100, 2),
		}, 102},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := script(t, tc.answers...)
			got, err := client(t, s).ResourceServers.List(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != tc.want {
				t.Fatalf("%d APIs, want %d", len(got), tc.want)
			}
			for i, server := range got {
				if server.Identifier != fmt.Sprintf("urn:api:%d", i) {
					t.Fatalf("API %d is %q", i, server.Identifier)
				}
			}
			if targets := slices.Compact(s.Lines()); !slices.Equal(
				targets, apiTargets(len(targets)),
			) {
				t.Errorf("requests: %v", targets)
			}
			if len(s.Lines()) != len(tc.answers) {
				t.Errorf("%d requests, want %d", len(s.Lines()), len(tc.answers))
			}
		})
	}
}

func TestList_requestsTenIdentifiersAtATime(t *testing.T) {
	t.Parallel()
	const query = "GET /api/v2/resource-servers?%s&include_totals=true&page=0&per_page=100"
	for _, count := range []int{0, 1, 10, 11, 25} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			t.Parallel()
			var (
				identifiers = []string{}
				wanted      []string
			)
			for i := range count {
				identifiers = append(identifiers, fmt.Sprintf("urn:api:%d", i))
			}
			for some := range slices.Chunk(identifiers, 10) {
				wanted = append(wanted, fmt.Sprintf(query, "identifiers="+strings.ReplaceAll(
					strings.Join(some, "&identifiers="), ":", "%3A",
				)))
			}
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				var found []string
				for _, identifier := range r.URL.Query()["identifiers"] {
					if identifier != "urn:api:3" { // No such API exists.
						found = append(found, fmt.Sprintf(
							`{"id":"id of %s","identifier":%q}`, identifier, identifier,
						))
					}
				}
				found = append(found, `{"id":"uncalled for","identifier":"urn:other"}`)
				reply(200, fmt.Sprintf(
					`{"total":%d,"start":0,"limit":100,"resource_servers":[%s]}`, len(found),
					strings.Join(found, ","),
				))(w, r)
			})
			got, err := client(t, s).ResourceServers.List(t.Context(), identifiers)
			if err != nil {
				t.Fatal(err)
			}
			names := []string{}
			for _, server := range got {
				names = append(names, server.Identifier)
			}
			want := slices.DeleteFunc(identifiers, func(identifier string) bool {
				return identifier == "urn:api:3"
			})
			if diff := cmp.Diff(want, names); diff != "" {
				t.Errorf("APIs (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(wanted, s.Lines()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestList_byCheckpointReadsToTheEnd(t *testing.T) {
	t.Parallel()
	const first = "GET /api/v2/client-grants?take=100"
	for name, tc := range map[string]struct {
		answers []http.HandlerFunc
		want    int
		sent    []string
	}{
		"nothing": {[]http.HandlerFunc{checkpointPage("", 0, 0)}, 0, []string{first}},
		"one":     {[]http.HandlerFunc{checkpointPage("", 0, 1)}, 1, []string{first}},
		"exactly a page": {
			[]http.HandlerFunc{checkpointPage("", 0, 100)}, 100, []string{first},
		},
		"next is null": {
			[]http.HandlerFunc{reply(200, `{"client_grants":`+grantsJSON(0, 2)+`,"next":null}`)},
			2,
			[]string{first},
		},
		"a page and one": {
			[]http.HandlerFunc{checkpointPage("a/b", 0, 100), checkpointPage("", 100, 1)},
			101,
			[]string{first, "GET /api/v2/client-grants?from=a%2Fb&take=100"},
		},
		"an empty last page": {
			[]http.HandlerFunc{checkpointPage("x", 0, 100), checkpointPage("", 0, 0)},
			100,
			[]string{first, "GET /api/v2/client-grants?from=x&take=100"},
		},
		"small and empty pages": {
			[]http.HandlerFunc{
				checkpointPage("x", 0, 1), checkpointPage("y", 0, 0), checkpointPage("", 1, 2),
			},
			3,
			[]string{
				first, "GET /api/v2/client-grants?from=x&take=100",
				"GET /api/v2/client-grants?from=y&take=100",
			},
		},
		"a grant on two pages": {
			[]http.HandlerFunc{checkpointPage("x", 0, 3), checkpointPage("", 2, 2)},
			4,
			[]string{first, "GET /api/v2/client-grants?from=x&take=100"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := script(t, tc.answers...)
			got, err := client(t, s).ClientGrants.List(t.Context(), ClientGrantFilter{})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != tc.want {
				t.Fatalf("%d grants, want %d", len(got), tc.want)
			}
			for i, grant := range got {
				if grant.Audience != fmt.Sprintf("urn:api:%d", i) {
					t.Fatalf("grant %d is for %q", i, grant.Audience)
				}
			}
			if diff := cmp.Diff(tc.sent, s.Lines()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// A list that contradicts its own total is read again, because something may have changed it
// meanwhile.
func TestList_contradictoryTotalIsReadAgain(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answers []http.HandlerFunc
		want    int    // APIs.
		err     string // Empty for a list.
	}{
		"nothing of very many": {
			[]http.HandlerFunc{
				offsetPage(99_999_999, 0, 100, 0), offsetPage(99_999_999, 0, 100, 0),
				offsetPage(99_999_999, 0, 100, 0),
			}, 0, "the list has 0 objects, but its total is 99999999",
		},
		"an empty page": {
			[]http.HandlerFunc{
				offsetPage(102, 0, 100, 100), offsetPage(102, 100, 100, 0),
				offsetPage(102, 0, 100, 100), offsetPage(102, 100, 100, 0),
				offsetPage(102, 0, 100, 100), offsetPage(102, 100, 100, 0),
			}, 0, "the list has 100 objects, but its total is 102",
		},
		"an empty page once": {
			[]http.HandlerFunc{
				offsetPage(102, 0, 100, 100), offsetPage(102, 100, 100, 0),
				offsetPage(102, 0, 100, 100), offsetPage(102, 100, 100, 2),
			}, 102, "",
		},
		"a total that jumps": {
			[]http.HandlerFunc{
				offsetPage(100, 0, 100, 100), offsetPage(5000, 100, 100, 0),
				offsetPage(100, 0, 100, 100), offsetPage(5000, 100, 100, 0),
				offsetPage(100, 0, 100, 100), offsetPage(5000, 100, 100, 0),
			}, 0, "the list has 100 objects, but its total is 5000",
		},
		"deleted while it is read": {
			[]http.HandlerFunc{offsetPage(102, 0, 100, 100), offsetPage(100, 100, 100, 0)}, 100, "",
		},
		"many deleted while it is read": {
			[]http.HandlerFunc{offsetPage(500, 0, 100, 100), offsetPage(90, 100, 100, 0)}, 100, "",
		},
		"created on a page that was read": {
			[]http.HandlerFunc{
				offsetPage(150, 0, 100, 100), offsetPage(152, 100, 100, 50),
				offsetPage(152, 200, 100, 0),
			}, 150, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := script(t, tc.answers...)
			got, err := client(t, s).ResourceServers.List(t.Context(), nil)
			if len(s.Lines()) != len(tc.answers) {
				t.Errorf("%d requests, want %d", len(s.Lines()), len(tc.answers))
			}
			if tc.err != "" {
				if got != nil || err == nil || err.Error() !=
					"list resource servers: GET /api/v2/resource-servers: 200 OK: "+tc.err {
					t.Errorf("%d APIs, %v", len(got), err)
				}
				return
			}
			if err != nil || len(got) != tc.want {
				t.Errorf("%d APIs, %v; want %d", len(got), err, tc.want)
			}
		})
	}
}

// The total of a list by identifiers may count all APIs.
func TestList_totalOfSomeIdentifiersIsIgnored(t *testing.T) {
	t.Parallel()
	s := script(t, offsetPage(500, 0, 100, 1), offsetPage(500, 100, 100, 0))
	got, err := client(t, s).ResourceServers.List(t.Context(), []string{"urn:api:0", "urn:gone"})
	if err != nil || len(got) != 1 || len(s.Lines()) != 2 {
		t.Errorf("%d APIs, %v after %q", len(got), err, s.Lines())
	}
}

func TestList_hasNoMoreItemsThanAskedFor(t *testing.T) {
	t.Parallel()
	s := script(t, offsetPage(101, 0, 100, 101))
	_, err := client(t, s).ResourceServers.List(t.Context(), nil)
	const want = "list resource servers: GET /api/v2/resource-servers: 200 OK: the answer has " +
		"more than the 100 items that were asked for"
	if err == nil || err.Error() != want || len(s.Lines()) != 1 {
		t.Errorf("%v after %q", err, s.Lines())
	}
}

// Such a server would keep a client busy forever.
func TestList_endlessListIsAnError(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer func(n int64) http.HandlerFunc
		sent   int
	}{
		"the same mark again": {
			func(int64) http.HandlerFunc { return checkpointPage("x", 0, 2) }, 2,
		},
		"ever new marks with nothing": {
			func(n int64) http.HandlerFunc { return checkpointPage(fmt.Sprint(n), 0, 0) },
			maxEmptyPages + 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int64
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				tc.answer(sent.Add(1))(w, r)
			})
			got, err := client(t, s).ClientGrants.List(t.Context(), ClientGrantFilter{})
			want := fmt.Sprintf(
				"list client grants: GET /api/v2/client-grants: 200 OK: the list does not end (%d "+
					"pages were read)",
				tc.sent,
			)
			if got != nil || err == nil || err.Error() != want {
				t.Errorf("%d grants, %v", len(got), err)
			}
			if n := len(s.Lines()); n != tc.sent {
				t.Errorf("%d requests, want %d", n, tc.sent)
			}
		})
	}
}

// Each list fails on its second page.
func TestList_isAllOrNothing(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"refused": {
			reply(
				403,
				`{"statusCode":403,"error":"Forbidden","message":"no","errorCode":"insufficient_scope"}`,
			),
			"no (insufficient_scope)",
		},
		"no list":      {reply(200, `{}`), "the answer contains no object"},
		"list is null": {reply(200, `{"client_grants":null}`), "the answer contains no object"},
		"no id": {
			reply(200, `{"client_grants":[{"audience":"urn:a"}]}`), "the answer contains no object",
		},
		"a bare array": {reply(200, `[]`), "the answer does not have the expected form"},
		"another shape": {
			reply(200, `{"client_grants":{}}`), "the answer does not have the expected form",
		},
		"too many items": {
			reply(200, `{"client_grants":`+grantsJSON(0, 101)+`}`),
			"the answer has more than the 100 items that were asked for",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := script(t, checkpointPage("x", 0, 2), tc.answer)
			got, err := client(t, s).ClientGrants.List(t.Context(), ClientGrantFilter{})
			if got != nil || err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%d grants, %v; want %q", len(got), err, tc.want)
			}
		})
	}
}

func TestList_missingPageIsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			if sent++; sent == 1 {
				return answer(req, checkpointPage("x", 0, 2))
			}
			return answer(req, reply(
				503, `{"statusCode":503,"error":"Service Unavailable","message":"down"}`,
			))
		})
		got, err := c.ClientGrants.List(t.Context(), ClientGrantFilter{})
		var down *rest.Error
		if got != nil || !errors.As(err, &down) || down.Status != 503 ||
			down.Attempts <= rest.MaxFailures || sent != 1+down.Attempts {
			t.Errorf("%d grants, %v after %d requests", len(got), err, sent)
		}
	})
}
