// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package refserver

import (
	"maps"
	"strings"
	"testing"
)

func TestParseExport(t *testing.T) {
	tests := map[string]struct {
		line, name, value string
		ok                bool
	}{
		"bare":                 {"export A=http://127.0.0.1:1/", "A", "http://127.0.0.1:1/", true},
		"single quotes":        {"export A='b c'", "A", "b c", true},
		"escaped single quote": {`export A='it'\''s'`, "A", "it's", true},
		"double quotes":        {`export A="b \"c\""`, "A", `b "c"`, true},
		"equals sign in value": {"export A=b=c", "A", "b=c", true},
		"empty value":          {"export A=", "A", "", true},
		"space around":         {"  export A=b\r", "A", "b", true},
		"missing export":       {"A=b", "", "", false},
		"no assignment":        {"export A", "", "", false},
		"no name":              {"export =b", "", "", false},
		"unbalanced escape":    {`export A="b\"`, "", "", false},
		"other line":           {"listening on 127.0.0.1", "", "", false},
		"longer word":          {"exported A=b", "", "", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			n, v, ok := parseExport(tc.line)
			if ok != tc.ok || ok && (n != tc.name || v != tc.value) {
				t.Errorf("got %q, %q, %v", n, v, ok)
			}
		})
	}
}

func TestReadExports(t *testing.T) {
	got, err := readExports(
		strings.NewReader("export A=1\nexport C=3\nexport B=2\n"), []string{"A", "B"},
	)
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"A": "1", "B": "2", "C": "3"}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReadExports_namesMissingVariables(t *testing.T) {
	_, err := readExports(strings.NewReader("export A=1\nexport B=\n"), []string{"A", "B", "C"})
	if err == nil || !strings.Contains(err.Error(), "B, C") {
		t.Errorf("got error %v, want one that names B and C", err)
	}
}

func TestReadExports_refusesOtherOutput(t *testing.T) {
	_, err := readExports(strings.NewReader("address already in use\n"), []string{"A"})
	if err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("got error %v, want one that repeats the line", err)
	}
}
