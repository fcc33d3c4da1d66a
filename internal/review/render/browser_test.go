// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/chromium"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/render"
)

// browser is a tab of a headless Chromium.
type browser struct{ *chromium.Tab }

// open shows the page of a report. At the end of the test, nothing may have gone wrong, and the
// page may not have asked for anything else.
func (b *browser) open(t *testing.T, r review.Report) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := render.HTML(w, r); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	chromium.Do(t, b.Tab, chromedp.Navigate(server.URL))
	if len(b.Requests()) == 0 {
		t.Error("the browser reports no requests, so that none could be seen to leave the page")
	}
	t.Cleanup(func() {
		b.Check(t, func(address string) bool { return address == server.URL+"/" })
	})
}

// shows is the number of elements that are visible.
func (b *browser) shows(t *testing.T, selector string) int {
	t.Helper()
	return chromium.Evaluate[int](t, b.Tab, fmt.Sprintf(
		`[...document.querySelectorAll(%q)].filter(e => e.checkVisibility()).length`, selector))
}

func TestHTML_inBrowser(t *testing.T) {
	b := &browser{chromium.Open(t)}
	t.Run("the filter works by keyboard", b.testFilter)
	t.Run("hostile texts do nothing", b.testHostile)
	t.Run("only the table scrolls sideways", b.testWidths)
}

func (b *browser) testFilter(t *testing.T) {
	b.open(t, large(500))
	const clients, columns = ".matrix th[scope=row]", ".matrix thead th"
	if n := b.shows(t, clients); n != 96 {
		t.Errorf("%d clients show, want the 96 that change", n)
	}
	if n := b.shows(t, columns); n != 1+18 {
		t.Errorf("%d columns show, want the one of the clients and the 18 APIs that change", n)
	}
	if n := b.shows(t, "details[open]"); n != 10 {
		t.Errorf("%d clients are expanded, want 10", n)
	}
	chromium.Do(t, b.Tab, chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab))
	if id := chromium.Evaluate[string](t, b.Tab, `document.activeElement.id`); id != "all" {
		t.Fatalf("the second stop is %q, want the filter", id)
	}
	chromium.Do(t, b.Tab, chromedp.KeyEvent(" "))
	if n := b.shows(t, clients); n != 500 {
		t.Errorf("%d clients show after the filter is switched, want 500", n)
	}
	if n := b.shows(t, columns); n != 1+24 {
		t.Errorf("%d columns show after the filter is switched, want 25", n)
	}
	chromium.Do(t, b.Tab, chromedp.KeyEvent(kb.Tab))
	if class := chromium.Evaluate[string](t, b.Tab, `document.activeElement.className`); class != "scroll" {
		t.Errorf("the third stop is %q, want the table: it must scroll by keyboard", class)
	}
}

func (b *browser) testHostile(t *testing.T) {
	b.open(t, hostile(strings.Join(attacks, " ")))
	if n := b.shows(t, "script, img, iframe, a[href*=evil]"); n > 0 {
		t.Errorf("%d elements are not from the template", n)
	}
}

// testWidths also takes screenshots, if asked.
func (b *browser) testWidths(t *testing.T) {
	for name, report := range map[string]review.Report{
		"5": small(), "500": large(500), "hostile": hostile(strings.Repeat("long", 2500)), "0": empty(),
	} {
		t.Run(name, func(t *testing.T) {
			b.open(t, report)
			for _, width := range []int64{360, 900, 1600} {
				chromium.Do(t, b.Tab, chromedp.EmulateViewport(width, 1000))
				if chromium.Evaluate[bool](t, b.Tab, `document.documentElement.scrollWidth >
					document.documentElement.clientWidth`) {
					t.Errorf("the page scrolls sideways at a width of %d", width)
				}
				b.Photograph(t, fmt.Sprintf("%s-%d", name, width))
			}
		})
	}
}
