// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package soundness

import (
	"flag"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/access/live"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// TestMain bounds the cases of a test run. A flag on the command line wins.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "40"); err != nil {
		panic(err)
	}
	cli.Main(m)
}

// TestSoundness reviews plans that are written as Terraform writes them.
func TestSoundness(t *testing.T) {
	n := newTenant(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawStep(rt, n.organizations)
		n.reset(s.before, s.foreign)
		known := n.read(t)
		had := n.tokens()
		if diff := cmp.Diff(had, expand(n, access.Effective(known.Tenant))); diff != "" {
			rt.Fatalf("effective access is not what tokens give (-tokens +access):\n%s", diff)
		}
		written := planned{step: s, tenant: n, provider: draw(rt, "provider", "m2m", "auth0")}
		read := readPlan(t, written.text())
		n.take(s)
		has := n.tokens()
		check(
			rt,
			n,
			review.Review([]review.Plan{{Plan: read}}, known, review.BuiltIn(time.Now())),
			had,
			has,
		)
		if len(s.foreign.grants) == 0 {
			// The plan alone says as much, except for which clients are third-party clients.
			known.Grants, known.APIs, known.Complete = nil, nil, false
			check(
				rt,
				n,
				review.Review([]review.Plan{{Plan: read}}, known, review.BuiltIn(time.Now())),
				had,
				has,
			)
		}
	})
}

func readPlan(t *testing.T, text string) plan.Plan {
	t.Helper()
	read, err := plan.Read(strings.NewReader(text), review.Wanted)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// failer is a test, or a case of a property.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

// check compares the changes of a report with the changes of tokens.
func check(rt failer, n *tenant, report review.Report, had, has map[token]bool) {
	rt.Helper()
	got := map[access.Effect]map[token]bool{}
	for _, effect := range []access.Effect{access.Gained, access.Lost, access.Undecided} {
		var rows []access.Row
		for _, change := range report.Changes {
			if change.Effect == effect {
				rows = append(rows, access.Row{
					Key: access.Key{
						Client:      change.Client,
						API:         change.API,
						SubjectType: change.SubjectType,
					},
					Scope: change.Scope, Organization: change.Organization,
				})
				if len(change.Addresses) == 0 && effect != access.Undecided {
					rt.Errorf("nothing causes %+v", change)
				}
			}
		}
		got[effect] = expand(n, rows)
	}
	before, after := expand(n, report.Before), expand(n, report.After)
	gained, lost := minus(got[access.Gained], before), minus(got[access.Lost], after)
	if diff := cmp.Diff(minus(has, had), gained); diff != "" {
		rt.Errorf("gained (-tokens +report):\n%s", diff)
	}
	if diff := cmp.Diff(minus(had, has), lost); diff != "" {
		rt.Errorf("lost (-tokens +report):\n%s", diff)
	}
	if len(got[access.Undecided]) > 0 {
		rt.Errorf("undecided: %v", got[access.Undecided])
	}
}

// expand returns what rows mean for tokens. Any organization means all of them.
func expand(n *tenant, rows []access.Row) map[token]bool {
	found := map[token]bool{}
	for _, row := range rows {
		ignored := row.SubjectType != access.Machine || row.Client == access.ThirdPartyClients ||
			row.Client == access.FirstPartyClients || !strings.HasPrefix(row.API, "urn:")
		if ignored {
			continue
		}
		organizations := []string{row.Organization}
		if row.Organization == access.AnyOrganization {
			organizations = n.organizations
		}
		for _, organization := range organizations {
			found[token{row.Client, row.API, row.Scope, organization}] = true
		}
	}
	return found
}

func minus(a, b map[token]bool) map[token]bool {
	rest := maps.Clone(a)
	maps.DeleteFunc(rest, func(t token, _ bool) bool { return b[t] })
	return rest
}

// read reads the tenant as -live does.
func (n *tenant) read(t *testing.T) review.Tenant {
	t.Helper()
	base, err := input.ParseDomain(n.server.URL())
	if err != nil {
		t.Fatal(err)
	}
	api, err := m2m.New(m2m.Config{
		Config: rest.Config{BaseURL: base},
		Credentials: m2m.Credentials{
			ClientID:     testserver.ManagementClientID,
			ClientSecret: testserver.ManagementClientSecret,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	found, err := live.Read(t.Context(), api, live.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return review.Tenant{Tenant: found, Complete: true}
}
