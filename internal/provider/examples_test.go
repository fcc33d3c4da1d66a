// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// exampleVariables are values for the variables that examples declare.
func exampleVariables() config.Variables {
	return config.Variables{
		"client_id":              config.StringVariable(testserver.MachineClientID),
		"api":                    config.StringVariable(testserver.SampleAPIAudience),
		"client_name":            config.StringVariable("Machine Client"),
		"client_secret":          config.StringVariable(testserver.MachineClientSecret),
		"gateway_secret":         config.StringVariable("a secret for examples"),
		"private_key":            config.StringVariable(testkeys.PrivatePEM()),
		"reports_signing_secret": config.StringVariable("a secret for examples"),
		"access_token":           config.StringVariable(acctest.JWTOf(`{"scope":"read:orders write:orders"}`)),
		"platform_api":           config.StringVariable(acctest.ExamplePlatformAPI),
		"organization_id":        config.StringVariable(acctest.ExampleOrganization),
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

func variablesOf(text string) config.Variables {
	used := config.Variables{}
	for name, value := range exampleVariables() {
		if strings.Contains(text, fmt.Sprintf("variable %q", name)) {
			used[name] = value
		}
	}
	return used
}

// exampleWrites are what applying the examples sends. The others only read.
var exampleWrites = map[string][]string{
	"demo/main.tf": {"POST client-grants", "POST resource-servers"},
	"data-sources/m2m_access_token/data-source.tf":               {"POST client-grants", "POST resource-servers"},
	"data-sources/m2m_client/data-source.tf":                     {"POST client-grants", "POST resource-servers"},
	"data-sources/m2m_resource_server/data-source.tf":            {"POST client-grants"},
	"ephemeral-resources/m2m_access_token/ephemeral-resource.tf": {"POST client-grants", "POST resource-servers"},
	"resources/m2m_client_grant/resource.tf":                     {"POST client-grants", "POST resource-servers"},
	"resources/m2m_organization_client_grant/resource.tf":        {"POST client-grants", "POST organizations/{id}/client-grants", "POST resource-servers"},
	"resources/m2m_resource_server/resource.tf":                  {"POST resource-servers", "POST resource-servers"},
	"resources/m2m_resource_server_scope/resource.tf":            {"PATCH resource-servers/{id}"},
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
	applied := 0
	for _, file := range append(files, nested...) {
		path, err := filepath.Rel("../../examples", file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(filepath.Base(path), "import-") {
			continue // TestAccExamples_import has them.
		}
		applied++
		t.Run(path, func(t *testing.T) {
			n := acctest.ExampleTenant(t)
			text := readExample(t, path)
			if strings.Contains(text, "terraform-m2m/m2m") {
				t.Setenv("TF_ACC_PROVIDER_NAMESPACE", "terraform-m2m")
			}
			test := resource.TestCase{
				Steps: []resource.TestStep{{
					Config: text, ConfigVariables: variablesOf(text),
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(exampleWrites[path]...).InAnyOrder().WithoutBodies())},
				}},
			}
			if strings.Contains(text, "provider::") {
				test.TerraformVersionChecks = []tfversion.TerraformVersionCheck{acctest.NeedsFunctions}
			}
			if strings.Contains(text, "m2m_resource_server_scope") { // There are two, which are to go together.
				p := acctest.Options(n.Env())
				p.GatherScopes = acctest.Together(2)
				test.ProtoV6ProviderFactories = acctest.Serving(p)
			}
			if strings.Contains(text, "ephemeral \"") {
				test.TerraformVersionChecks = acctest.NeedsEphemeral()
			}
			if strings.Contains(text, "_wo") {
				test.TerraformVersionChecks = acctest.NeedsWriteOnly()
			}
			resource.Test(t, n.Accounted(test))
		})
	}
	if applied != 17 {
		t.Errorf("%d examples were applied, want 17", applied)
	}
}

// TestAccExamples_import applies the import blocks, with an id that exists in
// place of the one they show. What the example has beside it is imported, too.
func TestAccExamples_import(t *testing.T) {
	t.Parallel()
	addAPI := func(n *acctest.Tenant) (imports string) {
		n.Create("/api/v2/resource-servers", `{"identifier":"https://orders.example.com"}`)
		return acctest.ImportBlock(acctest.OrdersName, acctest.OrdersAPI)
	}
	addGrantTo := func(n *acctest.Tenant, properties string) (id string) {
		return n.Create("/api/v2/client-grants", fmt.Sprintf(
			`{"client_id":%q,"audience":"https://orders.example.com","scope":["read:orders"]%s}`, testserver.MachineClientID, properties))
	}
	for address, c := range map[string]struct {
		id      *regexp.Regexp
		prepare func(*acctest.Tenant) (id, imports string)
		want    plancheck.ResourceActionType
		sent    []string // For what the example has beside the import, and what it changes.
	}{
		acctest.OrdersName: {regexp.MustCompile(`[0-9a-f]{24}`), func(n *acctest.Tenant) (string, string) {
			return n.Create("/api/v2/resource-servers", `{"identifier":"https://orders.example.com"}`), ""
		}, plancheck.ResourceActionUpdate, []string{"PATCH resource-servers/{id}", "POST resource-servers"}},
		"m2m_resource_server_scope.read_invoices": {regexp.MustCompile(acctest.ExamplePlatformAPI + "::read:invoices"), func(n *acctest.Tenant) (string, string) {
			n.AtDashboard(http.MethodPatch, acctest.ResourceServerPath(acctest.ExamplePlatformAPI), `{"scopes":[{"value":"read:invoices","description":"Read invoices"}]}`, nil)
			return acctest.ExamplePlatformAPI + "::read:invoices", ""
		}, plancheck.ResourceActionNoop, []string{"PATCH resource-servers/{id}"}},
		acctest.GrantName: {regexp.MustCompile(`cgr_[A-Za-z0-9]{16}`), func(n *acctest.Tenant) (string, string) {
			imports := addAPI(n)
			return addGrantTo(n, ""), imports
		}, plancheck.ResourceActionNoop, []string{"PATCH resource-servers/{id}"}},
		acctest.OrgGrantName: {regexp.MustCompile(`org_[A-Za-z0-9]{16}::cgr_[A-Za-z0-9]{16}`), func(n *acctest.Tenant) (string, string) {
			imports := addAPI(n)
			grant := addGrantTo(n, `,"organization_usage":"require"`)
			n.Associate(acctest.ExampleOrganization, grant)
			return acctest.ExampleOrganization + "::" + grant, imports + acctest.ImportBlock(acctest.GrantName, grant)
		}, plancheck.ResourceActionNoop, []string{"PATCH resource-servers/{id}"}},
	} {
		t.Run(address, func(t *testing.T) {
			n := acctest.ExampleTenant(t)
			id, imports := c.prepare(n)
			dir := "resources/" + strings.Split(address, ".")[0] + "/"
			text := readExample(t, dir+"resource.tf")
			blocks := c.id.ReplaceAllString(readExample(t, dir+"import-by-string-id.tf"), id)
			n.Run(resource.TestCase{
				TerraformVersionChecks: acctest.NeedsWriteOnly(),
				Steps: []resource.TestStep{{
					Config: text + imports + blocks, ConfigVariables: variablesOf(text), ConfigPlanChecks: acctest.Planned(address, c.want),
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(c.sent...).InAnyOrder().WithoutBodies())},
				}},
			})
		})
	}
}
