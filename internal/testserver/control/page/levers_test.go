// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/chromium"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func (b *browser) testToken(t *testing.T) {
	x := newTenant(t, orders)
	x.SampleGrant(`,"scope":["read:orders"]`)
	b.visit(t, x, "/page/token")
	defer b.Leave(t)
	b.Fill(t, "#client_id", "ReferenceMachineClient0000000001")
	b.Fill(t, "#audience", "https://sample-api.example.com")
	b.ask(t, "form:has([name=mint]) button")
	b.Says(t, ".verdict", "Accepted by https://sample-api.example.com")
	b.Says(t, "pre", `"scope": "read:orders"`)
	token := chromium.Evaluate[string](t, b.Tab, `document.getElementById("minted").value`)
	if text := b.Text(t); strings.Contains(text, token) || strings.Count(token, ".") != 2 {
		t.Errorf("the page shows the token %q:\n%s", token, text)
	}
	if kind := chromium.Evaluate[string](t, b.Tab, `document.getElementById("minted").type`); kind != "password" {
		t.Errorf("the token is in a field of type %s", kind)
	}
	b.Click(t, "[data-reveal]")
	b.Until(t, `document.getElementById("minted").type === "text"`)
	header, _ := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	if !strings.Contains(string(header), "RS256") {
		t.Errorf("the header is %s", header)
	}
	for _, check := range []struct{ token, api, needs, refused, why string }{
		{token, "", "write:orders", "scope that the API needs", "the token lacks the scope"},
		{token, "https://orders.example.com", "", "It is for this API", "another audience"},
		{token[:len(token)-4] + "AAAA", "", "", "The signature fits", "the signature does not fit"},
		{"not a token", "", "", "It is a JWT", "the token is not a JWT"},
		{token, "urn:none", "", "", `no API has the identifier "urn:none"`},
	} {
		b.Fill(t, "#token", check.token)
		b.Fill(t, "#api", check.api)
		b.Fill(t, "#needs", check.needs)
		b.ask(t, "form:not(:has([name=mint])) button")
		b.Says(t, ".reason", check.why)
		b.Says(t, ".verdict", "Not accepted")
		if check.refused != "" {
			b.Says(t, ".steps .refused", check.refused)
		}
	}
	x.Clock().Advance(25 * time.Hour)
	b.Fill(t, "#token", token)
	b.Fill(t, "#api", "")
	b.ask(t, "form:not(:has([name=mint])) button")
	b.Says(t, ".steps .refused", "the token has expired")
	b.Fill(t, "#client_id", "reports")
	b.ask(t, "form:has([name=mint]) button")
	b.Says(t, ".reason", "has no grant for the API")
	if address := chromium.Evaluate[string](t, b.Tab, `location.href`); address != x.ControlURL()+"/page/token" {
		t.Errorf("the address is %s", address)
	}
}

func (b *browser) testLevers(t *testing.T) {
	x := newTenant(t, orders)
	taken := filepath.Join(t.TempDir(), "snapshot.json")
	if err := os.WriteFile(taken, x.Snapshot(), 0o600); err != nil {
		t.Fatal(err)
	}
	x.Must("DELETE", "/resource-servers/https:%2F%2Forders.example.com", "")
	b.visit(t, x, "/page/levers")
	defer b.Leave(t)
	b.Says(t, "#faults", "No fault waits.")
	b.Fill(t, "#fault-route", "GET /.well-known/jwks.json")
	b.Fill(t, "#fault-kind", "refuse")
	b.Says(t, "#fault-does", "the API's own answer with that status")
	if shown := chromium.Evaluate[string](t, b.Tab, `[...document.querySelectorAll("div[data-takes]")]
		.filter(e => e.checkVisibility()).map(e => e.dataset.takes).join()`); shown != "status" {
		t.Errorf("the form shows %s", shown)
	}
	b.Click(t, "#add-fault button")
	b.Says(t, "#faults", "refuse on GET /.well-known/jwks.json (times 1, status 503)")
	b.Says(t, "#said", "The fault waits")
	if got := x.Send("GET", "/.well-known/jwks.json", ""); got.Status != 503 {
		t.Errorf("the fault did not strike: %d", got.Status)
	}
	b.Fill(t, "#fault-kind", "delay")
	b.Fill(t, "#fault-delay", "soon")
	b.Click(t, "#add-fault button")
	b.Says(t, "#said.failed", "delay is a time such as")
	b.Fill(t, "#fault-delay", "10m")
	b.Click(t, "#add-fault button")
	b.Says(t, "#faults", "delay 10m")
	b.Click(t, "#faults button")
	b.Says(t, "#faults", "No fault waits.")

	b.Click(t, "#advance button")
	b.Says(t, "#clock", "25h0m0s from now")
	if offset := x.Clock().Offset(); offset != 25*time.Hour {
		t.Errorf("the clock is %v off", offset)
	}
	b.Click(t, `[data-call="POST /clock"]`)
	b.Says(t, "#clock", "the present")

	b.Fill(t, "#per_second", "0.001")
	b.Fill(t, "#burst", "1")
	b.Click(t, "#set-limit button")
	b.Says(t, "#limit", "0.001 per second, burst 1, reset full.")
	x.Token = x.FetchToken(
		testserver.ManagementClientID,
		testserver.ManagementClientSecret,
		x.Issuer()+"/api/v2/",
		"",
	)
	if first, second := x.API("GET", "/clients", ""), x.API("GET", "/clients", ""); first.Status != 200 ||
		second.Status != 429 {
		t.Errorf("the limit answers %d and %d", first.Status, second.Status)
	}
	b.Click(t, `[data-call="DELETE /rate-limit"]`)
	b.Says(t, "#limit", "No limit.")

	chromium.Do(t, b.Tab, chromedp.SetUploadFiles("#snapshot", []string{taken}))
	b.Click(t, "#upload button")
	b.Says(t, "#said", "The tenant is the one of the snapshot.")
	x.Must("GET", "/resource-servers/https:%2F%2Forders.example.com", "")

	x.Must("DELETE", "/resource-servers/https:%2F%2Forders.example.com", "")
	chromium.Evaluate[bool](
		t,
		b.Tab,
		`window.confirm = (text) => { window.asked = text; return false; }, true`,
	)
	b.Click(t, ".danger")
	b.Says(t, "#clock", "the present")
	if got := x.API("GET", "/resource-servers/https:%2F%2Forders.example.com", ""); got.Status != 404 {
		t.Error("a reset that was not confirmed took effect")
	}
	chromium.Evaluate[bool](t, b.Tab, `window.confirm = () => true, true`)
	b.Click(t, ".danger")
	b.Says(t, "#said", "The server is as at its start.")
	x.Token = ""
	x.Must("GET", "/resource-servers/https:%2F%2Forders.example.com", "")
	href := chromium.Evaluate[string](t, b.Tab, `document.querySelector("a[download]").href`)
	if want := fmt.Sprint(x.ControlURL(), "/snapshot"); href != want {
		t.Errorf("the snapshot is at %s", href)
	}
}
