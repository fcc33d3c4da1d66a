// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/render"
)

var update = flag.Bool("update", false, "write the golden files")

type format func(io.Writer, review.Report) error

// formats are the formats by the extensions of their files.
var formats = map[string]format{
	"txt":   func(w io.Writer, r review.Report) error { return render.Text(w, r, false) },
	"ansi":  func(w io.Writer, r review.Report) error { return render.Text(w, r, true) },
	"md":    func(w io.Writer, r review.Report) error { return render.Markdown(w, r, 0) },
	"json":  render.JSON,
	"sarif": func(w io.Writer, r review.Report) error { return render.SARIF(w, r, nil) },
	"html":  render.HTML,
}

func rendered(t testing.TB, f format, r review.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormats_golden(t *testing.T) {
	t.Parallel()
	for name, report := range map[string]review.Report{
		"small": small(), "empty": empty(), "hostile": hostile(strings.Join(attacks[:12], " ")),
	} {
		for extension, f := range formats {
			checkGolden(t, name+"."+extension, withoutStyle(rendered(t, f, report)))
		}
	}
	checkGolden(t, "large.md", rendered(t, func(w io.Writer, r review.Report) error {
		return render.Markdown(w, r, 4000)
	}, large(100)))
}

var (
	style     = regexp.MustCompile(`(?s)<style>.*?</style>`)
	styleHash = regexp.MustCompile(`sha256-[A-Za-z0-9+/=]+`)
)

// withoutStyle leaves out the style sheet and its hash, which are the same in each page and which
// html_test.go tests.
func withoutStyle(text string) string {
	text = style.ReplaceAllString(text, "<style>page.css</style>")
	return styleHash.ReplaceAllString(text, "sha256-HASH")
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; if the change is right, run go test -update (-want +got):\n%s", path, diff)
	}
}
