// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeCLI writes an executable that answers `version` and `version -json` as Terraform does, or as
// OpenTofu if its name says so.
func fakeCLI(t *testing.T, dir, name, version string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	product := "Terraform"
	if strings.Contains(name, "tofu") {
		product = "OpenTofu"
	}
	script := fmt.Sprintf("#!/bin/sh\ncase $2 in\n-json) echo '{\"terraform_version\": \"%s\"}' "+
		";;\n*) echo '%s v%[1]s' ;;\nesac\n",
		version, product)
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func noInstall(context.Context, string) (string, error) {
	return "", errors.New("unexpected installation")
}

func TestChoose_order(t *testing.T) {
	explicit := fakeCLI(t, t.TempDir(), "my-terraform", "1.9.0")
	both, onlyTofu, empty, bin := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	pathTerraform := fakeCLI(t, both, "terraform", "1.10.0")
	fakeCLI(t, both, "tofu", "1.10.0")
	pathTofu := fakeCLI(t, onlyTofu, "tofu", "1.10.0")
	installed := fakeCLI(t, bin, "terraform", pinned.String())

	tests := map[string]struct {
		explicit, path, want string
	}{
		"the explicit path wins over PATH":      {explicit, both, explicit},
		"an explicit name is looked up on PATH": {"tofu", both, filepath.Join(both, "tofu")},
		"terraform comes before tofu":           {"", both, pathTerraform},
		"terraform wins regardless of PATH order": {
			"", onlyTofu + string(os.PathListSeparator) + both, pathTerraform,
		},
		"tofu is used if terraform is missing":       {"", onlyTofu, pathTofu},
		"an earlier installation is the last choice": {"", empty, installed},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", tc.path)
			got, err := choose(t.Context(), tc.explicit, bin, noInstall)
			if err != nil {
				t.Fatal(err)
			}
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestChoose_installsIfNothingIsFound(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for name, version := range map[string]string{
		"empty folder":  "",
		"other version": "1.8.0",
	} {
		t.Run(name, func(t *testing.T) {
			bin := t.TempDir()
			if version != "" {
				fakeCLI(t, bin, "terraform", version)
			}
			got, err := choose(t.Context(), "", bin,
				func(_ context.Context, dir string) (string, error) {
					return filepath.Join(dir, "fresh"), nil
				})
			if err != nil {
				t.Fatal(err)
			}
			if want := filepath.Join(bin, "fresh"); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestChoose_explicitPathIsNeverReplaced(t *testing.T) {
	dir := t.TempDir()
	fakeCLI(t, dir, "terraform", "1.10.0")
	t.Setenv("PATH", dir)

	_, err := choose(t.Context(), filepath.Join(dir, "absent"), dir, noInstall)
	if err == nil || !strings.Contains(err.Error(), "TF_ACC_TERRAFORM_PATH") {
		t.Errorf("got error %v, want one that names TF_ACC_TERRAFORM_PATH", err)
	}
}

func TestChoose_refusesUnsupportedCommands(t *testing.T) {
	dir := t.TempDir()
	script := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for path, want := range map[string]string{
		script("silent", "exit 0"): "is neither Terraform nor OpenTofu",
		script("failing", "exit 3"): "is neither Terraform nor OpenTofu, or " +
			"broken: `version` fails: exit status 3",
		fakeCLI(t, dir, "terraform-old", "1.7.5"): "is Terraform 1.7.5, but the oldest " +
			"supported version is 1.8.0",
		fakeCLI(t, dir, "tofu-old", "1.9.4"): "is OpenTofu 1.9.4, but the oldest " +
			"supported version is 1.10.0",
		fakeCLI(t, dir, "terraform-min", "1.8.0"):      "",
		fakeCLI(t, dir, "tofu-min", "1.10.0-beta1"):    "",
		fakeCLI(t, dir, "terraform-new", "1.15.0-rc1"): "",
	} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got, err := choose(t.Context(), path, dir, noInstall)
			switch {
			case want == "" && (err != nil || got != path):
				t.Errorf("got %q, %v", got, err)
			case want != "" && (err == nil || !strings.Contains(err.Error(), path+" "+want)):
				t.Errorf("got error %v, want %q", err, want)
			}
		})
	}
}

func TestChoose_refusesOldTerraformOnPath(t *testing.T) {
	dir := t.TempDir()
	fakeCLI(t, dir, "terraform", "1.5.7")
	fakeCLI(t, dir, "tofu", "1.10.0")
	t.Setenv("PATH", dir)
	_, err := choose(t.Context(), "", t.TempDir(), noInstall)
	if err == nil || !strings.Contains(err.Error(), "Terraform 1.5.7") ||
		!strings.Contains(err.Error(), "TF_ACC_TERRAFORM_PATH") {
		t.Errorf("got error %v, want one that names the version and the solution", err)
	}
}

func TestChoose_relativePathsBecomeAbsolute(t *testing.T) {
	dir := t.TempDir()
	fakeCLI(t, dir, "terraform", "1.10.0")
	t.Chdir(dir)

	got, err := choose(t.Context(), "./terraform", "bin", noInstall)
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(got) || filepath.Base(got) != "terraform" {
		t.Errorf("got %s, want an absolute path to terraform", got)
	}
}
