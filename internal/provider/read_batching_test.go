// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// states are the objects of a state, by type.
type states map[string][]values

// ofTenant returns the state of a configuration with an API and a grant per number below count.
func ofTenant(n *acctest.Tenant, count int) states {
	n.T.Helper()
	n.ManyGrants(count)
	all := states{}
	var apis, grants []map[string]any
	for page := range 1 + (count+1)/100 {
		query := fmt.Sprintf("?per_page=100&page=%d", page)
		var more []map[string]any
		n.AtDashboard(http.MethodGet, "/api/v2/resource-servers"+query, "", &more)
		apis = append(apis, more...)
		more = nil
		n.AtDashboard(http.MethodGet, "/api/v2/client-grants"+query, "", &more)
		grants = append(grants, more...)
	}
	for _, api := range apis {
		if strings.HasPrefix(api["identifier"].(string), "urn:api:") {
			all["m2m_resource_server"] = append(all["m2m_resource_server"], values{
				"id": api["id"], "identifier": api["identifier"],
			})
		}
	}
	for _, grant := range grants {
		if grant["client_id"] == testserver.MachineClientID {
			all["m2m_client_grant"] = append(all["m2m_client_grant"], values{
				"id": grant["id"], "client_id": grant["client_id"], "audience": grant["audience"],
				"subject_type": "client",
			})
		}
	}
	return all
}

// refresh reads objects like Terraform, ten at the same time, and returns how many are missing.
func (p *planRun) refresh(all states) (missing int) {
	p.T.Helper()
	var (
		mu    sync.Mutex
		wait  sync.WaitGroup
		slots = make(chan struct{}, 10)
	)
	for typeName, objects := range all {
		object := p.Schema.ResourceSchemas[typeName].ValueType()
		for _, state := range objects {
			current := p.object(typeName, state)
			slots <- struct{}{}
			wait.Go(func() {
				defer func() { <-slots }()
				resp, err := p.Server.ReadResource(p.T.Context(), &tfprotov6.ReadResourceRequest{
					TypeName: typeName, CurrentState: current,
				})
				if err != nil || len(resp.Diagnostics) > 0 {
					p.T.Errorf("%v: %v %v", state, err, resp.Diagnostics)
					return
				}
				if value, err := resp.NewState.Unmarshal(object); err != nil || value.IsNull() {
					mu.Lock()
					missing++
					mu.Unlock()
				}
			})
		}
	}
	wait.Wait()
	return missing
}

// requests counts the requests since the last count by route, without tokens.
func (p *planRun) requests() (byRoute map[string]int, all int) {
	byRoute = map[string]int{}
	for _, request := range p.tenant.Requests() {
		if request.Route != "POST /oauth/token" {
			byRoute[request.Route]++
			all++
		}
	}
	p.tenant.ForgetRequests()
	return byRoute, all
}

func TestReadBatching_costsPagesNotObjects(t *testing.T) {
	p := newPlanRun(acctest.NewTenant(t))
	all := ofTenant(p.tenant, 150)
	p = p.again()
	if missing := p.refresh(all); missing > 0 {
		t.Errorf("%d of 300 objects are missing", missing)
	}
	// Two pages of each kind: 2 * 2 + 3 requests.
	if byRoute, requests := p.requests(); requests > 14 {
		t.Errorf("%d requests for 300 objects, want at most 14: %v", requests, byRoute)
	}
}

func TestReadBatching_off(t *testing.T) {
	for name, configure := range map[string]func(*planRun){
		"attribute": func(p *planRun) {
			p.Configure(map[string]tftypes.Value{
				"read_batching": tftypes.NewValue(tftypes.Bool, false),
			})
		},
		"environment": func(p *planRun) {
			p.Start(p.tenant.Env("M2M_READ_BATCHING", "false"))
			p.Configure(nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlanRun(acctest.NewTenant(t))
			all := ofTenant(p.tenant, 20)
			p = p.again()
			configure(p)
			p.refresh(all)
			byRoute, requests := p.requests()
			if requests != 40 || byRoute["GET /api/v2/resource-servers/{id}"] != 20 ||
				byRoute["GET /api/v2/client-grants/{id}"] != 20 {
				t.Errorf("%d requests, want one per object: %v", requests, byRoute)
			}
		})
	}
}

// The list is never the only witness of an absence, and a failed list is no obstacle.
func TestReadBatching_awkwardLists(t *testing.T) {
	deleteOne := func(n *acctest.Tenant, all states) {
		id := all["m2m_resource_server"][7]["id"].(string)
		n.AtDashboard(http.MethodDelete, "/api/v2/resource-servers/"+id, "", nil)
	}
	tests := map[string]struct {
		change   func(*acctest.Tenant, states)
		batching bool
		missing  int
	}{
		"an API was deleted": {deleteOne, true, 2}, // With its grant.
		"lists fail": {func(n *acctest.Tenant, _ states) {
			for _, route := range []string{
				"GET /api/v2/resource-servers", "GET /api/v2/client-grants",
			} {
				for range 4 {
					n.Next(route, testserver.Refuse(http.StatusInternalServerError))
				}
			}
		}, true, 0},
		"one read is a lie": {func(n *acctest.Tenant, _ states) {
			notFound := testserver.Respond(http.StatusNotFound, "application/json",
				`{"statusCode":404,"error":"Not Found","message":"gone","errorCode":"inexistent_resource_server"}`)
			n.Next("GET /api/v2/resource-servers/{id}", notFound)
			notFound = testserver.Respond(http.StatusNotFound, "application/json",
				`{"statusCode":404,"error":"Not Found","message":"gone","errorCode":"inexistent_client_grant"}`)
			n.Next("GET /api/v2/client-grants/{id}", notFound)
		}, false, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := acctest.NewTenant(t)
			all := ofTenant(n, 30)
			test.change(n, all)
			synctest.Test(t, func(t *testing.T) { // Without the pauses after an error.
				p := &planRun{n, &protocol.Protocol{T: t, Transport: protocol.InMemory(t, n)}}
				p.Start(n.Env())
				p.Configure(map[string]tftypes.Value{
					"read_batching": tftypes.NewValue(tftypes.Bool, test.batching),
				})
				if missing := p.refresh(all); missing != test.missing {
					t.Errorf("%d objects are missing, want %d", missing, test.missing)
				}
			})
		})
	}
}

