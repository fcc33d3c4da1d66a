// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// tenant is a reference server of one test's own. All that Terraform writes to it
// must be expected by sent.
type tenant struct {
	*testserver.Server
	t         *testing.T
	claimed   uint64    // The number of the last request that was looked at for writes.
	forgotten uint64    // The number of the last request that Requests leaves out.
	owed      sentCheck // What a step that fails is to write.
}

func newTenant(t *testing.T) *tenant {
	t.Helper()
	return startTenant(t, testserver.Config{})
}

func startTenant(t *testing.T, cfg testserver.Config) *tenant {
	t.Helper()
	cfg.Addr, cfg.SigningKeys = "127.0.0.1:0", signingKeys()
	srv, err := testserver.Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	n := &tenant{Server: srv, t: t}
	t.Cleanup(func() {
		n.settle("the test")
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// env is the environment of a provider that is to use the tenant, with changes
// as pairs of name and value; an empty value unsets.
func (n *tenant) env(changes ...string) map[string]string {
	env := map[string]string{
		"AUTH0_DOMAIN":        n.URL(),
		"AUTH0_CLIENT_ID":     testserver.ManagementClientID,
		"AUTH0_CLIENT_SECRET": testserver.ManagementClientSecret,
	}
	for pair := range slices.Chunk(changes, 2) {
		env[pair[0]] = pair[1]
	}
	return env
}

type factories = map[string]func() (tfprotov6.ProviderServer, error)

// testProvider is the provider in an environment of its own, so that tests with
// different ones run side by side.
func testProvider(env map[string]string) Options {
	return Options{Version: "test", Getenv: func(name string) string { return env[name] }}
}

func serving(o Options) factories {
	return factories{"m2m": providerserver.NewProtocol6WithError(New(o)())}
}

func providerWith(env map[string]string) factories { return serving(testProvider(env)) }

func needsWriteOnly() []tfversion.TerraformVersionCheck {
	return []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)}
}

// needsEphemeral leaves out what has no ephemeral resources; OpenTofu, for which
// providers come from its own registry, has them since 1.11.
func needsEphemeral() []tfversion.TerraformVersionCheck {
	oldest := tfversion.Version1_10_0
	if os.Getenv("TF_ACC_PROVIDER_HOST") == "registry.opentofu.org" {
		oldest = tfversion.Version1_11_0
	}
	return []tfversion.TerraformVersionCheck{tfversion.SkipBelow(oldest)}
}

// objects are the ids of all APIs and grants, and of the grants of organizations,
// but for the APIs that the tenant makes for itself.
func (n *tenant) objects() []string {
	n.t.Helper()
	var ids []string
	for _, list := range []string{"resource-servers", "client-grants"} {
		var found []struct {
			ID       string `json:"id"`
			IsSystem bool   `json:"is_system"`
		}
		n.dashboard(http.MethodGet, "/api/v2/"+list+"?per_page=100", "", &found)
		for _, object := range found {
			if !object.IsSystem {
				ids = append(ids, object.ID)
			}
		}
	}
	return append(ids, n.associations()...)
}

// associations are the ids of the associations of grants with organizations.
func (n *tenant) associations() []string {
	n.t.Helper()
	type object struct {
		ID string `json:"id"`
	}
	var ids []string
	var organizations, grants []object
	n.dashboard(http.MethodGet, "/api/v2/organizations", "", &organizations)
	for _, organization := range organizations {
		n.dashboard(http.MethodGet, "/api/v2/organizations/"+organization.ID+"/client-grants", "", &grants)
		for _, grant := range grants {
			ids = append(ids, organization.ID+"::"+grant.ID)
		}
	}
	return ids
}

// dashboard does what a person at the tenant's dashboard would, behind the back
// of Terraform.
func (n *tenant) dashboard(method, path, body string, out any) {
	n.t.Helper()
	status, answer := n.Dashboard(method, path, body)
	if status >= 300 {
		n.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			n.t.Fatal(err)
		}
	}
}

func resourceServerPath(identifier string) string {
	return "/api/v2/resource-servers/" + url.PathEscape(identifier)
}

func canonical(body string) string {
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		return body
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// stored checks what the tenant has: each property as JSON, or "absent".
func (n *tenant) stored(path string, want map[string]string) checkFunc {
	return func() error {
		var object map[string]json.RawMessage
		n.dashboard(http.MethodGet, path, "", &object)
		for _, property := range slices.Sorted(maps.Keys(want)) {
			got := "absent"
			if value, ok := object[property]; ok {
				got = canonical(string(value))
			}
			if want := canonical(want[property]); got != want { // "absent" is no JSON, and stays.
				return fmt.Errorf("the tenant has %s %s, want %s", property, got, want)
			}
		}
		return nil
	}
}

// checkFunc is a check that needs nothing from Terraform but its moment.
type checkFunc func() error

func (c checkFunc) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = c()
}

func (c checkFunc) CheckQuery(_ context.Context, _ querycheck.CheckQueryRequest, resp *querycheck.CheckQueryResponse) {
	resp.Error = c()
}

func encoded(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func decoded(text string) any {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic(fmt.Sprintf("%v in %s", err, text))
	}
	return value
}

// wholeState checks all that the state has of an object, as JSON, but for its id.
func wholeState(address, want string) statecheck.StateCheck { return wholeStateCheck{address, want} }

type wholeStateCheck struct{ address, want string }

func (c wholeStateCheck) CheckState(_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	for _, r := range req.State.Values.RootModule.Resources {
		if r.Address != c.address {
			continue
		}
		values := maps.Clone(r.AttributeValues)
		delete(values, "id")
		if diff := cmp.Diff(decoded(c.want), decoded(encoded(values))); diff != "" {
			resp.Error = fmt.Errorf("state of %s (-want +got):\n%s", c.address, diff)
		}
		return
	}
	resp.Error = fmt.Errorf("the state has no %s", c.address)
}

// says matches an error however Terraform wraps its lines. An ellipsis stands for
// anything.
func says(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	pattern := strings.Join(words, `[\s│]+`)
	return regexp.MustCompile(strings.ReplaceAll(pattern, `[\s│]+…`, `(?s:.*)`))
}

func planned(address string, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
}

func emptyPlan() resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
}

var (
	says24Hex          = regexp.MustCompile(`^[0-9a-f]{24}$`)
	says32Alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]{32}$`)
)
