// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// tenTokens returns the given numbers of blocks, which all request the same token, and one
// provider that uses their results.
func tenTokens(ephemerals, dataSources int) string {
	var config, tokens strings.Builder
	for i := range ephemerals + dataSources {
		block := strings.Replace(acctest.TokenConfig(), `"orders"`, fmt.Sprintf("\"t%d\"", i), 1)
		from := "data"
		if i < ephemerals {
			block, from = ephemerally(block), "ephemeral"
		}
		config.WriteString(block)
		fmt.Fprintf(&tokens, "    X-Token-%d = %s.m2m_access_token.t%d.access_token\n", i, from, i)
	}
	return config.String() + "provider \"m2m\" {\n  alias = \"calling\"\n  headers = {\n" +
		tokens.String() + "  }\n}\n" +
		"resource \"m2m_resource_server\" \"called\" {\n  provider = m2m.calling\n  identifier = " +
		"\"https://called.example.com\"\n}\n"
}

// Tokens cost money, so this test counts the tokens of a run: one each time Terraform starts
// the provider, which happens for the plan, for the apply, and twice for the plan of a destroy.
// Data sources that were read in the plan are not read again.
func TestAccAccessToken_tokensOfARun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config                                 string
		plan, applyPlan, again, destroy, apply int
	}{
		"ten ephemeral resources": {tenTokens(10, 0), 1, 1, 1, 3, 2},
		"ten data sources":        {tenTokens(0, 10), 1, 0, 1, 1, 1},
		"five of each":            {tenTokens(5, 5), 1, 1, 1, 3, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := acctest.NewTenant(t).Granted()
			terraform := cli.New(t, c.config, n.Env())
			terraform.NeedsEphemeral()
			costs := func(want int, args ...string) {
				t.Helper()
				n.ForgetRequests()
				terraform.Must(args...)
				if got := len(acctest.TokenRequests(
					n.Requests(), testserver.MachineClientID,
				)); got != want {
					t.Errorf("%s: %d tokens, want %d", strings.Join(args, " "), got, want)
				}
			}
			costs(0, "validate")
			costs(c.plan, "plan", "-out=plan")
			costs(c.applyPlan, "apply", "plan")
			costs(c.again, "plan")
			costs(c.destroy, "destroy", "-auto-approve")
			costs(c.apply, "apply", "-auto-approve")
			const create, destroy = `POST resource-servers {"identifier":"https://called.example.com"}`, "DELETE resource-servers/{id}"
			n.Expect(acctest.Writes(create, destroy, create)).Now()
		})
	}
}

// leaky opens an ephemeral token and passes it to a write-only argument, to another provider
// and to a command, which writes it to the file named by SEEN. If CRASH is set, the command
// ends the providers that this Terraform has started and makes them print their stacks.
func leaky() string {
	config := ephemeralConfig(
		`min_remaining = "1m"`, "client_grant_id = m2m_client_grant.orders.id",
	)
	config = strings.ReplaceAll(
		config, fmt.Sprintf("%q", testserver.MachineClientSecret), "var.secret",
	)
	return acctest.GrantConfig(`scopes = ["read:orders"]`) + config + `
variable "secret" {
  type      = string
  ephemeral = true
}

provider "m2m" {
  alias   = "calling"
  headers = { X-Token = ephemeral.m2m_access_token.orders.access_token }
}

resource "m2m_resource_server" "called" {
  provider                  = m2m.calling
  identifier                = "https://called.example.com"
  signing_alg               = "HS256"
  signing_secret_wo         = ephemeral.m2m_access_token.orders.access_token
  signing_secret_wo_version = 1
}

resource "terraform_data" "command" {
  input = m2m_resource_server.called.id
  provisioner "local-exec" {
    command     = <<-EOT
      echo "$TOKEN" >> "$SEEN"
      test -n "$CRASH" || exit 0
      for process in /proc/[0-9]*; do
        pid=$${process#/proc/}
        grep -qs "^PPid:[[:space:]]*$PPID\$" $process/status && test $pid != $$ || continue
        kill -ABRT $pid
        while kill -0 $pid 2> /dev/null; do sleep 0.1; done # Terraform must notice it.
      done
    EOT
    environment = { TOKEN = ephemeral.m2m_access_token.orders.access_token }
  }
}
`
}

