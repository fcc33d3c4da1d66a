// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func newAwkwardTenant(t *testing.T, seed uint64) *servertest.Tenant {
	t.Helper()
	return servertest.NewWith(t, testserver.Config{Awkward: &seed})
}

func decodeJSON[T any](t *testing.T, body string) T {
	t.Helper()
	var out T
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return out
}

func TestAwkward_writesAreVisibleLater(t *testing.T) {
	t.Parallel()
	x := newAwkwardTenant(t, 1)
	for range 20 {
		// The seeded tenant is old.
		x.Must("GET", "/resource-servers/"+url.PathEscape(sampleURL), "")
	}
	x.Must("POST", "/resource-servers", `{"identifier":"urn:a","name":"old"}`)
	if got := x.API("GET", "/resource-servers/urn:a", ""); got.Status != 404 && got.Status != 200 {
		t.Errorf("status %d", got.Status)
	}
	x.Clock().Advance(250 * time.Millisecond)
	for range 20 {
		x.Must("GET", "/resource-servers/urn:a", "")
	}
	stale := 0
	for before, i := "old", 0; i < 20; i++ {
		after := fmt.Sprint("new ", i)
		x.Must("PATCH", "/resource-servers/urn:a", `{"name":"`+after+`"}`)
		switch got := x.Must("GET", "/resource-servers/urn:a", "").Field(t, "name"); got {
		case before:
			stale++
		case after:
		default:
			t.Errorf("name %q between %q and %q", got, before, after)
		}
		x.Clock().Advance(250 * time.Millisecond)
		if got := x.Must("GET", "/resource-servers/urn:a", "").Field(t, "name"); got != after {
			t.Errorf("after the longest lag the name is %q, not %q", got, after)
		}
		before = after
	}
	if stale == 0 {
		t.Error("no read lagged")
	}
}

func TestAwkward_clockSetBackHidesNothing(t *testing.T) {
	t.Parallel()
	x := newAwkwardTenant(t, 1)
	x.Clock().Advance(time.Hour)
	x.Must("POST", "/resource-servers", `{"identifier":"urn:a"}`)
	x.Clock().Advance(-time.Hour)
	x.Must("GET", "/resource-servers/urn:a", "")
}

func TestAwkward_answersHaveSameContentInAnotherForm(t *testing.T) {
	t.Parallel()
	x := newAwkwardTenant(t, 1)
	type api struct {
		Identifier string
		Scopes     []struct{ Value string }
		Extra      string `json:"unheard_of"`
	}
	_, plain := x.Dashboard("GET", "/api/v2/resource-servers?per_page=1", "")
	var defined []string
	for _, scope := range decodeJSON[[]api](t, string(plain))[0].Scopes {
		defined = append(defined, scope.Value)
	}
	slices.Sort(defined)
	var orders []string
	extras := 0
	for range 20 {
		got := decodeJSON[struct {
			Total, Start, Limit int
			Items               []api `json:"resource_servers"`
		}](t, x.Must("GET", "/resource-servers?per_page=2&include_totals=true", "").Body)
		if got.Total != 2 || got.Limit != 2 || len(got.Items) != 2 {
			t.Fatalf("got %+v", got)
		}
		var values []string
		for _, scope := range got.Items[0].Scopes {
			values = append(values, scope.Value)
		}
		orders = append(orders, strings.Join(values, " "))
		slices.Sort(values)
		if diff := cmp.Diff(defined, values); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		for _, item := range got.Items {
			if item.Extra != "" {
				extras++
			}
		}
	}
	slices.Sort(orders)
	if different := len(slices.Compact(orders)); different < 15 {
		t.Errorf("%d orders in 20 answers", different)
	}
	if extras < 8 || extras > 32 {
		t.Errorf("%d of 40 objects had an extra field", extras)
	}
}

func TestAwkward_refusalsAndTokensDoNotChange(t *testing.T) {
	t.Parallel()
	x := newAwkwardTenant(t, 1)
	x.SampleGrant(`,"scope":["read:orders","write:orders"]`)
	for range 10 {
		x.API("GET", "/client-grants/cgr_a", "").Want(t, 404,
			`{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`)
		got := decodeJSON[map[string]any](t, x.AskToken("audience="+sampleURL).Body)
		if delete(got, "access_token"); !cmp.Equal(got, map[string]any{
			"scope": "read:orders write:orders", "expires_in": 86400.0, "token_type": "Bearer",
		}) {
			t.Errorf("got %v", got)
		}
	}
	if got := x.Must("DELETE", "/resource-servers/urn:none", ""); got.Body != "" {
		t.Errorf("a body: %s", got.Body)
	}
}

func TestAwkward_smallPagesAreComplete(t *testing.T) {
	t.Parallel()
	x := newAwkwardTenant(t, 1)
	var identifiers []string
	for i := range 30 {
		identifiers = append(identifiers, fmt.Sprint("urn:", i))
		x.Must("POST", "/resource-servers", `{"identifier":"`+identifiers[i]+`"}`)
		x.Must(
			"POST", "/client-grants",
			`{"client_id":"`+testserver.MachineClientID+`","audience":"`+identifiers[i]+`"}`,
		)
	}
	x.Clock().Advance(time.Second)
	const list = "/client-grants?client_id=" + testserver.MachineClientID
	type grants []struct{ Audience string }
	var found []string
	for from := ""; ; {
		got := decodeJSON[struct {
			Next  string
			Items grants `json:"client_grants"`
		}](t, x.Must("GET", list+"&take=20&from="+from, "").Body)
		if len(got.Items) == 0 || len(got.Items) > 10 {
			t.Fatalf("a page of %d", len(got.Items))
		}
		for _, grant := range got.Items {
			found = append(found, grant.Audience)
		}
		if from = got.Next; from == "" {
			break
		}
	}
	if diff := cmp.Diff(identifiers, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for query, count := range map[string]int{
		"": 30, "&per_page=25": 25, "&page=0": 30, "&per_page=25&page=1": 5,
	} {
		if got := decodeJSON[grants](t, x.Must("GET", list+query, "").Body); len(got) != count {
			t.Errorf("%s: %d items, want %d", query, len(got), count)
		}
	}
}

func TestAwkward_actsAreSeededAndLogged(t *testing.T) {
	t.Parallel()
	var logs []string
	for _, seed := range []uint64{5, 5, 6} {
		var log bytes.Buffer
		server, err := testserver.Listen(testserver.Config{
			SigningKeys: servertest.SigningKeys()[:2], Awkward: &seed,
			Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		x := &servertest.Tenant{
			Server: server,
			T:      t,
			Client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
		}
		for range 10 {
			x.Must("GET", "/client-grants?take=20", "")
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		logs = append(logs, strings.Join(
			regexp.MustCompile(`awkward=".*"`).FindAllString(log.String(), -1), "\n",
		))
	}
	if logs[0] != logs[1] || logs[0] == logs[2] {
		t.Errorf("three logs:\n%s", strings.Join(logs, "\n\n"))
	}
	if !regexp.MustCompile(
		`^awkward="reads lag \d+ms, page of \d+, scopes reordered(, extra field)?"`,
	).MatchString(logs[0]) {
		t.Errorf("the log:\n%s", logs[0])
	}
}
