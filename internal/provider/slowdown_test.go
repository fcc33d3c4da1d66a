// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// slowRun is a run against a tenant that allows one request per second.
func slowRun(t *testing.T, tenant *limitedTenant) *planRun {
	t.Helper()
	p := &planRun{Protocol: &protocol.Protocol{T: t, Transport: tenant}}
	p.Start(map[string]string{
		"AUTH0_DOMAIN": tenant.URL(), "AUTH0_CLIENT_ID": testserver.ManagementClientID,
		"AUTH0_CLIENT_SECRET": testserver.ManagementClientSecret, "M2M_READ_BATCHING": "false",
	})
	p.Configure(nil)
	return p
}

// operations is how often a run does the same: enough to be slowed down for half a minute.
const operations = 60

// warnings repeats an operation, and returns the warnings about the rate limit.
func warnings(
	t *testing.T, operation func(n int) ([]*tfprotov6.Diagnostic, error),
) (found []string) {
	t.Helper()
	for n := range operations {
		diags, err := operation(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range diags {
			switch {
			case d.Summary == "The tenant's rate limit slows this run down":
				found = append(found, d.Detail)
			case d.Severity == tfprotov6.DiagnosticSeverityError:
				t.Fatalf("%s: %s", d.Summary, d.Detail)
			}
		}
	}
	return found
}

// TestSlowdown_warning has runs that consist of one kind of operation. Each must say once that the
// rate limit slows it down.
func TestSlowdown_warning(t *testing.T) {
	t.Parallel()
	for name, operation := range map[string]func(
		p *planRun, n int, object *tfprotov6.ApplyResourceChangeResponse,
	) ([]*tfprotov6.Diagnostic, error){
		"creates": func(
			p *planRun, n int, _ *tfprotov6.ApplyResourceChangeResponse,
		) ([]*tfprotov6.Diagnostic, error) {
			resp, err := createAPI(p, fmt.Sprint("urn:", n))
			return resp.Diagnostics, err
		},
		"refresh": func(
			p *planRun, _ int, object *tfprotov6.ApplyResourceChangeResponse,
		) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.ReadResource(p.Context(), &tfprotov6.ReadResourceRequest{
				TypeName: apiType, CurrentState: object.NewState, Private: object.Private,
			})
			return resp.Diagnostics, err
		},
		"data sources": func(
			p *planRun, _ int, _ *tfprotov6.ApplyResourceChangeResponse,
		) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.ReadDataSource(p.Context(), &tfprotov6.ReadDataSourceRequest{
				TypeName: apiType, Config: p.objectOf(
					p.Schema.DataSourceSchemas[apiType], values{"identifier": sampleAPI},
				),
			})
			return resp.Diagnostics, err
		},
		"queries, then a plan of an unchanged object": func(
			p *planRun, n int, object *tfprotov6.ApplyResourceChangeResponse,
		) ([]*tfprotov6.Diagnostic, error) {
			// The results of a query must stay, however slow it is.
			if found := (query{typeName: apiType, limit: 10}).results(p.T, p.Server); len(found) != 3 {
				p.T.Errorf("%d APIs are listed", len(found))
			}
			if n < operations-1 {
				return nil, nil
			}
			resp, err := p.Server.PlanResourceChange(
				p.Context(), &tfprotov6.PlanResourceChangeRequest{
					TypeName: apiType, PriorState: object.NewState, PriorPrivate: object.Private,
					ProposedNewState: object.NewState,
					Config:           p.object(apiType, values{"identifier": "urn:orders"}),
				},
			)
			return resp.Diagnostics, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := newLimitedTenant(t, testserver.RateLimit{PerSecond: 1, Burst: 5})
			synctest.Test(t, func(t *testing.T) {
				object, err := createAPI(slowRun(t, tenant), "urn:orders")
				if err != nil || len(errorsOf(object.Diagnostics)) > 0 {
					t.Fatal(err, object)
				}
				p := slowRun(t, tenant)
				got := warnings(t, func(n int) ([]*tfprotov6.Diagnostic, error) {
					return operation(p, n, object)
				})
				if len(got) != 1 || !strings.HasPrefix(got[0], "So far, ") {
					t.Errorf("%d warnings: %q", len(got), got)
				}
			})
		})
	}
}

// createAPI creates an API as an apply does, whose plan another process has made.
func createAPI(p *planRun, identifier string) (*tfprotov6.ApplyResourceChangeResponse, error) {
	p.T.Helper()
	return p.Server.ApplyResourceChange(p.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: apiType, PriorState: p.object(apiType, nil),
		PlannedState: p.object(apiType, values{
			"identifier": identifier, "id": unknownText, "name": unknownText,
		}),
		Config: p.object(apiType, values{"identifier": identifier}),
	})
}
