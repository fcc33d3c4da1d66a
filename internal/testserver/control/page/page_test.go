// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
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
	defer b.leave(t)
	const api = "https://orders.example.com"
	for cell, want := range map[string]string{
		cellOf("reports", api): "",
		cellOf("reports", "https://legacy.example.com"): "machines read:all no effect: the API denies all clients " +
			"users read:all Why?",
		cellOf("", api):        "machines read:orders organization required: acme",
		cellOf("partner", api): "machines by default read:orders organization required: acme Why?",
	} {
		if got := evaluate[string](t, b, cell); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	evaluate[int](t, b, `window.shown = document.querySelectorAll(".matrix td").length`)
	x.Must("POST", "/client-grants", `{"client_id":"reports","audience":"https://orders.example.com",
		"scope":["write:orders","gone"],"organization_usage":"allow","allow_any_organization":true}`)
	b.until(t, cellOf("reports", api)+` ===
		"machines write:orders gone not defined organization optional: any Why?"`)
	if !evaluate[bool](t, b, `window.shown > 0`) {
		t.Error("the page was loaded anew")
	}
	b.fill(t, "#filter-clients", "REPO")
	b.until(t, `document.querySelectorAll(".matrix tbody tr").length === 2`) // With the default row.
	b.fill(t, "#filter-apis", "read:all")
	b.until(t, `document.querySelectorAll(".matrix thead th").length === 2`)
	if got := evaluate[string](t, b, `location.search`); got != "?clients=REPO&apis=read%3Aall" {
		t.Errorf("the address has %q", got)
	}
	do(t, b, chromedp.Navigate(x.ControlURL()+"/?clients=nobody"))
	b.says(t, "#answer", "0 clients of")
}

func (b *browser) testWhy(t *testing.T) {
	x := newTenant(t, orders)
	b.visit(t, x, "/")
	defer b.leave(t)
	b.click(t, "tr[data-client=reports] td:empty:nth-child(3)")
	b.says(t, ".verdict", "Refused: 403 access_denied")
	b.says(t, ".reason", `The client "Reports" (reports) has no grant for the API "Orders"`)
	b.says(t, ".change", "Create a client grant")
	b.says(t, ".steps .refused", "The client has a grant")
	if n := evaluate[int](t, b, `document.querySelectorAll(".steps .passed").length`); n != 5 {
		t.Errorf("%d steps passed", n)
	}
	x.Must("POST", "/client-grants", `{"client_id":"reports","audience":"https://orders.example.com",
		"scope":["read:orders"]}`)
	b.click(t, ".question button")
	b.says(t, ".verdict", "A token is issued")
	b.until(t, `document.activeElement.className === "verdict yes"`)
	b.says(t, ".facts", "read:orders")
	b.fill(t, "#scope", "write:orders")
	b.click(t, ".question button")
	b.says(t, ".reason", `does not give "write:orders"`)
	b.fill(t, "#scope", "")
	b.fill(t, "#client_secret", "wrong")
	b.click(t, ".question button")
	b.says(t, ".reason", "The secret is not the secret of the client")
	if address := evaluate[string](t, b, `location.href`); strings.Contains(address, "wrong") {
		t.Errorf("the secret is in the address %s", address)
	}
	x.Next("POST /oauth/token", testserver.Refuse(429))
	b.click(t, ".question button")
	b.says(t, ".fault", "A fault waits for token requests: refuse 429, 1 time")
}

