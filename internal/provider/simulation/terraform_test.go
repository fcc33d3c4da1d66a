// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// firstConfirmed is a seed with several faults.
const firstConfirmed = 3

// needTime are the faults that take minutes, or that a server cannot imitate.
var needTime = []Fault{Refused, Silence, SilenceAfter}

// TestAccSimulation confirms simulations with a real Terraform: with the same faults in the same
// network, it must come to the same result.
func TestAccSimulation(t *testing.T) {
	t.Parallel()
	end := time.Now().Add(soak())
	for seed := firstConfirmed; seed == firstConfirmed || !t.Failed() && time.Now().Before(end); seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { confirm(t, seed) })
	}
}

// confirm applies the first two configurations, each with the faults of a seed, and then without.
func confirm(t *testing.T, seed int) {
	t.Helper()
	server, err := testserver.Listen(testserver.Config{
		Addr: "127.0.0.1:0", SigningKeys: testkeys.Signing(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	organization := server.AddOrganization("acme")
	proxy := &faultyProxy{network: &Network{Tenant: server}}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	c := cli.New(t, "", map[string]string{
		"AUTH0_DOMAIN": front.URL, "AUTH0_AUDIENCE": server.URL() + "/api/v2/",
		"AUTH0_CLIENT_ID":     testserver.ManagementClientID,
		"AUTH0_CLIENT_SECRET": testserver.ManagementClientSecret,
	})
	plans := rapid.Custom(func(rt *rapid.T) []plan {
		return []plan{drawPlan(rt, "run 1"), drawPlan(rt, "run 2")}
	}).Example(seed)
	for i, configuration := range configurations(organization)[:len(plans)] {
		write(t, c, configuration)
		faults := maps.Clone(plans[i].faults)
		maps.DeleteFunc(faults, func(_ int, f Fault) bool { return slices.Contains(needTime, f) })
		proxy.network = &Network{Tenant: server, Faults: faults}
		apply := []string{"apply", "-auto-approve", "-input=false", "-parallelism=1", "-no-color"}
		output, err := c.Run(apply...)
		t.Logf("run %d with %v: %v", i+1, faults, err)
		log := strings.Join(proxy.network.lines(), "\n")

		proxy.network = &Network{Tenant: server}
		c.With(map[string]string{"M2M_ADOPT_IDENTICAL": "true"}).Must(apply[:len(apply)-1]...)
		c.Must("plan", "-detailed-exitcode", "-input=false") // Fails if the plan is not empty.
		if diff := gocmp.Diff(wanted(configuration), objects(server, organization)); diff != "" {
			t.Fatalf("the tenant is not as configured (-want +got):\n%s\n%s\n%s", diff, log, output)
		}
	}
}

// write writes a configuration as JSON. Each resource waits for the one before, as in a simulation.
func write(t *testing.T, c *cli.CLI, configuration []resource) {
	t.Helper()
	blocks := map[string]map[string]any{}
	before := []string{}
	for _, r := range configuration {
		attributes := maps.Clone(r.config)
		for attribute, address := range r.refers {
			for _, referred := range configuration {
				if referred.address == address {
					attributes[attribute] = "${" + referred.typeName + "." + address + ".id}"
				}
			}
		}
		attributes["depends_on"] = before
		before = []string{r.typeName + "." + r.address}
		if blocks[r.typeName] == nil {
			blocks[r.typeName] = map[string]any{}
		}
		blocks[r.typeName][r.address] = attributes
	}
	text, err := json.Marshal(map[string]any{
		"resource": blocks, "provider": map[string]any{"m2m": map[string]any{"retry_timeout": "10s"}},
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(c.Dir, "resources.tf.json"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// faultyProxy is a server in front of a network.
type faultyProxy struct{ network *Network }

func (p *faultyProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	resp, err := p.network.RoundTrip(r)
	if err != nil {
		m2mtest.Reset(w, r)
		return
	}
	defer resp.Body.Close()
	maps.Copy(w.Header(), resp.Header)
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}
