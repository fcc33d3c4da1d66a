// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// afterPatch is a network on which another run writes right after each PATCH of this one.
type afterPatch struct {
	http.RoundTripper

	write func()
}

func (n afterPatch) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := n.RoundTripper.RoundTrip(req)
	if req.Method == http.MethodPatch {
		n.write()
	}
	return resp, err
}

// Two runs adopt one object with different configurations. The one that wrote first must not say
// that it succeeded.
func TestAdoption_anotherRunWrites(t *testing.T) {
	t.Parallel()
	for typeName, c := range map[string]struct {
		existing, path string // What exists.
		config         values
		theirs         string // What the other run writes.
		want           string
	}{
		"m2m_client_grant": {
			`{"client_id":"` + testserver.MachineClientID + `","audience":"` +
				testserver.SampleAPIAudience + `"}`,
			"/api/v2/client-grants",
			values{
				"client_id": testserver.MachineClientID, "audience": testserver.SampleAPIAudience,
				"scopes": []string{"read:orders"}, "use_existing": true,
			},
			`{"scope":["write:orders"]}`, "scopes",
		},
		"m2m_resource_server": {
			`{"identifier":"urn:stock","name":"Stock"}`,
			"/api/v2/resource-servers",
			values{"identifier": "urn:stock", "name": "Ours", "use_existing": true},
			`{"name":"Theirs"}`, "name",
		},
	} {
		t.Run(typeName, func(t *testing.T) {
			n := acctest.NewTenant(t)
			id := n.Create(c.path, c.existing)
			p := newPlanRun(n)
			p.Transport = afterPatch{protocol.InMemory(t, n), func() {
				n.AtDashboard(http.MethodPatch, c.path+"/"+id, c.theirs, nil)
			}}
			_, diags := p.again().create(typeName, c.config)
			want := []string{"PATCH " + c.path + "/{id}: 200"}
			if wrote := tookEffect(n); !slices.Equal(wrote, want) {
				t.Errorf("wrote %q, want %q", wrote, want)
			}
			var said []string
			for _, d := range errorsOf(diags) {
				said = append(said, d.Summary+": "+d.Detail)
			}
			if len(said) != 1 || !strings.HasPrefix(said[0], "The tenant stored other values for the ") ||
				!strings.Contains(said[0], c.want) {
				t.Errorf("%q, want one error about %s", said, c.want)
			}
		})
	}
}
