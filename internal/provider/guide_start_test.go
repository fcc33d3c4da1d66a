// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/guide"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// applyStartGuide follows the guide word by word. Only the installation differs: the provider is
// the test binary, in the same kind of mirror, and the server listens on a free port.
func applyStartGuide(t *testing.T, g *guide.Guide) {
	t.Parallel()
	g.NotApplied("shell", "git clone https://github.com/terraform-m2m/terraform-provider-m2m")
	g.Follow(t.TempDir(), withServer(t, installed(t)), map[string]int{
		"rm token.tf": 2, // m2m-review: somebody gains access.
	})
}

// applyTenantGuide follows the guide in a tenant that has the client of the guide.
func applyTenantGuide(t *testing.T, g *guide.Guide) {
	t.Parallel()
	g.NotApplied("shell", "export AUTH0_DOMAIN=acme.eu.auth0.com")
	n := acctest.StartTenant(t, testserver.Config{Tenant: []byte(
		"clients: [{name: Reports, grant_types: [client_credentials]}]\n",
	)})
	g.Follow(t.TempDir(), append(installed(t), environ(n.Env())...), nil)
	n.Expect(acctest.Writes("POST resource-servers", "POST client-grants").WithoutBodies()).Now()
}

// applyAdoptGuide follows the guide in a tenant that was made by hand.
func applyAdoptGuide(t *testing.T, g *guide.Guide) {
	const tenant = `
resource_servers:
  - {identifier: https://orders.example.com, name: Orders, scopes: [{value: "read:orders"}]}
  - {identifier: urn:stock, token_lifetime: 600}
clients:
  - {client_id: ReportsClient0000000000000000001, name: Reports, grant_types: [client_credentials]}
  - {client_id: InvoicesClient000000000000000001, name: Invoices, grant_types: [client_credentials]}
client_grants:
  - {client_id: ReportsClient0000000000000000001, audience: https://orders.example.com, scope: ["read:orders"]}
  - {client_id: InvoicesClient000000000000000001, audience: https://orders.example.com, scope: ["read:orders"]}
`
	readers := g.Terraform("readers.tf")
	t.Run("everything", func(t *testing.T) {
		t.Parallel()
		n := acctest.StartTenant(t, testserver.Config{Tenant: []byte(tenant)})
		for id, identifier := range n.IDsOf("resource-servers", "identifier") {
			if identifier == testserver.SampleAPIAudience {
				n.AtDashboard(http.MethodDelete, "/api/v2/resource-servers/"+id, "", nil)
			}
		}
		g := *g
		g.T = t
		g.Follow(t.TempDir(), append(installed(t), environ(n.Env())...), nil)
		n.Expect(acctest.Writes()).Now()
	})
	t.Run("many of one kind", func(t *testing.T) {
		t.Parallel()
		n := acctest.StartTenant(t, testserver.Config{Tenant: []byte(tenant)})
		terraform := cli.New(t, readers, n.Env())
		const want = "Plan: 2 to import, 0 to add, 0 to change, 0 to destroy."
		if out := terraform.Must("plan"); !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	})
}

func environ(env map[string]string) (list []string) {
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	return list
}

// installed returns the environment of somebody who has installed the provider: an empty home, and
// Terraform configured to install the provider from a mirror. Terraform asks no questions.
func installed(t *testing.T) []string {
	t.Helper()
	needs(t, "bash")
	home := t.TempDir()
	bin := filepath.Join(home, "bin")
	script(t, filepath.Join(bin, "terraform"), `exec `+os.Getenv("TF_ACC_TERRAFORM_PATH")+` "$@"`)
	settings := filepath.Join(home, "cli.tfrc")
	mirror := filepath.Join(home, "mirror")
	write(t, settings, fmt.Sprintf(
		"provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror,
	))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		script(t, filepath.Join(
			mirror, registry, "terraform-m2m/m2m/0.0.1", runtime.GOOS+"_"+runtime.GOARCH,
			"terraform-provider-m2m_v0.0.1",
		), "exec "+self)
	}
	return []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home,
		"TF_CLI_CONFIG_FILE=" + settings, "CHECKPOINT_DISABLE=1", "M2M_TEST_SERVES_PROVIDER=1",
		"TF_CLI_ARGS=-no-color", "TF_CLI_ARGS_apply=-auto-approve",
		"TF_CLI_ARGS_destroy=-auto-approve", "GOGC=" + os.Getenv("GOGC"),
	}
}

// withServer returns a PATH with m2m-review and with a server that chooses a free port, and that
// stops after the test.
func withServer(t *testing.T, env []string) []string {
	t.Helper()
	needs(t, "curl")
	home := t.TempDir()
	build := exec.CommandContext(
		t.Context(), "go", "build", "-o", filepath.Join(home, "built")+"/",
		"../testserver/cmd/m2m-testserver", "../review/cmd/m2m-review",
	)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	pid, log := filepath.Join(home, "server.pid"), filepath.Join(home, "server.log")
	script(t, filepath.Join(home, "bin", "m2m-testserver"), fmt.Sprintf(
		"echo $$ > %s\nexec %s/built/m2m-testserver -addr 127.0.0.1:0 \"$@\" 2>%s",
		pid, home, log,
	))
	t.Cleanup(func() { stop(t, pid) })
	path := home + "/bin:" + home + "/built:"
	for i, variable := range env {
		if rest, is := strings.CutPrefix(variable, "PATH="); is {
			env[i] = "PATH=" + path + rest
		}
	}
	return env
}

// needs skips the test on a machine that lacks a command of the guide.
func needs(t *testing.T, command string) {
	t.Helper()
	if _, err := exec.LookPath(command); err != nil {
		t.Skipf("the guide needs %s: %v", command, err)
	}
}

// stop ends the server of a guide, if it has started.
func stop(t *testing.T, pidFile string) {
	text, err := os.ReadFile(pidFile)
	if err != nil {
		return
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Error(err)
		return
	}
	if process, err := os.FindProcess(pid); err == nil {
		_ = process.Signal(os.Interrupt)
	}
}

// script writes an executable file for bash.
func script(t *testing.T, path, text string) {
	t.Helper()
	write(t, path, "#!/usr/bin/env bash\n"+text+"\n")
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
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
