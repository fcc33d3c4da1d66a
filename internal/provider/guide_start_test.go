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
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skipf("the guide needs curl; CI has it: %v", err)
	}
	g.NotApplied("shell", "git clone https://github.com/terraform-m2m/terraform-provider-m2m")
	s := installed(t, buildServer(t), nil)
	s.tool("m2m-review", fmt.Sprintf("exec '%s' \"$@\"", build(t, "../review/cmd/m2m-review")))
	g.Follow(s.dir, s.env, map[string]int{
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
	s := installed(t, "", n.Env())
	g.Follow(s.dir, s.env, nil)
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
		s := installed(t, "", n.Env())
		g.Follow(s.dir, s.env, nil)
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

// installed returns the shell of somebody who has installed the provider: with an empty home, and
// a Terraform that installs the provider from a mirror and asks no questions.
func installed(t *testing.T, server string, env map[string]string) *shell {
	t.Helper()
	s := newShell(t, server, t.TempDir(), nil)
	s.tool("terraform", fmt.Sprintf("exec '%s' \"$@\"", os.Getenv("TF_ACC_TERRAFORM_PATH")))
	home := t.TempDir()
	settings, mirror := filepath.Join(home, "cli.tfrc"), filepath.Join(home, "mirror")
	writeIn(t, home, "cli.tfrc", fmt.Sprintf(
		"provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror,
	))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		path := filepath.Join(
			registry, "terraform-m2m/m2m/0.0.1", runtime.GOOS+"_"+runtime.GOARCH,
			"terraform-provider-m2m_v0.0.1",
		)
		writeIn(t, mirror, path, "#!/bin/sh\nexec '"+self+"'\n")
		if err := os.Chmod(filepath.Join(mirror, path), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.env = append(
		s.env, "HOME="+home, "TMPDIR="+home, "TF_CLI_CONFIG_FILE="+settings,
		"CHECKPOINT_DISABLE=1", "M2M_TEST_SERVES_PROVIDER=1", "TF_CLI_ARGS=-no-color",
		"TF_CLI_ARGS_apply=-auto-approve", "TF_CLI_ARGS_destroy=-auto-approve",
		"GOGC="+os.Getenv("GOGC"),
	)
	for name, value := range env {
		s.env = append(s.env, name+"="+value)
	}
	return s
}
