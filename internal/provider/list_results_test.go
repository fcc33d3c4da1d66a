// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// query is a request to a list resource. The config is JSON; empty means no config block.
type query struct {
	typeName, config string
	limit            int64
	includeResource  bool
}

func (q query) request(t *testing.T, p tfprotov6.ProviderServer) *tfprotov6.ListResourceRequest {
	t.Helper()
	schemas, err := p.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	protocol.NoDiagnostics(t, schemas.Diagnostics, err)
	config := tfprotov6.DynamicValue{JSON: []byte(q.config)}
	if q.config == "" {
		kind := schemas.ListResourceSchemas[q.typeName].ValueType()
		if config, err = tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, nil)); err != nil {
			t.Fatal(err)
		}
	}
	return &tfprotov6.ListResourceRequest{
		TypeName: q.typeName, Config: &config, Limit: q.limit, IncludeResource: q.includeResource,
	}
}

// stream starts a list as Terraform does: it validates the configuration first.
func (q query) stream(
	ctx context.Context, t *testing.T, p tfprotov6.ProviderServer,
) *tfprotov6.ListResourceServerStream {
	t.Helper()
	req := q.request(t, p)
	valid, err := p.(tfprotov6.ListResourceServer).ValidateListResourceConfig(ctx,
		&tfprotov6.ValidateListResourceConfigRequest{TypeName: q.typeName, Config: req.Config})
	protocol.NoDiagnostics(t, valid.Diagnostics, err)
	stream, err := p.(tfprotov6.ListResourceServer).ListResource(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// results returns all results of a list and allows no diagnostics.
func (q query) results(t *testing.T, p tfprotov6.ProviderServer) []tfprotov6.ListResourceResult {
	t.Helper()
	results := slices.Collect(q.stream(t.Context(), t, p).Results)
	for _, result := range results {
		protocol.NoDiagnostics(t, result.Diagnostics, nil)
	}
	return results
}

// names returns the display names of a list.
func (q query) names(t *testing.T, p tfprotov6.ProviderServer) []string {
	t.Helper()
	names := []string{}
	for _, result := range q.results(t, p) {
		names = append(names, result.DisplayName)
	}
	return names
}

// listsWhatImportGives checks the names, and that each result has the same identity and state
// as an import.
func listsWhatImportGives(
	t *testing.T, p tfprotov6.ProviderServer, typeName string, want []string,
) {
	t.Helper()
	var names []string
	for _, result := range (query{
		typeName:        typeName,
		limit:           100,
		includeResource: true,
	}).results(t, p) {
		names = append(names, result.DisplayName)
		read := protocol.ImportedBy(t, p, &tfprotov6.ImportResourceStateRequest{
			TypeName: typeName,
			Identity: result.Identity,
		})
		protocol.NoDiagnostics(t, read.Diagnostics, nil)
		plansNothing(t, p, typeName, read)
		if diff := cmp.Diff(result.Identity, read.NewIdentity); diff != "" {
			t.Errorf("%s: identity (-listed +imported):\n%s", result.DisplayName, diff)
		}
		if diff := cmp.Diff(protocol.StateOf(t, typeName, read.NewState), protocol.StateOf(
			t, typeName, result.Resource,
		)); diff != "" {
			t.Errorf("%s (-imported +listed):\n%s", result.DisplayName, diff)
		}
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for _, result := range (query{typeName: typeName, limit: 100}).results(t, p) {
		if result.Resource != nil {
			t.Errorf("%s contains a resource that was not requested", result.DisplayName)
		}
	}
}

// plansNothing checks that the plan of an imported object is its state. The configuration has all
// attributes of the state that can be configured, as a generated one has.
func plansNothing(
	t *testing.T, p tfprotov6.ProviderServer, typeName string, read *tfprotov6.ReadResourceResponse,
) {
	t.Helper()
	schemas, err := p.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	protocol.NoDiagnostics(t, schemas.Diagnostics, err)
	schema := schemas.ResourceSchemas[typeName]
	state, err := read.NewState.Unmarshal(schema.ValueType())
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]tftypes.Value{}
	if err := state.As(&given); err != nil {
		t.Fatal(err)
	}
	for _, attribute := range schema.Block.Attributes {
		if !attribute.Required && !attribute.Optional {
			given[attribute.Name] = tftypes.NewValue(attribute.ValueType(), nil)
		}
	}
	config := (&protocol.Protocol{T: t}).Value(schema, given)
	planned, err := p.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: read.NewState, PriorPrivate: read.Private,
		PriorIdentity: read.NewIdentity, ProposedNewState: read.NewState, Config: config,
	})
	protocol.NoDiagnostics(t, errorsOf(planned.Diagnostics), err)
	if diff := cmp.Diff(protocol.StateOf(t, typeName, read.NewState), protocol.StateOf(
		t, typeName, planned.PlannedState,
	)); diff != "" {
		t.Errorf("%s is not unchanged after its import (-state +plan):\n%s", typeName, diff)
	}
}

