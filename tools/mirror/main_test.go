// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/cli"
)

// A configuration with a module, and with a provider of another source that the mirror lacks: the
// one built into the CLI.
var configuration = map[string]string{
	"main.tf": `module "orders" {
  source = "./orders"
}

resource "terraform_data" "orders" {
  input = module.orders.id
}
`,
	"orders/main.tf": `terraform {
  required_providers {
    m2m = {
      source = "terraform-m2m/m2m"
    }
  }
}

resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
}

output "id" {
  value = m2m_resource_server.orders.id
}
`,
}

func TestAccInstall_worksWithModules(t *testing.T) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set; make test sets it, as this runs a Terraform")
	}
	work := t.TempDir()
	provider := filepath.Join(work, "provider")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", provider, ".")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, text := range configuration {
		write(t, filepath.Join(work, "config", name), text)
	}
	mirror := filepath.Join(work, "mirror")
	var lines strings.Builder
	if err := install(provider, mirror, "1.2.3", &lines, io.Discard); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(work, "cli.tfrc"), lines.String())

	terraform := func(args ...string) string {
		t.Helper()
		command := exec.CommandContext(t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), args...)
		command.Dir = filepath.Join(work, "config")
		command.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1",
			"TF_CLI_CONFIG_FILE="+filepath.Join(work, "cli.tfrc"))
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	const want = "- Installed terraform-m2m/m2m v1.2.3 "
	if out := terraform("init", "-no-color"); !strings.Contains(out, want) {
		t.Errorf("init lacks %q:\n%s", want, out)
	}
	if out := terraform("validate", "-no-color"); strings.Contains(out, "Warning") {
		t.Errorf("validate warns:\n%s", out)
	}
}

func TestInstall_replacesAndPrintsOnlyConfiguration(t *testing.T) {
	work := t.TempDir()
	mirror, provider := filepath.Join(work, "mirror"), filepath.Join(work, "provider")
	var stdout strings.Builder
	for _, content := range []string{"first build", "second"} {
		write(t, provider, content)
		stdout.Reset()
		if err := install(provider, mirror, cli.LocalVersion, &stdout, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range cli.MirrorPaths(mirror, cli.Source, cli.LocalVersion) {
		if got, err := os.ReadFile(path); err != nil || string(got) != "second" {
			t.Errorf("%s has %q, %v", path, got, err)
		}
	}
	want := `provider_installation {
  filesystem_mirror {
    path    = "` + filepath.ToSlash(mirror) + `"
    include = ["terraform-m2m/m2m"]
  }
  direct {
    exclude = ["terraform-m2m/m2m"]
  }
}
`
	if stdout.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", stdout.String(), want)
	}
}

func TestInstall_defaultsToTheImpliedMirror(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has another variable for the home folder.")
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	got, err := absolute("")
	if want := filepath.Join(home, ".terraform.d", "plugins"); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestInstall_refusesOtherVersions(t *testing.T) {
	for _, version := range []string{"v1.2.3", "1.2", "dev", ""} {
		dir := t.TempDir()
		err := install(os.Args[0], dir, version, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "is not a version such as 1.2.3") {
			t.Errorf("%q: got error %v", version, err)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			t.Errorf("%q: left %v, %v", version, entries, err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
