// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

// patience is longer than a busy machine needs.
const patience = 2 * time.Minute

// until asks the page again and again, until an expression is true.
func (b *browser) until(t *testing.T, expression string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if chromium.Evaluate[bool](t, b.Tab, expression) {
			return
		}
	}
	t.Fatalf("it never became true: %s\nthe page says:\n%s", expression, b.text(t))
}

// says waits until an element has a text.
func (b *browser) says(t *testing.T, selector, text string) {
	t.Helper()
	b.until(t, fmt.Sprintf(
		`[...document.querySelectorAll(%q)].some(e => e.innerText.includes(%q))`, selector, text))
}

func (b *browser) text(t *testing.T) string {
	t.Helper()
	return chromium.Evaluate[string](t, b.Tab, `document.body.innerText`)
}

// click clicks an element as a person does, if it is the only one.
func (b *browser) click(t *testing.T, selector string) {
	t.Helper()
	if n := chromium.Evaluate[int](t, b.Tab, fmt.Sprintf(`document.querySelectorAll(%q).length`, selector)); n != 1 {
		t.Fatalf("there are %d elements %s on the page:\n%s", n, selector, b.text(t))
	}
	at := chromium.Evaluate[[]float64](t, b.Tab, fmt.Sprintf(`(() => {
		const element = document.querySelector(%q);
		element.scrollIntoView({ block: "center", inline: "center" });
		const box = element.getBoundingClientRect();
		return [box.x + box.width / 2, box.y + box.height / 2];
	})()`, selector))
	chromium.Do(t, b.Tab, chromedp.MouseClickXY(at[0], at[1]))
}

// ask clicks a button, and waits until the answer has the focus.
func (b *browser) ask(t *testing.T, selector string) {
	t.Helper()
	b.until(t, `document.readyState === "complete"`) // The scripts have run.
	chromium.Evaluate[bool](t, b.Tab, `document.activeElement.blur(), true`)
	b.click(t, selector)
	b.until(t, `document.activeElement.classList.contains("verdict")`)
}

// fill puts a text into a field, in the place of the present one.
func (b *browser) fill(t *testing.T, selector, text string) {
	t.Helper()
	chromium.Evaluate[bool](t, b.Tab, fmt.Sprintf(`(() => {
		const field = document.querySelector(%q);
		field.focus();
		field.value = %q;
		return field.dispatchEvent(new Event("input", { bubbles: true }));
	})()`, selector, text))
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
