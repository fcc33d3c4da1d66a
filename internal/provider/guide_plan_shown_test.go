// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// guideRow is a row of a table in the guide: the title of a message, and how its text begins.
type guideRow struct{ title, text string }

var guideCell = regexp.MustCompile(`(?m)^\| \*\*([^|]+?)\*\*<br>([^|]+?) \|`)

// guideRows returns the rows that show the text of a message.
func guideRows(t *testing.T) (rows []guideRow) {
	t.Helper()
	page, err := os.ReadFile("../../docs/guides/reading-a-plan.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range guideCell.FindAllStringSubmatch(string(page), -1) {
		rows = append(rows, guideRow{cell[1], cell[2]})
	}
	return rows
}

// fills reports whether a text is a pattern of the guide with something in the place of each …. If
// it only begins so, more text may follow.
func fills(pattern, said string, whole bool) bool {
	parts := strings.Split(pattern, "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	expression := "^" + strings.Join(parts, ".+")
	if whole {
		expression += "$"
	}
	return regexp.MustCompile(expression).MatchString(strings.Join(strings.Fields(said), " "))
}

// The guide quotes what plans say.
func TestGuides_quotePlans(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	foreign := grants(n, 2, "read:orders")
	p := newPlanRun(n)
	var said []*tfprotov6.Diagnostic
	hear := func(diags []*tfprotov6.Diagnostic) { said = append(said, diags...) }

	api, elsewhere := apiWith("read:orders"), apiWith("read:orders").with("identifier", "urn:new")
	grant := grantOf(acctest.OrdersAPI)
	sample := grantOf(testserver.SampleAPIAudience).with("organization_usage", "allow")
	adopted := values{"identifier": acctest.OrdersAPI, "use_existing": true}
	scope := values{"resource_server_identifier": acctest.OrdersAPI, "scope": "b"}
	for _, plan := range []func(p *planRun){
		func(p *planRun) {
			hear(p.api(api, api))
			hear(p.api(api, nil))
		},
		func(p *planRun) { hear(p.api(api, elsewhere)) },
		func(p *planRun) {
			hear(p.api(api, api))
			p.replaced("m2m_resource_server", api, []byte(`{"m2m":"e30="}`))
			hear(p.grant(grant, grant))
		},
		func(p *planRun) {
			hear(p.api(policies(api, "allow_all", "require_client_grant"),
				policies(api, "allow_all", "deny_all")))
		},
		func(p *planRun) { hear(p.api(api, apiWith())) },
		func(p *planRun) { hear(p.grant(sample, sample.with("allow_any_organization", true))) },
		func(p *planRun) { hear(p.grant(sample, sample.with("allow_all_scopes", true))) },
		func(p *planRun) { hear(p.api(nil, adopted)) },
		func(p *planRun) {
			hear(p.grant(nil, grantOf(testserver.SampleAPIAudience, "x")))
			hear(p.grant(nil, grantOf("urn:unknown").with("client_id", "unknown")))
			hear(p.grant(nil, sample.with("client_id", testserver.WebClientID)))
			hear(p.grant(nil, grant.with("allow_any_organization", true)))
			hear(p.grant(nil, grant.with("client_id", foreign[0]).with(
				"authorization_details_types", []string{"x"},
			)))
		},
		func(p *planRun) {
			hear(p.api(api, api))
			hear(p.scope(scope, scope))
			hear(p.scope(nil, scope))
			hear(p.scope(nil, scope))
		},
		func(p *planRun) {
			hear(p.api(nil, api.with("signing_alg", "RS256").with("signing_secret", "0123456789abcdef").
				with("token_dialect", "access_token_authz")))
		},
		func(p *planRun) {
			secret := values{
				"identifier": acctest.OrdersAPI, "signing_alg": "HS256",
				"signing_secret_wo_version": 1,
			}
			hear(p.api(secret, secret.with("signing_secret_wo_version", nil)))
		},
		func(p *planRun) {
			none := grant.with("id", "cgr_1")
			hear(p.grant(none, none))
			hear(p.plan("m2m_organization_client_grant", nil, values{
				"organization_id": "org_1", "grant_id": "cgr_1",
			}))
		},
		func(p *planRun) {
			p = p.adopting()
			hear(p.api(apiWith(), nil))
			hear(p.api(nil, apiWith()))
		},
		func(p *planRun) {
			hear(p.exclusive(exclusiveOf(foreign), exclusiveOf(nil, foreign[1])))
			hear(p.grant(nil, grant.with("client_id", n.IDsOf("client-grants", "client_id")[foreign[0]])))
		},
		func(p *planRun) {
			held := grant.with("client_id", n.IDsOf("client-grants", "client_id")[foreign[0]])
			hear(p.grant(held, held))
			hear(p.exclusive(exclusiveOf(foreign), exclusiveOf(nil, foreign[1])))
			hear(p.exclusive(nil, exclusiveOf(nil).with("on_unmanaged", "report").
				with("audience", nil).with("client_id", held["client_id"])))
		},
		func(p *planRun) {
			allow(n, `"read:resource_servers"`)
			hear(p.grant(nil, sample))
		},
	} {
		plan(p)
		p = p.again()
	}

	for _, row := range guideRows(t) {
		var texts []string
		for _, d := range said {
			if fills(row.title, d.Summary, true) {
				texts = append(texts, d.Detail)
			}
		}
		found := false
		for _, text := range texts {
			found = found || fills(row.text, text, false)
		}
		switch {
		case len(texts) == 0 && !strings.HasPrefix(row.title, "Deleted client grants"):
			t.Errorf("no plan of this test says %q", row.title)
		case len(texts) > 0 && !found:
			t.Errorf("%q begins with %q, want %q", row.title, texts, row.text)
		}
	}
	if rows := len(guideRows(t)); rows < 20 {
		t.Errorf("the guide quotes only %d messages", rows)
	}
}
