// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

var screenshots = flag.String("screenshots", "", "write screenshots of the page to this directory")

// browser is a tab of a headless Chromium.
type browser struct {
	context.Context
	mu       sync.Mutex
	problems []string // Messages on the console.
	requests []string
}

// newBrowser starts Chromium, or skips the test if there is none. The host evil.test leads to this
// machine.
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
		chromedp.Flag("host-resolver-rules", "MAP evil.test 127.0.0.1"),
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
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// patience is longer than a busy machine needs.
const patience = 2 * time.Minute

// until asks the page again and again, until an expression is true.
func (b *browser) until(t *testing.T, expression string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if evaluate[bool](t, b, expression) {
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
	return evaluate[string](t, b, `document.body.innerText`)
}

// click clicks an element as a person does, if it is the only one.
func (b *browser) click(t *testing.T, selector string) {
	t.Helper()
	if n := evaluate[int](t, b, fmt.Sprintf(`document.querySelectorAll(%q).length`, selector)); n != 1 {
		t.Fatalf("there are %d elements %s on the page:\n%s", n, selector, b.text(t))
	}
	at := evaluate[[]float64](t, b, fmt.Sprintf(`(() => {
		const element = document.querySelector(%q);
		element.scrollIntoView({ block: "center", inline: "center" });
		const box = element.getBoundingClientRect();
		return [box.x + box.width / 2, box.y + box.height / 2];
	})()`, selector))
	do(t, b, chromedp.MouseClickXY(at[0], at[1]))
}

// ask clicks a button, and waits until the answer has the focus.
func (b *browser) ask(t *testing.T, selector string) {
	t.Helper()
	b.until(t, `document.readyState === "complete"`) // The scripts have run.
	evaluate[bool](t, b, `document.activeElement.blur(), true`)
	b.click(t, selector)
	b.until(t, `document.activeElement.classList.contains("verdict")`)
}

// fill puts a text into a field, in the place of the present one.
func (b *browser) fill(t *testing.T, selector, text string) {
	t.Helper()
	evaluate[bool](t, b, fmt.Sprintf(`(() => {
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
	do(t, b, chromedp.Navigate(x.ControlURL()+path))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, problem := range b.problems {
			t.Error("the console says:", problem)
		}
		for _, request := range b.requests {
			if !strings.HasPrefix(request, x.ControlURL()+"/") && request != "data:," {
				t.Error("a request left the page:", request)
			}
		}
		b.problems, b.requests = nil, nil
	})
}

// leave ends what the page does, so that its server can stop.
func (b *browser) leave(t *testing.T) {
	t.Helper()
	do(t, b, chromedp.Navigate("about:blank"))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems, b.requests = nil, nil
}

// newTenant starts a server with a page.
func newTenant(t *testing.T, objects string) *servertest.Tenant {
	t.Helper()
	return servertest.NewWith(t, testserver.Config{ControlAddr: ":0", Tenant: []byte(objects)})
}

// photograph writes pictures of the page, if asked.
func (b *browser) photograph(t *testing.T, name string) {
	t.Helper()
	if *screenshots == "" {
		return
	}
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
