// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/chromium"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// watched is a tenant whose page is open in a browser.
type watched struct {
	*acctest.Tenant
	tab *chromium.Tab
}

func watch(t *testing.T) *watched {
	t.Helper()
	tab := chromium.Open(t)
	return &watched{acctest.StartTenant(t, testserver.Config{ControlAddr: "127.0.0.1:0"}), tab}
}

func (w *watched) visit(path string) {
	w.T.Helper()
	chromium.Do(w.T, w.tab, chromedp.Navigate(w.ControlURL()+path))
	w.tab.Until(w.T, `document.readyState === "complete"`)
}

// visitLevers opens the levers, and waits until they work.
func (w *watched) visitLevers() {
	w.T.Helper()
	w.visit("/page/levers")
	w.tab.Says(w.T, "#faults", "No fault waits.")
}

// leave ends what the page does. Nothing may have gone wrong in it.
func (w *watched) leave() {
	w.T.Helper()
	w.tab.Check(w.T, func(address string) bool {
		return strings.HasPrefix(address, w.ControlURL()+"/")
	})
	w.tab.Leave(w.T)
}

// says is a check after a step: the page comes to show a text without being loaded again.
func (w *watched) says(selector, text string) statecheck.StateCheck {
	return w.then(func() { w.tab.Says(w.T, selector, text) })
}

// then is a check after a step that uses the page.
func (w *watched) then(use func()) statecheck.StateCheck {
	return acctest.CheckFunc(func() error {
		use()
		return nil
	})
}

// expires checks a token before and after the clock moves.
func (w *watched) expires(token string) {
	w.T.Helper()
	check := func(selector, text string) {
		w.visit("/page/token")
		w.tab.Fill(w.T, "#token", token)
		w.tab.Click(w.T, "form:not(:has([name=mint])) button")
		w.tab.Says(w.T, selector, text)
	}
	check(".verdict", "Accepted by "+testserver.SampleAPIAudience)
	w.visitLevers()
	w.tab.Click(w.T, "#advance button")
	w.tab.Says(w.T, "#clock", "25h0m0s from now")
	check(".reason", "the token has expired")
}

// Somebody watches the page while Terraform gives access, meets a fault, gets a token and takes the
// access back.
func TestAccPage_whileTerraformRuns(t *testing.T) {
	w := watch(t)
	defer w.leave()
	const (
		row     = "tr[data-client=" + testserver.MachineClientID + "]"
		patched = "PATCH /api/v2/client-grants/{id}"
	)
	config := func(scopes string) string {
		return fmt.Sprintf(`
			resource "m2m_client_grant" "orders" {
			  client_id = %q
			  audience  = %q
			  scopes    = %s
			}`, testserver.MachineClientID, testserver.SampleAPIAudience, scopes)
	}
	w.Test(
		resource.TestStep{
			PreConfig: func() { w.visit("/") },
			Config:    config(`["read:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				w.Expect(acctest.Writes("POST client-grants").WithoutBodies()),
				w.says(row, "read:orders"),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				w.visitLevers()
				w.tab.Fill(t, "#fault-route", patched)
				w.tab.Fill(t, "#fault-kind", "refuse")
				w.tab.Click(t, "#add-fault button")
				w.tab.Says(t, "#faults", "refuse on "+patched)
				w.visit("/page/requests")
				w.tab.Fill(t, "#filter-route", patched)
			},
			Config: config(`["read:orders", "write:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				w.Expect(acctest.Writes(
					"PATCH client-grants/{id}", "PATCH client-grants/{id}",
				).WithoutBodies()),
				w.says("#requests tr", "refuse 503"),
				w.then(func() {
					w.visit("/")
					w.tab.Says(t, row, "write:orders")
					w.expires(w.TokenOf(
						testserver.MachineClientID, testserver.MachineClientSecret,
						testserver.SampleAPIAudience,
					))
				}),
			},
		},
	)
	w.visit("/page/why?client_id=" + testserver.MachineClientID +
		"&audience=" + testserver.SampleAPIAudience)
	w.tab.Says(t, ".reason", "has no grant for the API")
}
