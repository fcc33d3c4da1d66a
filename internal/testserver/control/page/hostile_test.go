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

	"github.com/terraform-m2m/terraform-provider-m2m/internal/chromium"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

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
			"name":     strings.NewReplacer("<", "", ">", "").Replace(attack),
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
		url.QueryEscape(
			attacks[0],
		) + "&scope=" + url.QueryEscape(strings.Join(attacks, " ")) + "&organization=" +
		url.QueryEscape(attacks[1])
	for _, path := range []string{"/", question, "/page/requests", "/?clients=" + url.QueryEscape(attacks[1])} {
		b.visit(t, x, path)
		b.Until(t, `document.querySelector(".matrix, .steps, #requests tr, .nothing") !== null`)
		title := chromium.Evaluate[string](t, b.Tab, `document.title`)
		strange := chromium.Evaluate[int](t, b.Tab, `document.querySelectorAll(
			"main script, img, iframe, [onerror], [onmouseover], a[href^=javascript]").length`)
		if strings.Contains(title, "hacked") || strange > 0 {
			t.Errorf(
				"%s: the title is %q, and %d elements are not of the page",
				path,
				title,
				strange,
			)
		}
		if text := b.Text(t); strings.ContainsAny(text, "\x1b\x07\u202e") {
			t.Errorf("%s has control characters: %q", path, text)
		}
	}
	b.visit(t, x, "/")
	b.Says(t, ".matrix thead", `\u001b]0;hacked\u0007\u001b[2J`)
	b.Leave(t)
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
	defer b.Leave(t)
	x.Must("POST", "/resource-servers", `{"identifier":"urn:kept"}`)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(strings.ReplaceAll(hostilePage, "CONTROL", x.ControlURL())))
	}))
	defer site.Close()
	port := site.URL[strings.LastIndex(site.URL, ":"):]
	for _, host := range []string{"http://127.0.0.1" + port, "http://localhost" + port, "http://evil.test" + port} {
		chromium.Do(t, b.Tab, chromedp.Navigate(host))
		b.Until(t, `document.title !== "waiting"`)
		if title := chromium.Evaluate[string](t, b.Tab, `document.title`); title != "read:" {
			t.Errorf("%s has %s", host, title)
		}
	}
	x.Must("GET", "/resource-servers/urn:kept", "")
	if offset := x.Clock().Offset(); offset != 0 {
		t.Errorf("a page has moved the clock by %v", offset)
	}
	// A name of the attacker that leads to the control address.
	control := x.ControlURL()
	chromium.Do(
		t,
		b.Tab,
		chromedp.Navigate("http://evil.test"+control[strings.LastIndex(control, ":"):]+"/"),
	)
	b.Says(t, "body", "The host in the URL must be an IP address")
}