func TestResourceServerList_matchesImport(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	pem, err := json.Marshal(testkeys.PublicPEM())
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{
		`{"identifier":"urn:bare"}`,
		`{"identifier":"urn:named","name":"urn:named","scopes":[]}`,
		`{"identifier":"urn:hs256","name":"Secret","signing_alg":"HS256","signing_secret":"0123456789abcdef","scopes":[{"value":"b"},{"value":"a","description":"A"}]}`,
		`{"identifier":"urn:full","token_lifetime":60,"token_lifetime_for_web":30,"token_dialect":"rfc9068_profile","enforce_policies":true,
			"allow_offline_access":true,"consent_policy":"transactional-authorization-with-mfa","authorization_details":[{"type":"payment"}],
			"proof_of_possession":{"mechanism":"mtls","required":true},"subject_type_authorization":{"client":{"policy":"deny_all"}},
			"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","name":"key","pem":` + string(pem) + `}}}`,
	} {
		n.Create("/api/v2/resource-servers", body)
	}
	listsWhatImportGives(t, protocol.Configured(t, n.Env()), "m2m_resource_server", []string{
		"Auth0 Management API (" + n.URL() + "/api/v2/)",
		"Sample API (" + testserver.SampleAPIAudience + ")",
		"urn:bare", "urn:named", "Secret (urn:hs256)", "urn:full",
	})
}

func TestClientGrantList_matchesImport(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", `{"identifier":"urn:all"}`)
	n.AddGrant(`,"scope":["write:orders","read:orders"],"organization_usage":"allow"`)
	n.AddGrant(
		`,"scope":[],"subject_type":"user","authorization_details_types":["b","a"],"organization_usage":"require","allow_any_organization":true`,
	)
	n.AddGrant(`,"subject_type":"anonymous_user","authorization_details_types":[]`)
	n.Create(
		"/api/v2/client-grants",
		`{"default_for":"third_party_clients","audience":"urn:all","allow_all_scopes":true}`,
	)
	sample := testserver.MachineClientID + " for " + testserver.SampleAPIAudience
	listsWhatImportGives(t, protocol.Configured(t, n.Env()), "m2m_client_grant", []string{
		testserver.ManagementClientID + " for " + n.URL() + "/api/v2/",
		sample, sample + " (user)", sample + " (anonymous_user)", "third_party_clients for urn:all",
	})
}

func TestResourceServerScopeList_matchesImport(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", `{"identifier":"urn:none"}`)
	n.Create("/api/v2/resource-servers", `{"identifier":"urn:some","scopes":[
		{"value":"write:b","description":"B"},{"value":"a::b"},{"value":"empty","description":""}]}`)
	listsWhatImportGives(t, protocol.Configured(t, n.Env()), "m2m_resource_server_scope", []string{
		"read:orders of " + testserver.SampleAPIAudience,
		"write:orders of " + testserver.SampleAPIAudience,
		"write:b of urn:some", "a::b of urn:some", "empty of urn:some",
	})
}

func TestOrganizationClientGrantList_matchesImport(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	acme, globex := n.AddOrganization("acme"), n.AddOrganization("globex")
	n.AddOrganization("without")
	machines, users := n.AddOrganizationGrant("client"), n.AddOrganizationGrant("user")
	n.Associate(acme, machines)
	n.Associate(globex, machines)
	n.Associate(globex, users)
	sample := testserver.MachineClientID + " for " + testserver.SampleAPIAudience
	listsWhatImportGives(t, protocol.Configured(t, n.Env()), "m2m_organization_client_grant", []string{
		sample + " in acme", sample + " in globex", sample + " (user) in globex",
	})
}

