// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// afterPatch makes a change right after the tenant has received a PATCH, as another run does.
func afterPatch(n *acctest.Tenant, change func()) (done <-chan struct{}) {
	made := make(chan struct{})
	go func() {
		defer close(made)
		for n.T.Context().Err() == nil {
			for _, r := range n.Writes() {
				if r.Method == http.MethodPatch {
					change()
					return
				}
			}
			time.Sleep(time.Millisecond)
		}
	}()
	return made
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
			done := afterPatch(n, func() {
				n.AtDashboard(http.MethodPatch, c.path+"/"+id, c.theirs, nil)
			})
			_, diags := p.create(typeName, c.config)
			<-done
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
