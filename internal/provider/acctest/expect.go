// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// Expect checks requests, as a check of a step or a query. A test that does not run steps calls
// Now.
//
// An expected request is a method, a path below /api/v2/ and the query, if any. A write is followed
// by its body. The path can be the route or the requested path. An ellipsis stands for any text:
//
//	GET resource-servers/{id}
//	GET client-grants?…take=100
//	PATCH client-grants/{id} {"scope":["read:orders"]}
func (n *Tenant) Expect(want ...Expected) Check { return Check{n, want} }

// Expected are all requests of one kind that a test expects.
type Expected struct {
	kind                                kind
	want                                []string
	inAnyOrder, withoutBodies, eachTime bool
	ignored                             string
}

// Writes expects these writes to the Management API since the last check of writes.
func Writes(want ...string) Expected { return Expected{kind: writes, want: want} }

// Requests expects these requests to the Management API, without bodies, since the last check of
// requests or the beginning of the step.
func Requests(want ...string) Expected {
	return Expected{kind: requests, want: want, withoutBodies: true}
}

// Reads is like Requests, but for a data source, which Terraform may read several times in a step.
// Each read must send these requests.
func Reads(want ...string) Expected {
	e := Requests(want...)
	e.eachTime = true
	return e
}

// Lookups is like Requests, but only for requests with a query. A plan sends them in addition to
// the reads of the objects in the state. It does not count the look-ups of clients, one for each.
func Lookups(want ...string) Expected {
	return Expected{kind: lookups, want: want, withoutBodies: true}.Ignoring("GET clients")
}

// Tokens expects this number of token requests in a step.
func Tokens(count int) Expected {
	want := slices.Repeat([]string{"POST /oauth/token"}, count)
	return Expected{kind: tokens, want: want, withoutBodies: true}
}

// InAnyOrder accepts requests that Terraform sends in parallel.
func (e Expected) InAnyOrder() Expected {
	e.inAnyOrder = true
	return e
}

// WithoutBodies compares method, path and query only.
func (e Expected) WithoutBodies() Expected {
	e.withoutBodies = true
	return e
}

// Ignoring leaves out requests whose method and path below /api/v2/ begin with a text.
func (e Expected) Ignoring(beginning string) Expected {
	e.ignored = beginning
	return e
}

type kind string

const (
	writes   kind = "writes"
	requests kind = "requests"
	lookups  kind = "requests with a query"
	tokens   kind = "requests for a token"
)

func (k kind) includes(r testserver.Request) bool {
	switch k {
	case tokens:
		return len(TokenRequests([]testserver.Request{r})) > 0
	case lookups:
		return isManagement(r) && r.RawQuery != ""
	default:
		return isManagement(r)
	}
}

// diff compares the expected requests with the sent requests.
func (e Expected) diff(sent []testserver.Request) string {
	var want, got []string
	for _, request := range e.want {
		parts := strings.SplitN(request, " ", 3)
		parts[len(parts)-1] = text.Canonical(parts[len(parts)-1])
		want = append(want, strings.Join(parts, " "))
	}
	for _, r := range sent {
		if e.kind.includes(r) && !e.ignores(r) {
			got = append(got, e.describe(r, want))
		}
	}
	if e.eachTime && len(want) > 0 {
		want = slices.Repeat(want, max(1, len(got)/len(want)))
	}
	if e.inAnyOrder {
		slices.Sort(want)
		slices.Sort(got)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		return fmt.Sprintf("%s (-want +got):\n%s", e.kind, diff)
	}
	return ""
}

func (e Expected) ignores(r testserver.Request) bool {
	sent := r.Method + " " + strings.TrimPrefix(r.Path, managementPath)
	return e.ignored != "" && strings.HasPrefix(sent, e.ignored)
}

// describe returns the expected request that matches r, or r itself.
func (e Expected) describe(r testserver.Request, want []string) string {
	rest := ""
	if r.RawQuery != "" {
		query, _ := url.QueryUnescape(r.RawQuery)
		rest = "?" + query
	}
	if !e.withoutBodies && len(r.Body) > 0 {
		rest += " " + text.Canonical(string(r.Body))
	}
	route := strings.Replace(r.Route, managementPath, "", 1) + rest
	path := r.Method + " " + strings.TrimPrefix(r.Path, managementPath) + rest
	for _, w := range want {
		if matches(w, route) || matches(w, path) {
			return w
		}
	}
	if e.kind == writes {
		return route
	}
	return path
}

func matches(want, got string) bool {
	before, after, open := strings.Cut(want, "…")
	if !open {
		return want == got
	}
	return len(got) >= len(before)+len(after) && strings.HasPrefix(got, before) &&
		strings.HasSuffix(got, after)
}

// Check is the check that Expect returns.
type Check struct {
	tenant *Tenant
	want   []Expected
}

func (c Check) diff() string {
	var diffs strings.Builder
	all, consumed := c.tenant.Requests(), false
	for _, e := range c.want {
		if e.kind == writes {
			diffs.WriteString(e.diff(c.tenant.Writes()))
			continue
		}
		diffs.WriteString(e.diff(all))
		consumed = consumed || e.kind != tokens
	}
	if consumed {
		c.tenant.ForgetRequests()
	}
	return diffs.String()
}

// Now runs the check in a test that calls the provider or a CLI directly.
func (c Check) Now() {
	c.tenant.T.Helper()
	if diff := c.diff(); diff != "" {
		c.tenant.T.Error(diff)
	}
}

// Stateless says that the check looks at requests only.
func (Check) Stateless() {}

// CheckState runs the check after a step.
func (c Check) CheckState(
	_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	resp.Error = errorIf(c.diff())
}

// CheckQuery runs the check after a query.
func (c Check) CheckQuery(
	_ context.Context, _ querycheck.CheckQueryRequest, resp *querycheck.CheckQueryResponse,
) {
	resp.Error = errorIf(c.diff())
}
