// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// reading is a data source with the given arguments.
func reading(typeName string, arguments ...string) string {
	return fmt.Sprintf("data %q \"it\" {\n  %s\n}\n", typeName, strings.Join(arguments, "\n  "))
}

// at checks one value of a data source. A step is the name of an attribute or the
// index of an item.
func at(address string, check knownvalue.Check, attribute string, steps ...any) statecheck.StateCheck {
	where := tfjsonpath.New(attribute)
	for _, step := range steps {
		if index, ok := step.(int); ok {
			where = where.AtSliceIndex(index)
		} else {
			where = where.AtMapKey(fmt.Sprint(step))
		}
	}
	return statecheck.ExpectKnownValue(address, where, check)
}

// read checks the reads since the last check: each time that Terraform read the
// data source, these requests were sent and no others. Nothing was written.
func (n *tenant) read(want ...string) statecheck.StateCheck { return readCheck{n, want} }

type readCheck struct {
	tenant *tenant
	want   []string
}

// calls are all requests to the Management API since the last check.
func (n *tenant) calls() []string {
	var got []string
	for _, r := range n.Requests() {
		if strings.HasPrefix(r.Path, "/api/v2/") {
			query, _ := url.QueryUnescape(r.RawQuery)
			got = append(got, strings.TrimSuffix(r.Method+" "+strings.TrimPrefix(r.Path, "/api/v2/")+"?"+query, "?"))
		}
	}
	n.ForgetRequests()
	return got
}

func (c readCheck) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	got := c.tenant.calls()
	times := 1
	if len(c.want) > 0 {
		times = max(1, len(got)/len(c.want))
	}
	if diff := cmp.Diff(slices.Repeat(c.want, times), got, cmpopts.EquateEmpty()); diff != "" {
		resp.Error = fmt.Errorf("requests (-want +got):\n%s", diff)
	}
}

// readTimes is for pages whose queries nobody can foresee: each time that Terraform
// read the data source, this many requests with the prefix were sent, and no others.
func (n *tenant) readTimes(pages int, prefix string) statecheck.StateCheck {
	return pagesCheck{n, pages, prefix}
}

type pagesCheck struct {
	tenant *tenant
	pages  int
	prefix string
}

func (c pagesCheck) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	got := c.tenant.calls()
	firsts := 0
	for i, call := range got {
		from := strings.Contains(call, "from=")
		if !from {
			firsts++
		}
		if !strings.HasPrefix(call, c.prefix) || from == (i%c.pages == 0) {
			resp.Error = fmt.Errorf("request %d was not expected: %v", i+1, got)
			return
		}
	}
	if firsts == 0 || len(got) != firsts*c.pages {
		resp.Error = fmt.Errorf("%d requests for %d reads of %d pages", len(got), firsts, c.pages)
	}
}

// awkwardTenant has the answers that a client has to put up with.
func awkwardTenant(t *testing.T, seed uint64) *tenant {
	t.Helper()
	return startTenant(t, testserver.Config{Awkward: &seed})
}
