// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/guide"
)

// applyModulesGuide runs the tests of the guide's module as its commands say. The jobs for CI have
// the same commands.
func applyModulesGuide(t *testing.T, g *guide.Guide) {
	if acctest.IsOpenTofu() {
		t.Skip("the guide needs Terraform: conditions of `tofu test` have no outputs and no runs")
	}
	c := cli.New(t, "", nil)
	shell := newShell(t, buildServer(t), c.Dir, c.Env)
	shell.terraform()
	for _, file := range []string{
		"main.tf", "tests/mocked.tftest.hcl", "tests/token/main.tf", "tests/tenant.tftest.hcl",
	} {
		writeIn(t, c.Dir, file, strings.ReplaceAll(
			g.Text("terraform", file), "127.0.0.1:4646", shell.address,
		))
	}
	writeIn(t, c.Dir, "tests/tenant.yaml", g.Text("yaml", "tests/tenant.yaml"))
	install := g.Text("shell", "go install "+
		"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/cmd/"+
		"m2m-testserver@latest")
	mocked := g.Text("shell", "terraform init -input=false")
	served := g.Text("shell", `eval "$(m2m-testserver -seed tests/tenant.yaml -log server.log &)"`)

	if output := shell.run(mocked); !strings.Contains(output, "Success! 1 passed, 0 failed.") {
		t.Errorf("with mocks:\n%s", output)
	}
	if output := shell.run(served); !strings.Contains(output, "Success! 4 passed, 0 failed.") {
		t.Errorf("with the reference server:\n%s", output)
	}
	log, err := os.ReadFile(filepath.Join(c.Dir, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"POST /api/v2/resource-servers 201", "POST /api/v2/client-grants 201",
		"PATCH /api/v2/resource-servers/{id} 200", "PATCH /api/v2/client-grants/{id} 200",
		"DELETE /api/v2/client-grants/{id} 204", "DELETE /api/v2/resource-servers/{id} 204",
	}
	var writes []string
	for _, found := range regexp.MustCompile(
		`method=(\S+) route=(/api/\S+) status=(\S+)`,
	).FindAllStringSubmatch(string(log), -1) {
		if found[1] != "GET" {
			writes = append(writes, strings.Join(found[1:], " "))
		}
	}
	if diff := cmp.Diff(want, writes); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}

	initialize, _, _ := strings.Cut(mocked, "\n")
	commands := install + initialize + "\n" + strings.TrimSpace(served)
	for _, job := range []string{".github/workflows/test.yml", ".gitlab-ci.yml"} {
		own := slices.DeleteFunc(g.Job(job), installs.MatchString)
		if diff := cmp.Diff(commands, strings.Join(own, "\n")); diff != "" {
			t.Errorf("%s has other commands (-want +got):\n%s", job, diff)
		}
	}
}

func writeIn(t *testing.T, dir, file, content string) {
	t.Helper()
	path := filepath.Join(dir, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
