// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// since are the requests after one with a number, and the number of the last.
func (n *tenant) since(number uint64) ([]testserver.Request, uint64) {
	var out []testserver.Request
	for _, r := range n.Server.Requests() {
		if r.Number > number {
			out, number = append(out, r), r.Number
		}
	}
	return out, number
}

// Requests are those since the step began, or since they were forgotten.
func (n *tenant) Requests() []testserver.Request {
	requests, _ := n.since(n.forgotten)
	return requests
}

// ForgetRequests lets Requests begin anew. What was written must be expected by
// sent all the same.
func (n *tenant) ForgetRequests() { _, n.forgotten = n.since(n.forgotten) }

// management are the requests to the Management API, in the words of name, and
// forgets them.
func (n *tenant) management(name func(r testserver.Request) string) []string {
	var out []string
	for _, r := range n.Requests() {
		if strings.HasPrefix(r.Path, "/api/v2/") {
			out = append(out, strings.Replace(name(r), "/api/v2/", "", 1))
		}
	}
	n.ForgetRequests()
	return out
}

// routes are the requests since the last check: "GET client-grants/{id}".
func (n *tenant) routes() []string {
	return n.management(func(r testserver.Request) string { return r.Route })
}

// calls are the requests since the last check, with paths and queries as people
// read them: "GET client-grants?client_id=…".
func (n *tenant) calls() []string {
	return n.management(func(r testserver.Request) string {
		query, _ := url.QueryUnescape(r.RawQuery)
		return strings.TrimSuffix(r.Method+" "+r.Path+"?"+query, "?")
	})
}

func requestsDiffer(want, got []string) error {
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		return fmt.Errorf("requests (-want +got):\n%s", diff)
	}
	return nil
}

// requested expects these routes and no others. A step plans, which reads what is in
// the state once, and applies.
func (n *tenant) requested(want ...string) checkFunc {
	return func() error { return requestsDiffer(want, n.routes()) }
}

// asked expects these calls and no others.
func (n *tenant) asked(want ...string) checkFunc {
	return func() error { return requestsDiffer(want, n.calls()) }
}

// lookedUp expects these calls with a query, which are what plans cost beside the
// reads of what is managed.
func (n *tenant) lookedUp(want ...string) checkFunc {
	return func() error {
		got := slices.DeleteFunc(n.calls(), func(call string) bool { return !strings.Contains(call, "?") })
		return requestsDiffer(want, got)
	}
}

// read expects these calls each time that Terraform read the data source, and no
// others.
func (n *tenant) read(want ...string) checkFunc {
	return func() error {
		got, times := n.calls(), 1
		if len(want) > 0 {
			times = max(1, len(got)/len(want))
		}
		return requestsDiffer(slices.Repeat(want, times), got)
	}
}

// readTimes is read for pages whose queries nobody can foresee: this many calls with
// the prefix each time.
func (n *tenant) readTimes(pages int, prefix string) checkFunc {
	return func() error {
		got := n.calls()
		firsts := 0
		for i, call := range got {
			from := strings.Contains(call, "from=")
			if !from {
				firsts++
			}
			if !strings.HasPrefix(call, prefix) || from == (i%pages == 0) {
				return fmt.Errorf("request %d was not expected: %v", i+1, got)
			}
		}
		if firsts == 0 || len(got) != firsts*pages {
			return fmt.Errorf("%d requests for %d reads of %d pages", len(got), firsts, pages)
		}
		return nil
	}
}

// tokenRequests are the requests for a token among others, by one of the clients if
// any is named.
func tokenRequests(requests []testserver.Request, clients ...string) []testserver.Request {
	return slices.DeleteFunc(slices.Clone(requests), func(r testserver.Request) bool {
		return r.Route != "POST /oauth/token" || len(clients) > 0 && !slices.Contains(clients, r.ClientID)
	})
}

// tokens expects that many requests for a token in a step.
func (n *tenant) tokens(want int) checkFunc {
	return func() error {
		if got := len(tokenRequests(n.Requests())); got != want {
			return fmt.Errorf("%d tokens were asked for, want %d", got, want)
		}
		return nil
	}
}
