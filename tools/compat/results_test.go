// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const events = `{"Action":"run","Package":"p","Test":"TestAccA"}
{"Action":"pass","Package":"p","Test":"TestAccA","Elapsed":1}
{"Action":"output","Package":"p","Test":"TestAccQuery","Output":"    query_test.go:12: the version 1.11.4 is below 1.14.0\n"}
{"Action":"output","Package":"p","Test":"TestAccQuery","Output":"--- SKIP: TestAccQuery (0.01s)\n"}
{"Action":"skip","Package":"p","Test":"TestAccQuery"}
{"Action":"output","Package":"q","Test":"TestAccB/one","Output":"    b_test.go:3: no\n"}
{"Action":"fail","Package":"q","Test":"TestAccB/one"}
{"Action":"fail","Package":"q"}
{"Action":"pa`

func TestTable(t *testing.T) {
	t.Parallel()
	good := row{cli: "tofu", version: "OpenTofu 1.11.0", took: 90 * time.Second}
	bad := row{cli: "terraform", version: "Terraform 1.11.4", took: 2 * time.Minute, broken: true}
	if err := bad.count(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	good.passed = 5
	gone := row{cli: "./none", unusable: "there is no such file"}
	var table strings.Builder
	if err := writeTable(&table, []row{good, bad, gone}); err != nil {
		t.Fatal(err)
	}
	const want = `
CLI               verdict  passed  skipped  failed  time
OpenTofu 1.11.0   passed   5       0        0       1m30s
Terraform 1.11.4  failed   1       1        1       2m0s
./none            skipped  0       0        0       0s

Terraform 1.11.4 failed: TestAccB/one

Terraform 1.11.4 skipped 1 tests: the version 1.11.4 is below 1.14.0

./none was skipped: there is no such file
`
	if table.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", &table, want)
	}
	late := row{cli: "slow", timedOut: true}
	for name, c := range map[string]struct {
		rows []row
		want bool
	}{
		"one passes":                  {[]row{good}, true},
		"one is missing":              {[]row{good, gone}, true},
		"all are missing":             {[]row{gone}, false},
		"one fails":                   {[]row{good, bad}, false},
		"one takes too long":          {[]row{good, late}, false},
		"none":                        {nil, false},
		"no test failed, the run did": {[]row{{version: "x", broken: true}}, false},
	} {
		if got := passed(c.rows); got != c.want {
			t.Errorf("%s: passed is %v", name, got)
		}
	}
}

func TestCheck_saysWhyACLIIsSkipped(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "none")
	if _, err := check(t.Context(), none, "false"); err == nil {
		t.Error("a CLI that the check refuses is used")
	}
	path, err := check(t.Context(), "terraform", "pwd")
	if err != nil || path == "" {
		t.Errorf("%q, %v", path, err)
	}
}
