// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
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

func TestCLIEnv(t *testing.T) {
	caller := []string{
		"PATH=/bin", "HOME=/home/me", "TF_LOG=TRACE", "TF_VAR_client_id=mine", "TF_WORKSPACE=prod",
		"AUTH0_API_TOKEN=secret", "AUTH0_DOMAIN=prod.example.com", "M2M_MAX_API_CAPACITY=1",
	}
	server := map[string]string{
		"AUTH0_DOMAIN": "http://127.0.0.1:1", "AUTH0_CLIENT_ID": "management",
		"AUTH0_CLIENT_SECRET": "s1",
		"M2M_CLIENT_ID":       "machine", "M2M_CLIENT_SECRET": "s2",
	}
	want := []string{
		"PATH=/bin", "HOME=/home/me",
		"AUTH0_DOMAIN=http://127.0.0.1:1", "AUTH0_CLIENT_ID=management", "AUTH0_CLIENT_SECRET=s1",
		"TF_VAR_client_id=machine", "TF_VAR_client_secret=s2",
		"TF_CLI_CONFIG_FILE=/somewhere/cli.tfrc", "TF_IN_AUTOMATION=1", "TF_INPUT=0",
		"CHECKPOINT_DISABLE=1",
	}
	if got := cliEnv(caller, server, "/somewhere/cli.tfrc", true); !slices.Equal(
		sorted(got), sorted(want),
	) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := cliEnv(caller, server, "/somewhere/cli.tfrc", false); !slices.Contains(
		got, "TF_CLI_ARGS=-no-color",
	) {
		t.Errorf("without colour, got %q", got)
	}
}

func sorted(in []string) []string {
	return slices.Sorted(slices.Values(in))
}

func TestMirrorPaths(t *testing.T) {
	platform := runtime.GOOS + "_" + runtime.GOARCH
	want := []string{
		"mirror/registry.terraform.io/terraform-m2m/m2m/0.0.1/" + platform +
			"/terraform-provider-m2m_v0.0.1",
		"mirror/registry.opentofu.org/terraform-m2m/m2m/0.0.1/" + platform +
			"/terraform-provider-m2m_v0.0.1",
	}
	got := mirrorPaths("mirror")
	for i := range got {
		got[i] = filepath.ToSlash(got[i])
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestCopyConfig_copiesOnlyConfiguration(t *testing.T) {
	src, dst := t.TempDir(), filepath.Join(t.TempDir(), "config")
	for _, name := range []string{
		"main.tf", "outputs.tf", "terraform.tfstate", ".terraform.lock.hcl",
	} {
		if err := os.WriteFile(filepath.Join(src, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyConfig(dst, src); err != nil {
		t.Fatal(err)
	}

	files, err := os.ReadDir(dst)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Name())
	}
	if want := []string{"main.tf", "outputs.tf"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCopyConfig_refusesEmptyFolder(t *testing.T) {
	if err := copyConfig(t.TempDir(), t.TempDir()); err == nil {
		t.Error("got no error for a folder without configuration")
	}
}

func TestCopyFile_keepsExecutableBit(t *testing.T) {
	dir := t.TempDir()
	src, dst := filepath.Join(dir, "src"), filepath.Join(dir, "new", "dst")
	if err := os.WriteFile(src, []byte("binary"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := copyFile(dst, src); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dst)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o100 == 0 {
		t.Errorf("the copy has mode %v", info.Mode())
	}
}
