// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/chromium"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const orders = `
resource_servers:
  - {identifier: https://orders.example.com, name: Orders,
     scopes: [{value: "read:orders"}, {value: "write:orders"}]}
  - {identifier: https://legacy.example.com, name: Legacy, scopes: [{value: "read:all"}],
     subject_type_authorization: {client: {policy: deny_all}}}
clients:
  - {client_id: reports, client_secret: not-a-secret, name: Reports,
     grant_types: [client_credentials]}
  - {client_id: partner, client_secret: not-a-secret, name: Partner, is_first_party: false,
     grant_types: [client_credentials]}
organizations:
  - {id: org_Acme000000000001, name: acme}
client_grants:
  - {client_id: reports, audience: "https://legacy.example.com", scope: ["read:all"]}
  - {client_id: reports, audience: "https://legacy.example.com", scope: ["read:all"],
     subject_type: user}
  - {default_for: third_party_clients, audience: "https://orders.example.com",
     scope: ["read:orders"], organization_usage: require, organizations: [acme]}
`

func TestPage_inBrowser(t *testing.T) {
	b := newBrowser(t)
	t.Run("access follows what clients write", b.testAccess)
	t.Run("an empty cell leads to the reason", b.testWhy)
	t.Run("the log of requests is live", b.testRequests)
	t.Run("a token is checked and masked", b.testToken)
	t.Run("levers change the server", b.testLevers)
	t.Run("hostile texts do nothing", b.testHostile)
	t.Run("other sites can do nothing", b.testOtherSites)
	t.Run("only tables scroll sideways", b.testWidths)
}

// cellOf is an expression for the text of a cell.
func cellOf(client, api string) string {
	return fmt.Sprintf(`(() => {
		const table = document.querySelector(".matrix");
		const at = [...table.tHead.rows[0].cells].findIndex(c => c.dataset.api === %q);
		return table.querySelector('tr[data-client=%q]').cells[at].innerText.replace(/\s+/g, " ");
	})()`, api, client)
}

func (b *browser) testAccess(t *testing.T) {
	x := newTenant(t, orders)
	b.visit(t, x, "/")
	defer b.Leave(t)
	const api = "https://orders.example.com"
	for cell, want := range map[string]string{
		cellOf("reports", api): "",
		cellOf("reports", "https://legacy.example.com"): "machines read:all no effect: the API denies all clients " +
			"users read:all Why?",
		cellOf("", api):        "machines read:orders organization required: acme",
		cellOf("partner", api): "machines by default read:orders organization required: acme Why?",
	} {
		if got := chromium.Evaluate[string](t, b.Tab, cell); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	chromium.Evaluate[int](
		t,
		b.Tab,
		`window.shown = document.querySelectorAll(".matrix td").length`,
	)
	x.Must(
		"POST",
		"/client-grants",
		`{"client_id":"reports","audience":"https://orders.example.com",
		"scope":["write:orders","gone"],"organization_usage":"allow","allow_any_organization":true}`,
	)
	b.Until(t, cellOf("reports", api)+` ===
		"machines write:orders gone not defined organization optional: any Why?"`)
	if !chromium.Evaluate[bool](t, b.Tab, `window.shown > 0`) {
		t.Error("the page was loaded anew")
	}
	b.Fill(t, "#filter-clients", "REPO")
	b.Until(
		t,
		`document.querySelectorAll(".matrix tbody tr").length === 2`,
	) // With the default row.
	b.Fill(t, "#filter-apis", "read:all")
	b.Until(t, `document.querySelectorAll(".matrix thead th").length === 2`)
	if got := chromium.Evaluate[string](t, b.Tab, `location.search`); got != "?clients=REPO&apis=read%3Aall" {
		t.Errorf("the address has %q", got)
	}
	chromium.Do(t, b.Tab, chromedp.Navigate(x.ControlURL()+"/?clients=nobody"))
	b.Says(t, "#answer", "0 clients of")
}

func (b *browser) testWhy(t *testing.T) {
	x := newTenant(t, orders)
	b.visit(t, x, "/")
	defer b.Leave(t)
	b.Click(t, "tr[data-client=reports] td:empty:nth-child(3)")
	b.Says(t, ".verdict", "Refused: 403 access_denied")
	b.Says(t, ".reason", `The client "Reports" (reports) has no grant for the API "Orders"`)
	b.Says(t, ".change", "Create a client grant")
	b.Says(t, ".steps .refused", "The client has a grant")
	if n := chromium.Evaluate[int](t, b.Tab, `document.querySelectorAll(".steps .passed").length`); n != 5 {
		t.Errorf("%d steps passed", n)
	}
	x.Must(
		"POST",
		"/client-grants",
		`{"client_id":"reports","audience":"https://orders.example.com",
		"scope":["read:orders"]}`,
	)
	b.ask(t, ".question button")
	b.Says(t, ".verdict", "A token is issued")
	b.Says(t, ".facts", "read:orders")
	b.Fill(t, "#scope", "write:orders")
	b.ask(t, ".question button")
	b.Says(t, ".reason", `does not give "write:orders"`)
	b.Fill(t, "#scope", "")
	b.Fill(t, "#client_secret", "wrong")
	b.ask(t, ".question button")
	b.Says(t, ".reason", "The secret is not the secret of the client")
	if address := chromium.Evaluate[string](t, b.Tab, `location.href`); strings.Contains(
		address,
		"wrong",
	) {
		t.Errorf("the secret is in the address %s", address)
	}
	x.Next("POST /oauth/token", testserver.Refuse(429))
	b.ask(t, ".question button")
	b.Says(t, ".fault", "A fault waits for token requests: refuse 429, 1 time")
}

func (b *browser) testRequests(t *testing.T) {
	x := newTenant(t, orders)
	x.Send("GET", "/nowhere", "")
	b.visit(t, x, "/page/requests")
	defer b.Leave(t)
	b.Says(t, "#requests", "no such route")
	x.AskToken("client_id=reports&client_secret=not-a-secret&audience=https://orders.example.com")
	b.Says(t, "#requests tr:first-child", "has no grant for the API")
	row := `[...document.querySelector("#requests tr").cells].map(c => c.innerText).join("|")`
	if got := chromium.Evaluate[string](t, b.Tab, row); !strings.HasPrefix(
		got,
		"2|POST /oauth/token|403|",
	) ||
		!strings.Contains(got, " ms|reports|grant: The client ") {
		t.Errorf("the row is %s", got)
	}
	x.Next("GET /.well-known/jwks.json", testserver.Refuse(503))
	x.Send("GET", "/.well-known/jwks.json", "")
	b.Says(t, "#requests tr:first-child", "refuse 503")
	b.Says(t, "#summary", "3 of 3 shown.")
	const visible = `[...document.querySelectorAll("#requests tr")].filter(r => !r.hidden).length`
	for _, filter := range []struct{ field, value, left string }{
		{"#filter-status", "fault", "1"},
		{"#filter-status", "4", "2"},
		{"#filter-route", "OAUTH", "1"},
		{"#filter-route", "", "2"},
		{"#filter-client", "report", "1"},
	} {
		b.Fill(t, filter.field, filter.value)
		b.Until(t, visible+" === "+filter.left)
	}
	b.Fill(t, "#filter-client", "")
	b.Fill(t, "#filter-status", "")
	b.Click(t, "[name=pause]")
	x.Send("GET", "/nowhere", "")
	b.Says(t, "#summary", "paused (1 more)")
	if n := chromium.Evaluate[int](t, b.Tab, visible); n != 3 {
		t.Errorf("%d rows show while the log is paused", n)
	}
	b.Click(t, "[name=pause]")
	b.Says(t, "#summary", "4 of 4 shown.")
	x.ForgetRequests()
	b.Says(t, "#summary", "None yet.")
}

func (b *browser) testWidths(t *testing.T) {
	x := newTenant(t, orders)
	x.AskToken("client_id=reports&client_secret=not-a-secret&audience=https://orders.example.com")
	x.Send("GET", "/nowhere", "")
	for name, path := range map[string]string{
		"access": "/", "requests": "/page/requests", "token": "/page/token", "levers": "/page/levers",
		"why": "/page/why?client_id=partner&audience=https://orders.example.com&scope=write:orders",
	} {
		b.visit(t, x, path)
		for _, width := range []int64{360, 900, 1600} {
			chromium.Do(t, b.Tab, chromedp.EmulateViewport(width, 1000))
			if chromium.Evaluate[bool](t, b.Tab, `document.documentElement.scrollWidth >
				document.documentElement.clientWidth`) {
				t.Errorf("%s scrolls sideways at a width of %d", name, width)
			}
			b.Photograph(t, fmt.Sprintf("%s-%d", name, width))
		}
	}
	// By keyboard: the link to the content, the views, then the filters.
	b.visit(t, x, "/")
	defer b.Leave(t)
	var stops []string
	for range 7 {
		chromium.Do(t, b.Tab, chromedp.KeyEvent(kb.Tab))
		stops = append(stops, chromium.Evaluate[string](t, b.Tab,
			`document.activeElement.id || document.activeElement.innerText`))
	}
	if got := strings.Join(stops, ", "); !strings.HasPrefix(
		got, "Skip to the content, Access, Why, ") || !strings.Contains(got, "filter-clients") {
		t.Errorf("the stops are %s", got)
	}
}
