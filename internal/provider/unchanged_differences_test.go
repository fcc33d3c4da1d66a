// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

func startUnchanged(t *testing.T, url, fastPath string) *planRun {
	p := &protocol.Protocol{T: t}
	p.Start(map[string]string{
		"AUTH0_DOMAIN": url, "AUTH0_API_TOKEN": "a.b.c",
		"AUTH0_AUDIENCE": "https://tenant.example.com/api/v2/", "M2M_UNCHANGED_FAST_PATH": fastPath,
	})
	p.Configure(nil)
	return &planRun{nil, p}
}

const ordersAnswer = `{"id":"68f0a1b2c3d4e5f60718293a","identifier":"https://orders.example.com",
  "name":"Orders","scopes":[{"value":"read:orders"}],"signing_alg":"RS256"}`

// A grant is planned while the API, whose scopes this plan extends, is still refreshed.
func TestUnchanged_seenDuringTheRefresh(t *testing.T) {
	said := map[string][]string{}
	for _, fastPath := range []string{"off", ""} {
		arrived, release := make(chan struct{}), make(chan struct{})
		blocking := false
		tenant := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			switch {
			case strings.HasPrefix(r.URL.Path, "/api/v2/resource-servers/"):
				if blocking {
					close(arrived)
					<-release
				}
				_, _ = w.Write([]byte(ordersAnswer))
			case r.URL.Path == "/api/v2/resource-servers":
				_, _ = w.Write([]byte("[" + ordersAnswer + "]"))
			case strings.HasPrefix(r.URL.Path, "/api/v2/clients/"):
				_, _ = w.Write([]byte(`{"client_id":"c1","grant_types":["client_credentials"]}`))
			default:
				_, _ = w.Write([]byte("[]"))
			}
		}))
		t.Cleanup(tenant.Close)
		p := startUnchanged(t, tenant.URL, fastPath)
		const api = "m2m_resource_server"
		first := protocol.ImportedBy(t, p.Server, &tfprotov6.ImportResourceStateRequest{
			TypeName: api, ID: "68f0a1b2c3d4e5f60718293a",
		})
		p = startUnchanged(t, tenant.URL, fastPath)
		blocking = true
		read := make(chan *tfprotov6.ReadResourceResponse)
		go func() {
			resp, err := p.Server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
				TypeName: api, CurrentState: first.NewState, Private: first.Private,
			})
			if err != nil {
				t.Error(err)
			}
			read <- resp
		}()
		<-arrived
		planned := make(chan []*tfprotov6.Diagnostic)
		go func() {
			grant := grantOf("https://orders.example.com", "new").with("client_id", "c1").with("id", unknownText)
			planned <- p.grant(nil, grant)
		}()
		time.Sleep(200 * time.Millisecond)
		close(release)
		resp := <-read
		kind := p.Schema.ResourceSchemas[api].ValueType()
		state, err := resp.NewState.Unmarshal(kind)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
		var attributes map[string]tftypes.Value
		_ = state.As(&attributes)
		attributes["scopes"] = scopesValue(attributes["scopes"].Type(), []string{"read:orders", "new"})
		config := value(t, kind, attributes)
		if _, err := p.Server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
			TypeName: api, PriorState: resp.NewState, ProposedNewState: &config, Config: &config,
			PriorPrivate: resp.Private,
		}); err != nil {
			t.Fatal(err)
		}
		for _, d := range <-planned {
			said[fastPath] = append(said[fastPath], d.Summary+": "+d.Detail)
		}
	}
	if diff := cmp.Diff(said["off"], said[""]); diff != "" {
		t.Errorf("(-without +with):\n%s", diff)
	}
}

// The state was edited (state pull, edit, state push), which keeps the private state.
func TestUnchanged_editedState(t *testing.T) {
	var got [2]string
	for i, fastPath := range []string{"off", ""} {
		tenant := newStub(t, ordersAnswer)
		p := startUnchanged(t, tenant.URL, fastPath)
		const api = "m2m_resource_server"
		first := protocol.ImportedBy(t, p.Server, &tfprotov6.ImportResourceStateRequest{
			TypeName: api, ID: "68f0a1b2c3d4e5f60718293a",
		})
		kind := p.Schema.ResourceSchemas[api].ValueType()
		state, err := first.NewState.Unmarshal(kind)
		if err != nil {
			t.Fatal(err)
		}
		var attributes map[string]tftypes.Value
		_ = state.As(&attributes)
		attributes["scopes"] = scopesValue(attributes["scopes"].Type(), []string{})
		edited := value(t, kind, attributes)
		resp, err := p.Server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
			TypeName: api, CurrentState: &edited, Private: first.Private,
		})
		if err != nil {
			t.Fatal(err)
		}
		state, err = resp.NewState.Unmarshal(kind)
		if err != nil {
			t.Fatal(err)
		}
		_ = state.As(&attributes)
		got[i] = attributes["scopes"].String()
	}
	if diff := cmp.Diff(got[0], got[1]); diff != "" {
		t.Errorf("(-without +with):\n%s", diff)
	}
}

// A second configuration of the same process (reattach) that fails leaves the types of the first.
func TestUnchanged_configuredAgain(t *testing.T) {
	var said [2][]string
	for i, fastPath := range []string{"off", ""} {
		tenant := newStub(t, ordersAnswer)
		env := map[string]string{
			"AUTH0_DOMAIN": tenant.URL, "AUTH0_API_TOKEN": "a.b.c", "M2M_UNCHANGED_FAST_PATH": fastPath,
		}
		p := &protocol.Protocol{T: t}
		p.Start(env)
		p.Configure(nil)
		first := protocol.ImportedBy(t, p.Server, &tfprotov6.ImportResourceStateRequest{
			TypeName: "m2m_resource_server", ID: "68f0a1b2c3d4e5f60718293a",
		})
		env["M2M_READ_BATCHING"] = "maybe"
		p.Configure(nil)
		resp, err := p.Server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
			TypeName: "m2m_resource_server", CurrentState: first.NewState, Private: first.Private,
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range resp.Diagnostics {
			said[i] = append(said[i], d.Summary)
		}
	}
	if diff := cmp.Diff(said[0], said[1]); diff != "" {
		t.Errorf("(-without +with):\n%s", diff)
	}
}
