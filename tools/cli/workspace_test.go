// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

func TestEnv(t *testing.T) {
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
	if got := Env(caller, server, "/somewhere/cli.tfrc", true); !slices.Equal(
		sorted(got), sorted(want),
	) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := Env(caller, server, "/somewhere/cli.tfrc", false); !slices.Contains(
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
		"mirror/registry.terraform.io/terraform-m2m/m2m/1.2.3/" + platform +
			"/terraform-provider-m2m_v1.2.3",
		"mirror/registry.opentofu.org/terraform-m2m/m2m/1.2.3/" + platform +
			"/terraform-provider-m2m_v1.2.3",
	}
	got := MirrorPaths("mirror", Source, "1.2.3")
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
	if err := CopyConfig(dst, src); err != nil {
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
	if err := CopyConfig(t.TempDir(), t.TempDir()); err == nil {
		t.Error("got no error for a folder without configuration")
	}
}

func TestCopyFile_keepsExecutableBit(t *testing.T) {
	dir := t.TempDir()
	src, dst := filepath.Join(dir, "src"), filepath.Join(dir, "new", "dst")
	if err := os.WriteFile(src, []byte("binary"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := CopyFile(dst, src); err != nil {
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
