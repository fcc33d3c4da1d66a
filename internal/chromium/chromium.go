// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package chromium opens pages in a headless Chromium, for tests. It knows no page: what a page
// must show belongs in the tests of the page. Only tests import it.
package chromium

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "write screenshots of pages to this directory")

// Tab is a tab of a headless Chromium. It is the context of what is done in it.
type Tab struct {
	context.Context //nolint:containedctx // It is a context.

	mu       sync.Mutex
	problems []string // Messages on the console.
	requests []string
}

// Open starts Chromium, or skips the test if there is none.
func Open(t *testing.T, options ...chromedp.ExecAllocatorOption) *Tab {
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
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), slices.Concat(
		chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
			chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		}, options,
	)...)
	t.Cleanup(cancel)
	context, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	tab := &Tab{Context: context}
	if err := chromedp.Listen(context, tab.event); err != nil {
		t.Fatal(err)
	}
	Call(t, tab, network.Enable, network.EnableParams{})
	Call(t, tab, log.Enable, cdp.Empty{})
	return tab
}

func (b *Tab) event(event any) {
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

// Requests returns the addresses that the tab has asked for.
func (b *Tab) Requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests)
}

// Check fails the test if the console has messages, or if a request went to an address that is not
// allowed. It then forgets both.
func (b *Tab) Check(t *testing.T, allowed func(address string) bool) {
	t.Helper()
	for _, request := range b.Requests() {
		if !allowed(request) && request != "data:," {
			t.Error("a request left the page:", request)
		}
	}
	for _, problem := range b.forget() {
		t.Error("the console says:", problem)
	}
}

// Leave ends what the page does, and forgets its messages and requests.
func (b *Tab) Leave(t *testing.T) {
	t.Helper()
	Do(t, b, chromedp.Navigate("about:blank"))
	b.forget()
}

func (b *Tab) forget() (problems []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	problems = b.problems
	b.problems, b.requests = nil, nil
	return problems
}

// Photograph writes pictures of the page in light and in dark, if -screenshots names a directory.
func (b *Tab) Photograph(t *testing.T, name string) {
	t.Helper()
	if *screenshots == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		Call(t, b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
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

// Call sends a command of the DevTools protocol.
func Call[P, R any](t *testing.T, b *Tab, command cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(b, command, params); err != nil {
		t.Fatal(err)
	}
}

// Do acts in the tab.
func Do(t *testing.T, b *Tab, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b, actions...); err != nil {
		t.Fatal(err)
	}
}

// Evaluate returns the value of an expression in JavaScript.
func Evaluate[T any](t *testing.T, b *Tab, expression string) T {
	t.Helper()
	value, err := chromedp.Run(b, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}
