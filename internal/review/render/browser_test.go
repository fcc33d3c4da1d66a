// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/render"
)

var screenshots = flag.String("screenshots", "", "write screenshots of the page to this directory")

// browser is a tab of a headless Chromium.
type browser struct {
	context.Context
	mu       sync.Mutex
	problems []string // Messages on the console.
	requests []string
}

// newBrowser starts Chromium, or skips the test if there is none.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium on PATH; CI installs it")
	}
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), append(
		chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
	)...)
	t.Cleanup(cancel)
	tab, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &browser{Context: tab}
	if err := chromedp.Listen(tab, b.event); err != nil {
		t.Fatal(err)
	}
	call(t, b, network.Enable, network.EnableParams{})
	call(t, b, log.Enable, cdp.Empty{})
	return b
}

func (b *browser) event(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch event := event.(type) {
	case *runtime.EventConsoleAPICalled:
		b.problems = append(b.problems, fmt.Sprint("console.", event.Type))
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, event.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.problems = append(b.problems, event.Entry.Text)
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, event.Request.URL)
	}
}

func call[P, R any](t *testing.T, b *browser, command cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(b, command, params); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, b *browser, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b, actions...); err != nil {
		t.Fatal(err)
	}
}

func evaluate[T any](t *testing.T, b *browser, expression string) T {
	t.Helper()
	value, err := chromedp.Run(b, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

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
	do(t, b, chromedp.Navigate(server.URL))
	b.mu.Lock()
	loaded := len(b.requests)
	b.mu.Unlock()
	if loaded == 0 {
		t.Error("the browser reports no requests, so that none could be seen to leave the page")
	}
	t.Cleanup(func() { b.check(t, server.URL+"/") })
}

// shows is the number of elements that are visible.
func (b *browser) shows(t *testing.T, selector string) int {
	t.Helper()
	return evaluate[int](t, b, fmt.Sprintf(
		`[...document.querySelectorAll(%q)].filter(e => e.checkVisibility()).length`, selector))
}

func (b *browser) check(t *testing.T, address string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, problem := range b.problems {
		t.Error("the console says:", problem)
	}
	for _, request := range b.requests {
		if request != address && request != "data:," {
			t.Error("a request left the page:", request)
		}
	}
	b.problems, b.requests = nil, nil
}

func TestHTML_inBrowser(t *testing.T) {
	b := newBrowser(t)
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
	do(t, b, chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab))
	if id := evaluate[string](t, b, `document.activeElement.id`); id != "all" {
		t.Fatalf("the second stop is %q, want the filter", id)
	}
	do(t, b, chromedp.KeyEvent(" "))
	if n := b.shows(t, clients); n != 500 {
		t.Errorf("%d clients show after the filter is switched, want 500", n)
	}
	if n := b.shows(t, columns); n != 1+24 {
		t.Errorf("%d columns show after the filter is switched, want 25", n)
	}
	do(t, b, chromedp.KeyEvent(kb.Tab))
	if class := evaluate[string](t, b, `document.activeElement.className`); class != "scroll" {
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
				do(t, b, chromedp.EmulateViewport(width, 1000))
				if evaluate[bool](t, b, `document.documentElement.scrollWidth >
					document.documentElement.clientWidth`) {
					t.Errorf("the page scrolls sideways at a width of %d", width)
				}
				if *screenshots != "" {
					b.photograph(t, fmt.Sprintf("%s-%d", name, width))
				}
			}
		})
	}
}

func (b *browser) photograph(t *testing.T, name string) {
	t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		call(t, b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		picture, err := chromedp.Run(b, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(*screenshots, name+"-"+scheme+".png")
		if err := os.WriteFile(file, picture, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
