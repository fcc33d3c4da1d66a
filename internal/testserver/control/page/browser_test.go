// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/chromium"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// browser is a tab of a headless Chromium.
type browser struct{ *chromium.Tab }

// newBrowser opens a tab. The host evil.test leads to this machine.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	return &browser{chromium.Open(
		t, chromedp.Flag("host-resolver-rules", "MAP evil.test 127.0.0.1"),
	)}
}

// ask clicks a button, and waits until the answer has the focus.
func (b *browser) ask(t *testing.T, selector string) {
	t.Helper()
	b.Until(t, `document.readyState === "complete"`) // The scripts have run.
	chromium.Evaluate[bool](t, b.Tab, `document.activeElement.blur(), true`)
	b.Click(t, selector)
	b.Until(t, `document.activeElement.classList.contains("verdict")`)
}

// visit opens a view. At the end of the test, nothing may have gone wrong, and no request may have
// left the control address.
func (b *browser) visit(t *testing.T, x *servertest.Tenant, path string) {
	t.Helper()
	chromium.Do(t, b.Tab, chromedp.Navigate(x.ControlURL()+path))
	t.Cleanup(func() {
		b.Check(t, func(address string) bool {
			return strings.HasPrefix(address, x.ControlURL()+"/")
		})
	})
}

// newTenant starts a server with a page.
func newTenant(t *testing.T, objects string) *servertest.Tenant {
	t.Helper()
	return servertest.NewWith(t, testserver.Config{ControlAddr: ":0", Tenant: []byte(objects)})
}