// A plan that takes minutes reads each list once. Answers from before are not used for ever.
func TestReadBatching_slowPlan(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	all := ofTenant(n, 150)
	n.ForgetRequests()
	synctest.Test(t, func(t *testing.T) {
		p := &planRun{n, &protocol.Protocol{T: t, Transport: protocol.InMemory(t, n)}}
		p.Start(n.Env())
		p.Configure(nil)
		refresh := func(from, to int) {
			some := states{}
			for typeName, objects := range all {
				some[typeName] = objects[from:to]
			}
			p.refresh(some)
		}
		for from := range 5 {
			refresh(30*from, 30*from+30)
			time.Sleep(50 * time.Second)
		}
		for _, api := range all["m2m_resource_server"] {
			p.api(api, nil)
		}
		// Two pages of each kind: 2 * 2 + 3 requests.
		if byRoute, requests := p.requests(); requests > 14 {
			t.Errorf("%d requests in 4 minutes, want at most 14: %v", requests, byRoute)
		}
		time.Sleep(5 * time.Minute)
		refresh(0, 30)
		if byRoute, requests := p.requests(); requests < 2 {
			t.Errorf("%d requests after 5 more minutes, want new ones: %v", requests, byRoute)
		}
	})
}

// A plan that destroys many APIs looks for their grants in pages.
func TestReadBatching_destroy(t *testing.T) {
	p := newPlanRun(acctest.NewTenant(t))
	all := ofTenant(p.tenant, 40)
	p = p.again()
	p.refresh(all)
	p.requests()
	for _, api := range all["m2m_resource_server"] {
		diags := p.api(api, nil)
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, "1 client grant") {
			t.Fatalf("%v: %v, want a warning that names the grant", api, diags)
		}
	}
	if byRoute, requests := p.requests(); requests > 3 {
		t.Errorf("%d requests for 40 APIs, want at most 3: %v", requests, byRoute)
	}
}

// In an apply, another provider may change an API between two reads of data sources.
func TestReadBatching_dataSourcesAreFresh(t *testing.T) {
	p := newPlanRun(acctest.NewTenant(t))
	all := ofTenant(p.tenant, 12)
	p = p.again()
	name := func(api values) any {
		t.Helper()
		const typeName = "m2m_resource_server"
		object := p.Schema.DataSourceSchemas[typeName].ValueType().(tftypes.Object)
		attributes := map[string]tftypes.Value{}
		for attribute, kind := range object.AttributeTypes {
			attributes[attribute] = tftypes.NewValue(kind, nil)
		}
		attributes["identifier"] = protocol.Text(api["identifier"].(string))
		config, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, attributes))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := p.Server.ReadDataSource(p.Context(), &tfprotov6.ReadDataSourceRequest{
			TypeName: typeName, Config: &config,
		})
		protocol.NoDiagnostics(t, resp.Diagnostics, err)
		value, err := resp.State.Unmarshal(object)
		if err != nil {
			t.Fatal(err)
		}
		return protocol.PlainValue(t, value).(map[string]any)["name"]
	}
	apis := all["m2m_resource_server"]
	for _, api := range apis[1:] {
		name(api)
	}
	name(apis[0])
	p.tenant.AtDashboard(
		http.MethodPatch, "/api/v2/resource-servers/"+apis[0]["id"].(string), `{"name":"New"}`, nil,
	)
	if got := name(apis[0]); got != "New" {
		t.Errorf("name = %v, want the new name", got)
	}

	// A plan has refreshed the state, so nothing in this run writes before it ends.
	p.refresh(all)
	p.requests()
	for _, api := range apis {
		name(api)
	}
	if byRoute, requests := p.requests(); requests > 0 {
		t.Errorf("%d requests for data sources of APIs that were just read: %v", requests, byRoute)
	}
}

func TestReadBatching_invalidEnvironment(t *testing.T) {
	p := newPlanRun(acctest.NewTenant(t))
	p.Start(p.tenant.Env("M2M_READ_BATCHING", "maybe"))
	p.Configure(map[string]tftypes.Value{"domain": protocol.Text(p.tenant.URL())})
	if !strings.Contains(p.Said.String(), `M2M_READ_BATCHING: "maybe" is neither true nor false`) {
		t.Errorf("said %q", p.Said.String())
	}
}
