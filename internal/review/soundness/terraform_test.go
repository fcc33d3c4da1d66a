// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package soundness

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// TestAccSoundness reviews plans of a real Terraform. M2M_SOAK is how long it goes on after the
// first cases, for example 10m.
func TestAccSoundness(t *testing.T) {
	const atLeast = 2
	length, err := time.ParseDuration(cmp.Or(os.Getenv("M2M_SOAK"), "0s"))
	if err != nil {
		t.Fatal(err)
	}
	first, err := strconv.Atoi(cmp.Or(os.Getenv("M2M_SOAK_SEED"), "1"))
	if err != nil {
		t.Fatal(err)
	}
	n := newTenant(t)
	steps := rapid.Custom(func(rt *rapid.T) step { return drawStep(rt, n.organizations) })
	end := time.Now().Add(length)
	for seed := first; !t.Failed() && (seed < first+atLeast || time.Now().Before(end)); seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { n.apply(t, steps.Example(seed)) })
	}
}

// apply takes a step with Terraform, and checks the review of its plan.
func (n *tenant) apply(t *testing.T, s step) {
	n.reset()
	before := n.configuration(s.before, nil)
	terraform := cli.New(t, before, map[string]string{
		"AUTH0_DOMAIN": n.server.URL(), "AUTH0_CLIENT_ID": testserver.ManagementClientID,
		"AUTH0_CLIENT_SECRET": testserver.ManagementClientSecret,
	})
	terraform.Must("apply", "-auto-approve")
	for _, name := range sortedKeys(s.foreign.grants) {
		g := s.foreign.grants[name]
		n.putGrant(name, g, s.before.apis[g.api].identifier)
	}
	terraform.Rewrite(before, n.configuration(s.after, &s))
	arguments := []string{"plan", "-out=plan.out"}
	for _, name := range sortedKeys(s.after.apis) {
		if s.after.apis[name].tainted {
			arguments = append(arguments, "-replace=m2m_resource_server."+name)
		}
	}
	terraform.Must(arguments...)
	read := readPlan(t, terraform.Must("show", "-json", "plan.out"))
	known, had := n.read(t), n.tokens()
	report := review.Review([]review.Plan{{Plan: read}}, known, review.BuiltIn(time.Now()))
	terraform.Must("apply", "plan.out")
	has := n.tokens()
	check(t, n, report, had, has)
	if diff := gocmp.Diff(has, n.effectiveAccess(t, terraform.Env)); diff != "" {
		t.Errorf("data.m2m_effective_access is not what tokens give (-tokens +data):\n%s", diff)
	}
	if t.Failed() {
		t.Log(s)
	}
}

// effectiveAccess returns what the data source says of clients, as tokens.
func (n *tenant) effectiveAccess(t *testing.T, env []string) map[token]bool {
	terraform := cli.New(t, `
data "m2m_effective_access" "all" {}

output "access" {
  value = data.m2m_effective_access.all.access
}
`, nil)
	terraform.Env = env
	terraform.Must("apply", "-auto-approve")
	var listed []struct {
		ClientID     string `json:"client_id"`
		Audience     string `json:"audience"`
		SubjectType  string `json:"subject_type"`
		Scope        string `json:"scope"`
		Organization string `json:"organization"`
	}
	text := terraform.Must("output", "-json", "access")
	if err := json.Unmarshal([]byte(text), &listed); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	var rows []access.Row
	for _, l := range listed {
		rows = append(rows, access.Row{
			Key:   access.Key{Client: l.ClientID, API: l.Audience, SubjectType: l.SubjectType},
			Scope: l.Scope, Organization: l.Organization,
		})
	}
	return expand(n, rows)
}

// configuration returns a world as blocks. The objects that a step forgets get removed blocks.
func (n *tenant) configuration(w world, s *step) string {
	var out strings.Builder
	for _, name := range sortedKeys(w.apis) {
		a := w.apis[name]
		scopes := map[string]string{}
		for _, scope := range a.scopes {
			scopes[scope] = ""
		}
		fmt.Fprintf(&out, `
resource "m2m_resource_server" %q {
  identifier                 = %q
  scopes                     = %s
  signing_alg                = "HS256"
  enforce_policies           = %t
  token_lifetime             = %d
  token_lifetime_for_web     = %d
  subject_type_authorization = { client = { policy = %q } }
}
`, name, a.identifier, encode(scopes), a.rbac, a.lifetime, a.lifetime, a.client)
	}
	for _, name := range sortedKeys(w.grants) {
		n.grantBlocks(&out, name, w.grants[name])
	}
	if s == nil {
		return out.String()
	}
	for _, name := range sortedKeys(s.forgotten) {
		g, isGrant := s.before.grants[name]
		switch {
		case !s.forgotten[name]:
		case isGrant:
			removed(&out, "m2m_client_grant."+name)
			for _, organization := range g.organizations {
				removed(&out, "m2m_organization_client_grant."+associationName(name, organization))
			}
		default:
			removed(&out, "m2m_resource_server."+name)
		}
	}
	return out.String()
}

func removed(out *strings.Builder, address string) {
	fmt.Fprintf(out, "\nremoved {\n  from = %s\n  lifecycle {\n    destroy = false\n  }\n}\n", address)
}

func (n *tenant) grantBlocks(out *strings.Builder, name string, g grant) {
	client := fmt.Sprintf("client_id = %q", n.ids[g.client])
	if g.client == thirdParties {
		client = fmt.Sprintf("default_for = %q", thirdParties)
	}
	scopes := "scopes = " + encode(slices.Concat([]string{}, g.scopes))
	if g.all {
		scopes = "allow_all_scopes = true"
	}
	usage := ""
	if g.usage != "" {
		usage = fmt.Sprintf("organization_usage = %q", g.usage)
	}
	fmt.Fprintf(out, `
resource "m2m_client_grant" %q {
  %s
  audience = m2m_resource_server.%s.identifier
  %s
  %s
  allow_any_organization = %t
}
`, name, client, g.api, scopes, usage, g.any)
	for _, organization := range g.organizations {
		fmt.Fprintf(out, `
resource "m2m_organization_client_grant" %q {
  organization_id = %q
  grant_id        = m2m_client_grant.%s.id
}
`, associationName(name, organization), organization, name)
	}
}

func associationName(grant, organization string) string {
	return grant + "_" + strings.TrimPrefix(organization, "org_")
}