func (b *browser) testRequests(t *testing.T) {
	x := newTenant(t, orders)
	x.Send("GET", "/nowhere", "")
	b.visit(t, x, "/page/requests")
	defer b.leave(t)
	b.says(t, "#requests", "no such route")
	x.AskToken("client_id=reports&client_secret=not-a-secret&audience=https://orders.example.com")
	b.says(t, "#requests tr:first-child", "has no grant for the API")
	row := `[...document.querySelector("#requests tr").cells].map(c => c.innerText).join("|")`
	if got := evaluate[string](t, b, row); !strings.HasPrefix(got, "2|POST /oauth/token|403|") ||
		!strings.Contains(got, " ms|reports|grant: The client ") {
		t.Errorf("the row is %s", got)
	}
	x.Next("GET /.well-known/jwks.json", testserver.Refuse(503))
	x.Send("GET", "/.well-known/jwks.json", "")
	b.says(t, "#requests tr:first-child", "refuse 503")
	b.says(t, "#summary", "3 of 3 shown.")
	const visible = `[...document.querySelectorAll("#requests tr")].filter(r => !r.hidden).length`
	for _, filter := range []struct{ field, value, left string }{
		{"#filter-status", "fault", "1"},
		{"#filter-status", "4", "2"},
		{"#filter-route", "OAUTH", "1"},
		{"#filter-route", "", "2"},
		{"#filter-client", "report", "1"},
	} {
		b.fill(t, filter.field, filter.value)
		b.until(t, visible+" === "+filter.left)
	}
	b.fill(t, "#filter-client", "")
	b.fill(t, "#filter-status", "")
	b.click(t, "[name=pause]")
	x.Send("GET", "/nowhere", "")
	b.says(t, "#summary", "paused (1 more)")
	if n := evaluate[int](t, b, visible); n != 3 {
		t.Errorf("%d rows show while the log is paused", n)
	}
	b.click(t, "[name=pause]")
	b.says(t, "#summary", "4 of 4 shown.")
	x.ForgetRequests()
	b.says(t, "#summary", "None yet.")
}

// The texts of attackers: elements, attributes, scripts, and sequences that steer terminals.
var attacks = []string{
	`<img src=x onerror="document.title='hacked'">`, `"><script>document.title='hacked'</script>`,
	`' onmouseover=document.title='hacked' x='`, `</title><script>document.title='hacked'</script>`,
	`{{.Issuer}}`, "javascript:document.title='hacked'", "\x1b]0;hacked\x07\x1b[2J", "abc\u202egnp",
}

func (b *browser) testHostile(t *testing.T) {
	x := newTenant(t, "")
	for i, attack := range attacks {
		create := func(path string, object map[string]any) {
			body, err := json.Marshal(object)
			if err != nil {
				t.Fatal(err)
			}
			if status, answer := x.Dashboard("POST", "/api/v2"+path, string(body)); status != 201 {
				t.Errorf("%s: %s", body, answer)
			}
		}
		create("/resource-servers", map[string]any{
			"identifier": attack, "scopes": []any{map[string]any{"value": attack}},
			"name": strings.NewReplacer("<", "", ">", "").Replace(attack),
		})
		create("/clients", map[string]any{
			"name": strings.NewReplacer("<", "", ">", "").Replace(attack),
			"app_type": "non_interactive", "grant_types": []any{"client_credentials"},
		})
		create("/client-grants", map[string]any{
			"client_id": testserver.MachineClientID, "audience": attack,
			"scope": []any{attack, fmt.Sprint(i)},
		})
	}
	for _, attack := range attacks {
		x.Send("POST", "/oauth/token", machineForm+"&audience="+url.QueryEscape(attack)+"&scope="+
			url.QueryEscape(attack)+"x", servertest.AsForm)
	}
	question := "/page/why?client_id=" + testserver.MachineClientID + "&audience=" +
		url.QueryEscape(attacks[0]) + "&scope=" + url.QueryEscape(strings.Join(attacks, " ")) + "&organization=" +
		url.QueryEscape(attacks[1])
	for _, path := range []string{"/", question, "/page/requests", "/?clients=" + url.QueryEscape(attacks[1])} {
		b.visit(t, x, path)
		b.until(t, `document.querySelector(".matrix, .steps, #requests tr, .nothing") !== null`)
		title := evaluate[string](t, b, `document.title`)
		strange := evaluate[int](t, b, `document.querySelectorAll(
			"main script, img, iframe, [onerror], [onmouseover], a[href^=javascript]").length`)
		if strings.Contains(title, "hacked") || strange > 0 {
			t.Errorf("%s: the title is %q, and %d elements are not of the page", path, title, strange)
		}
		if text := b.text(t); strings.ContainsAny(text, "\x1b\x07\u202e") {
			t.Errorf("%s has control characters: %q", path, text)
		}
	}
	b.visit(t, x, "/")
	b.says(t, ".matrix thead", `\u001b]0;hacked\u0007\u001b[2J`)
	b.leave(t)
}