// Nothing that Terraform writes while it has the token contains the token.
func TestAccAccessTokenEphemeral_leavesNothingBehind(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	seen := filepath.Join(t.TempDir(), "seen")
	env := n.Env(
		"TF_LOG", "TRACE", "TF_LOG_PATH", "trace.log", "SEEN", seen, "TF_VAR_secret",
		testserver.MachineClientSecret,
	)
	terraform := cli.New(t, leaky(), env)
	terraform.NeedsWriteOnly()

	output := terraform.Must("plan", "-out=plan")
	output += terraform.Must("show", "plan")
	output += terraform.Must("show", "-json", "plan")
	output += terraform.Must("apply", "plan")
	output += terraform.Must("apply", "-auto-approve", "-replace=terraform_data.command")
	output += terraform.Must("show", "-json")
	output += terraform.Must("plan", "-out=again")
	_, err := os.Stat("/proc/self/status")
	canCrash := err == nil
	if canCrash {
		terraform.Env = append(terraform.Env, "CRASH=1")
		crash, err := terraform.Run(
			"apply", "-no-color", "-auto-approve", "-replace=terraform_data.command",
		)
		if err == nil {
			t.Errorf("no crash: %s", crash)
		}
		output += crash
	}

	n.Expect(
		acctest.Writes("POST client-grants", "POST resource-servers").InAnyOrder().WithoutBodies(),
	).Now()
	written := terraform.Written()
	written["the output"] = output
	for file, contains := range map[string]string{
		"plan/tfplan": "m2m_access_token", "plan/tfconfig/m-/main.tf": "m2m_access_token",
		"again/tfstate":            "m2m_resource_server",
		"terraform.tfstate":        "m2m_resource_server",
		"terraform.tfstate.backup": "m2m_resource_server",
		"trace.log":                "Calling provider defined EphemeralResource Close",
	} {
		if !strings.Contains(written[file], contains) {
			t.Errorf("%s does not contain %q", file, contains)
		}
	}
	if log := written["trace.log"]; canCrash && (!strings.Contains(log, "SIGABRT") ||
		!strings.Contains(log, "goroutine 1 ")) {
		t.Error("no stacks of the crash are in the log")
	}
	text, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	tokens := strings.Fields(string(text))
	if len(tokens) < 2 {
		t.Errorf("%d tokens were issued", len(tokens))
	}
	secrets := []string{
		testserver.MachineClientSecret, testserver.ManagementClientSecret, "eyJhbGciOi",
	}
	for _, token := range tokens {
		parts := strings.Split(token, ".")
		secrets = append(secrets, parts[1], parts[2])
	}
	for file, content := range written {
		for _, secret := range secrets {
			if at := strings.Index(content, secret); at >= 0 {
				t.Errorf("%s has a secret: %.30s… in …%s", file, secret, content[max(0, at-300):at])
			}
		}
	}
}

// A grant of all scopes allows more or less when its API changes, though the grant itself does
// not change.
func TestAccAccessTokenEphemeral_apiChangesLater(t *testing.T) {
	n := acctest.NewTenant(t)
	config := func(apiScopes, scopes string, version int) string {
		return fmt.Sprintf(`
			resource "m2m_resource_server" "orders" {
			  identifier = "https://orders.example.com"
			  scopes     = { %s }
			}
			resource "m2m_client_grant" "orders" {
			  client_id        = %q
			  audience         = m2m_resource_server.orders.identifier
			  allow_all_scopes = true
			}
			ephemeral "m2m_access_token" "orders" {
			  client_id       = %[2]q
			  client_secret   = %[3]q
			  audience        = m2m_resource_server.orders.identifier
			  client_grant_id = m2m_client_grant.orders.id
			  scopes          = [%[4]s]
			}
			resource "m2m_resource_server" "gateway" {
			  identifier                = "https://gateway.example.com"
			  signing_alg               = "HS256"
			  signing_secret_wo         = ephemeral.m2m_access_token.orders.access_token
			  signing_secret_wo_version = %[5]d
			}`, apiScopes, testserver.MachineClientID, testserver.MachineClientSecret, scopes,
			version)
	}
	const first, both = `"read:orders" = "Read"`, `"read:orders" = "Read", "write:orders" = "Write"`
	n.Run(resource.TestCase{TerraformVersionChecks: acctest.NeedsWriteOnly(), Steps: []resource.TestStep{
		{
			Config: config(first, `"read:orders"`, 1),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(
				acctest.Writes(
					"POST resource-servers", "POST client-grants", "POST resource-servers",
				).InAnyOrder().WithoutBodies(),
			)},
		},
		{
			Config:      config(first, `"read:orders", "write:orders"`, 2),
			PlanOnly:    true,
			ExpectError: text.Says("Client has not been granted scopes: write:orders"),
		},
		{
			Config: config(both, `"read:orders", "write:orders"`, 2),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(
				acctest.Writes(
					"PATCH resource-servers/{id}", "PATCH resource-servers/{id}",
				).InAnyOrder().WithoutBodies(),
			)},
		},
	}})
}