func TestLists_limit(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.ManyGrants(250)
	p := protocol.Configured(t, n.Env())
	apis := func(pages int) (calls []string) {
		for page := range pages {
			calls = append(calls, fmt.Sprintf(
				"GET resource-servers?include_totals=true&page=%d&per_page=100", page,
			))
		}
		return calls
	}
	for _, c := range []struct{ limit, apis, grants, pages int }{
		{1, 1, 1, 1},
		{99, 99, 99, 1},
		{100, 100, 100, 1},
		{101, 101, 101, 2},
		{200, 200, 200, 2},
		{201, 201, 201, 3},
		{250, 250, 250, 3},
		{1000, 252, 251, 3}, // Including the tenant's own objects.
		{0, 252, 251, 3},
	} {
		n.ForgetRequests()
		if got := len(query{typeName: "m2m_resource_server", limit: int64(c.limit)}.results(
			t, p,
		)); got != c.apis {
			t.Errorf("limit %d: %d APIs, want %d", c.limit, got, c.apis)
		}
		n.Expect(acctest.Requests(apis(c.pages)...)).Now()
		if got := len(
			query{
				typeName:        "m2m_client_grant",
				limit:           int64(c.limit),
				includeResource: true,
			}.results(t, p),
		); got != c.grants {
			t.Errorf("limit %d: %d grants, want %d", c.limit, got, c.grants)
		}
		next := slices.Repeat([]string{"GET client-grants?…"}, c.pages-1)
		n.Expect(acctest.Requests(append([]string{"GET client-grants?take=100"}, next...)...)).Now()
	}
}

// TestLists_stream reads results one by one and checks which requests each result needed.
func TestLists_stream(t *testing.T) {
	t.Parallel()
	for _, typeName := range []string{"m2m_resource_server", "m2m_client_grant"} {
		n := acctest.NewTenant(t)
		n.ManyGrants(250)
		stream := query{typeName: typeName, limit: 250}.stream(
			t.Context(), t, protocol.Configured(t, n.Env()),
		)
		n.Expect(acctest.Requests()).Now()
		got := 0
		for result := range stream.Results {
			protocol.NoDiagnostics(t, result.Diagnostics, nil)
			var page []string
			if got%100 == 0 {
				page = []string{"GET …"}
			}
			n.Expect(acctest.Requests(page...)).Now()
			if got++; got == 150 {
				break
			}
		}
		if n.Expect(acctest.Requests()).Now(); got != 150 {
			t.Errorf("%s: %d results", typeName, got)
		}
	}
}

func TestLists_errorOnLaterPage(t *testing.T) {
	t.Parallel()
	for typeName, want := range map[string][]string{
		"m2m_resource_server": {
			"GET /api/v2/resource-servers", "Unable to list resource servers",
			"The API answered for the list of APIs: 403 Forbidden",
		},
		"m2m_client_grant": {
			"GET /api/v2/client-grants", "Unable to list client grants",
			"The API answered for the list of grants: 403 Forbidden",
		},
	} {
		n := acctest.NewTenant(t)
		n.ManyGrants(101)
		var results []tfprotov6.ListResourceResult
		for result := range (query{typeName: typeName, limit: 1000}).stream(
			t.Context(), t, protocol.Configured(t, n.Env()),
		).Results {
			if results = append(results, result); len(results) == 100 {
				n.Next(want[0], testserver.Refuse(http.StatusForbidden))
			}
		}
		if len(results) != 101 {
			t.Fatalf("%s: %d results", typeName, len(results))
		}
		for i, result := range results[:100] {
			if len(result.Diagnostics) > 0 || result.Identity == nil {
				t.Errorf("%s: result %d: %+v", typeName, i, result)
			}
		}
		last := results[100]
		if len(last.Diagnostics) != 1 ||
			last.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError ||
			last.Diagnostics[0].Summary != want[1] ||
			!strings.Contains(last.Diagnostics[0].Detail, want[2]) {
			t.Errorf("%s: %+v", typeName, last.Diagnostics)
		}
		if last.Identity != nil || last.DisplayName != "" {
			t.Errorf("%s: an error with an object: %+v", typeName, last)
		}
	}
}

func TestLists_cancelled(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.ManyGrants(150)
	p := protocol.Configured(t, n.Env())
	for _, after := range []int{1, 100} { // In the middle and at the end of a page.
		ctx, cancel := context.WithCancel(t.Context())
		var results []tfprotov6.ListResourceResult
		n.ForgetRequests()
		for result := range (query{
			typeName: "m2m_client_grant",
			limit:    1000,
		}).stream(ctx, t, p).Results {
			if results = append(results, result); len(results) == after {
				cancel()
			}
		}
		cancel()
		if len(results) != after+1 || len(results[after].Diagnostics) != 1 ||
			!strings.Contains(results[after].Diagnostics[0].Detail, "The run was cancelled. Run Terraform again.") {
			t.Errorf(
				"cancelled after %d: %d results, the last is %+v", after, len(results),
				results[len(results)-1],
			)
		}
		n.Expect(acctest.Requests("GET …")).Now()
	}
}
