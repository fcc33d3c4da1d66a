// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/steps"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// exampleVariables are values for the variables that examples declare.
func exampleVariables(n *acctest.Tenant) config.Variables {
	return config.Variables{
		"tenant_url":              config.StringVariable(n.URL()),
		"client_id":               config.StringVariable(testserver.MachineClientID),
		"api":                     config.StringVariable(testserver.SampleAPIAudience),
		"client_name":             config.StringVariable("Machine Client"),
		"client_secret":           config.StringVariable(testserver.MachineClientSecret),
		"terraform_client_secret": config.StringVariable(testserver.ManagementClientSecret),
		"management_api_token":    config.StringVariable("a token for examples"),
		"gateway_secret":          config.StringVariable("a secret for examples"),
		"private_key":             config.StringVariable(testkeys.PrivatePEM()),
		"reports_signing_secret":  config.StringVariable("a secret for examples"),
		"access_token": config.StringVariable(acctest.JWTOf(
			`{"scope":"read:orders write:orders"}`,
		)),
		"platform_api":    config.StringVariable(acctest.ExamplePlatformAPI),
		"organization_id": config.StringVariable(acctest.ExampleOrganization),
	}
}

func readExample(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../examples", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func variablesOf(n *acctest.Tenant, text string) config.Variables {
	used := config.Variables{}
	for name, value := range exampleVariables(n) {
		if strings.Contains(text, fmt.Sprintf("variable %q", name)) {
			used[name] = value
		}
	}
	return used
}

// exampleWrites are the writes that the examples send, except examples of resources. Other
// examples only read.
var exampleWrites = map[string][]string{
	"demo/main.tf": {"POST client-grants", "POST resource-servers"},
	"actions/m2m_verify_access/action.tf": {
		"POST client-grants", "POST resource-servers",
	},
	"data-sources/m2m_access_token/data-source.tf": {
		"POST client-grants", "POST resource-servers",
	},
	"data-sources/m2m_client/data-source.tf": {
		"POST client-grants", "POST resource-servers",
	},
	"data-sources/m2m_organization/data-source.tf": {
		"POST client-grants", "POST organizations/{id}/client-grants",
	},
	"data-sources/m2m_resource_server/data-source.tf": {"POST client-grants"},
	"ephemeral-resources/m2m_access_token/ephemeral-resource.tf": {
		"POST client-grants", "POST resource-servers",
	},
}

// TestAccExamples applies every configuration under examples/ as it is.
func TestAccExamples(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/*.tf")
	if err != nil {
		t.Fatal(err)
	}
	nested, err := filepath.Glob("../../examples/*/*/*.tf")
	if err != nil {
		t.Fatal(err)
	}
	var applied []string
	for _, file := range append(files, nested...) {
		path, err := filepath.Rel("../../examples", file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(filepath.Base(path), "import-") {
			continue // TestAccExamples_import covers these.
		}
		applied = append(applied, path)
		t.Run(path, func(t *testing.T) {
			n := acctest.ExampleTenant(t)
			text, writes := readExample(t, path), exampleWrites[path]
			if r := acctest.ResourceOf(filepath.Base(filepath.Dir(path))); r != nil &&
				strings.HasPrefix(path, "resources/") {
				writes = r.Example.Writes
			}
			if strings.Contains(text, "terraform-m2m/m2m") {
				t.Setenv("TF_ACC_PROVIDER_NAMESPACE", "terraform-m2m")
			}
			test := resource.TestCase{
				Steps: []resource.TestStep{{
					Config: text, ConfigVariables: variablesOf(n, text),
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(
						acctest.Writes(writes...).InAnyOrder().WithoutBodies(),
					)},
				}},
			}
			if strings.Contains(text, "provider::") {
				test.TerraformVersionChecks = acctest.NeedsFunctions()
			}
			if strings.Contains(text, "action \"") {
				test.TerraformVersionChecks = acctest.NeedsActions()
			}
			// There are two examples, which must work together.
			if strings.Contains(text, "m2m_resource_server_scope") {
				p := protocol.Options(n.Env())
				p.GatherScopes = protocol.Together(2)
				test.ProtoV6ProviderFactories = protocol.Serving(p)
			}
			if strings.Contains(text, "ephemeral \"") {
				test.TerraformVersionChecks = acctest.NeedsEphemeral()
			}
			if strings.Contains(text, "_wo") {
				test.TerraformVersionChecks = acctest.NeedsWriteOnly()
			}
			steps.Run(t, n.Accounted(test))
		})
	}
	for _, want := range neededExamples(t) {
		if !slices.Contains(applied, want) {
			t.Errorf("examples/%s is missing", want)
		}
	}
}

// neededExamples are the examples that the docs show, one for each type, and the demo.
func neededExamples(t *testing.T) []string {
	t.Helper()
	needed := []string{
		"actions/m2m_verify_access/action.tf", "demo/main.tf",
		"functions/decode_jwt/function.tf", "provider/api_token.tf",
		"provider/client_secret.tf", "provider/headers.tf",
		"ephemeral-resources/m2m_access_token/ephemeral-resource.tf", "provider/private_key.tf",
		"provider/provider.tf", "provider/token_file.tf",
	}
	for name := range protocol.DataSourceSchemas(t) {
		needed = append(needed, "data-sources/"+name+"/data-source.tf")
	}
	for name := range protocol.ResourceSchemas(t) {
		needed = append(needed, "resources/"+name+"/resource.tf")
	}
	return needed
}

// TestAccExamples_import applies the import blocks, with an existing id instead of the id they
// show. Other objects in the example are imported too.
func TestAccExamples_import(t *testing.T) {
	t.Parallel()
	for _, r := range acctest.Resources {
		t.Run(r.Example.Address, func(t *testing.T) {
			n := acctest.ExampleTenant(t)
			id, imports := r.Example.Existing(n)
			dir := "resources/" + r.Type + "/"
			text := readExample(t, dir+"resource.tf")
			blocks := r.Example.ID.ReplaceAllString(
				readExample(t, dir+"import-by-string-id.tf"), id,
			)
			n.Run(resource.TestCase{
				TerraformVersionChecks: acctest.NeedsWriteOnly(),
				Steps: []resource.TestStep{{
					Config: text + imports + blocks, ConfigVariables: variablesOf(n, text),
					ConfigPlanChecks: acctest.Planned(r.Example.Address, r.Example.Planned),
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(
						acctest.Writes(r.Example.ImportWrites...).InAnyOrder().WithoutBodies(),
					)},
				}},
			})
		})
	}
}