const machineForm = "grant_type=client_credentials&client_id=" + testserver.MachineClientID +
	"&client_secret=" + testserver.MachineClientSecret

// hostilePage tries everything that a web page can send, and notes what it could read.
const hostilePage = `<!DOCTYPE html><title>waiting</title>
<iframe name=sink></iframe><iframe id=frame src="CONTROL/"></iframe>
<script src="CONTROL/snapshot"></script><script type=module src="CONTROL/page/assets/page.js"></script>
<form id=form method=post action="CONTROL/reset" target=sink></form>
<form id=text method=post action="CONTROL/clock" enctype="text/plain" target=sink><input name='{"advance":"9h","x' value='"}'></form>
<script type=module>
const read = [];
form.submit(); text.submit();
for (const mode of ["no-cors", "cors"]) {
  for (const [method, path, body] of [["POST", "/reset"], ["POST", "/clock", '{"advance":"9h"}'], ["GET", "/snapshot"],
    ["POST", "/faults", '{"route":"*","fault":"reset_connection"}'], ["POST", "/page/why", "client_id=x"], ["GET", "/"], ["GET", "/page/assets/page.js"]]) {
    try {
      const answer = await fetch("CONTROL" + path, { method, body, mode });
      if (answer.type !== "opaque") read.push(method + path);
    } catch {}
  }
}
try { navigator.sendBeacon("CONTROL/reset"); } catch {}
await new Promise((done) => setTimeout(done, 300));
try { if (frame.contentDocument.title) read.push("frame"); } catch {}
document.title = "read: " + read.join(" ");
</script>`

func (b *browser) testOtherSites(t *testing.T) {
	x := newTenant(t, "")
	defer b.leave(t)
	x.Must("POST", "/resource-servers", `{"identifier":"urn:kept"}`)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(strings.ReplaceAll(hostilePage, "CONTROL", x.ControlURL())))
	}))
	defer site.Close()
	port := site.URL[strings.LastIndex(site.URL, ":"):]
	for _, host := range []string{"http://127.0.0.1" + port, "http://localhost" + port, "http://evil.test" + port} {
		do(t, b, chromedp.Navigate(host))
		b.until(t, `document.title !== "waiting"`)
		if title := evaluate[string](t, b, `document.title`); title != "read:" {
			t.Errorf("%s has %s", host, title)
		}
	}
	x.Must("GET", "/resource-servers/urn:kept", "")
	if offset := x.Clock().Offset(); offset != 0 {
		t.Errorf("a page has moved the clock by %v", offset)
	}
	// A name of the attacker that leads to the control address.
	control := x.ControlURL()
	do(t, b, chromedp.Navigate("http://evil.test"+control[strings.LastIndex(control, ":"):]+"/"))
	b.says(t, "body", "The host in the URL must be an IP address")
}

func (b *browser) testWidths(t *testing.T) {
	x := newTenant(t, orders)
	x.AskToken("client_id=reports&client_secret=not-a-secret&audience=https://orders.example.com")
	x.Send("GET", "/nowhere", "")
	for name, path := range map[string]string{
		"access": "/", "requests": "/page/requests",
		"why": "/page/why?client_id=partner&audience=https://orders.example.com&scope=write:orders",
	} {
		b.visit(t, x, path)
		for _, width := range []int64{360, 900, 1600} {
			do(t, b, chromedp.EmulateViewport(width, 1000))
			if evaluate[bool](t, b, `document.documentElement.scrollWidth >
				document.documentElement.clientWidth`) {
				t.Errorf("%s scrolls sideways at a width of %d", name, width)
			}
			b.photograph(t, fmt.Sprintf("%s-%d", name, width))
		}
	}
	// By keyboard: the link to the content, the views, then the filters.
	b.visit(t, x, "/")
	defer b.leave(t)
	var stops []string
	for range 6 {
		do(t, b, chromedp.KeyEvent(kb.Tab))
		stops = append(stops, evaluate[string](t, b,
			`document.activeElement.id || document.activeElement.innerText`))
	}
	if got := strings.Join(stops, ", "); !strings.HasPrefix(
		got, "Skip to the content, Access, Why, ") || !strings.Contains(got, "filter-clients") {
		t.Errorf("the stops are %s", got)
	}
}
