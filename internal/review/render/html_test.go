// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render_test

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestHTML_policyAllowsItsStyleOnly(t *testing.T) {
	t.Parallel()
	page := rendered(t, formats["html"], small())
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	hash := sha256.Sum256([]byte(style))
	want := `content="default-src 'none'; style-src 'sha256-` +
		base64.StdEncoding.EncodeToString(hash[:]) + `'; img-src data:; base-uri 'none'; form-action 'none'"`
	if !strings.Contains(html.UnescapeString(page), want) {
		t.Errorf("the page has no policy %s", want)
	}
	for _, what := range []string{"<script", " style=", " onclick=", "http-equiv=\"refresh"} {
		if strings.Contains(page, what) {
			t.Errorf("the page has %q, which its policy refuses", what)
		}
	}
}

// TestHTML_contrast checks the colours against WCAG 2.2 AA: 4.5 for texts, 3 for pictures.
func TestHTML_contrast(t *testing.T) {
	t.Parallel()
	style, err := os.ReadFile("page.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(style), "@media (prefers-color-scheme: dark)")
	for scheme, text := range map[string]string{"light": light, "dark": dark} {
		colors := map[string]string{}
		for _, found := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(text, -1) {
			colors[found[1]] = found[2]
		}
		check := func(front, back string, least float64) {
			t.Helper()
			if got := contrast(t, colors[front], colors[back]); got < least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", scheme, front, back, got, least)
			}
		}
		for _, back := range []string{"ground", "raised", "gained-tint", "lost-tint", "unknown-tint"} {
			for _, front := range []string{"ink", "quiet", "high"} {
				check(front, back, 4.5)
			}
		}
		for _, effect := range []string{"gained", "lost", "unknown"} {
			check(effect, "ground", 4.5)
			check(effect, "raised", 4.5)
			check(effect, effect+"-tint", 4.5)
			check("on-solid", effect, 4.5)
			check(effect+"-fill", "ground", 3)
		}
		check("link", "ground", 4.5)
		check("on-solid", "quiet", 4.5)
		check("on-solid", "high", 4.5)
		check("kept", "ground", 3)
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + .05) / (min(la, lb) + .05)
}

func luminance(t *testing.T, color string) float64 {
	t.Helper()
	if len(color) != 7 {
		t.Fatalf("%q is not a colour", color)
	}
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		if c := float64(n) / 255; c <= .04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+.055)/1.055, 2.4)
		}
	}
	return sum
}
