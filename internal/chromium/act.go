// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package chromium

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is longer than a busy machine needs.
const patience = 2 * time.Minute

// Until asks the page again and again, until an expression is true.
func (b *Tab) Until(t *testing.T, expression string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if Evaluate[bool](t, b, expression) {
			return
		}
	}
	t.Fatalf("it never became true: %s\nthe page says:\n%s", expression, b.Text(t))
}

// Says waits until an element has a text.
func (b *Tab) Says(t *testing.T, selector, text string) {
	t.Helper()
	b.Until(t, fmt.Sprintf(
		`[...document.querySelectorAll(%q)].some(e => e.innerText.includes(%q))`, selector, text))
}

// Text is what the page shows.
func (b *Tab) Text(t *testing.T) string {
	t.Helper()
	return Evaluate[string](t, b, `document.body.innerText`)
}

// Click clicks an element as a person does, if it is the only one.
func (b *Tab) Click(t *testing.T, selector string) {
	t.Helper()
	count := fmt.Sprintf(`document.querySelectorAll(%q).length`, selector)
	if n := Evaluate[int](t, b, count); n != 1 {
		t.Fatalf("there are %d elements %s on the page:\n%s", n, selector, b.Text(t))
	}
	at := Evaluate[[]float64](t, b, fmt.Sprintf(`(() => {
		const element = document.querySelector(%q);
		element.scrollIntoView({ block: "center", inline: "center" });
		const box = element.getBoundingClientRect();
		return [box.x + box.width / 2, box.y + box.height / 2];
	})()`, selector))
	Do(t, b, chromedp.MouseClickXY(at[0], at[1]))
}

// Fill puts a text into a field, in the place of the present one.
func (b *Tab) Fill(t *testing.T, selector, text string) {
	t.Helper()
	Evaluate[bool](t, b, fmt.Sprintf(`(() => {
		const field = document.querySelector(%q);
		field.focus();
		field.value = %q;
		return field.dispatchEvent(new Event("input", { bubbles: true }));
	})()`, selector, text))
}
