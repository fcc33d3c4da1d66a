// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// An attribute that is removed from the configuration and keeps its value is named.
func TestAccPlan_unmanagedAttributes(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	lines := []string{
		`scopes = { "read:orders" = "Read" }`, "token_lifetime = 3600",
		"allow_offline_access = true",
		"subject_type_authorization = {\n    client = { policy = \"deny_all\" }\n  }",
		`consent_policy = "transactional-authorization-with-mfa"`,
	}
	whole, bare := acctest.OrdersConfig(lines...), acctest.OrdersConfig()
	terraform := cli.New(t, whole, n.Env())
	if output := terraform.Must("apply", "-auto-approve"); strings.Contains(
		output, "no longer managed",
	) {
		t.Errorf("nothing was removed:\n%s", output)
	}
	terraform.Rewrite(whole, bare)
	output := terraform.Must("plan")
	const api = ` of the API "https://orders.example.com" is no longer managed`
	for _, said := range []string{
		"scopes" +
			api,
		`keeps its value: { read:orders = "Read" }. To change it, set scopes again. scopes = {} removes all scopes.`,
		"token_lifetime" + api, "keeps its value: 3600. To change it, set token_lifetime again.",
		"allow_offline_access" + api, "keeps its value: true.",
		"subject_type_authorization" + api,
		`{ client = { policy = "deny_all" }, user = { policy = "allow_all" } }`,
	} {
		if !text.Says(said).MatchString(output) {
			t.Errorf("it does not say %s:\n%s", said, output)
		}
	}
	// This one is cleared, as the plan shows.
	if strings.Contains(output, "consent_policy of the API") {
		t.Errorf("it warns of a cleared attribute:\n%s", output)
	}
	// The apply that clears it also updates what is managed.
	terraform.Must("apply", "-auto-approve")
	if output := terraform.Must("plan"); strings.Contains(output, "no longer managed") {
		t.Errorf("it is said after the apply:\n%s", output)
	}
	terraform.Must("destroy", "-auto-approve")
	n.Expect(acctest.Writes(
		"POST resource-servers", "PATCH resource-servers/{id}", "DELETE resource-servers/{id}",
	).WithoutBodies()).Now()
}

// A state is not used with another tenant: the plan would create all objects again and forget the
// objects that the state contains.
func TestAccPlan_stateOfAnotherTenant(t *testing.T) {
	t.Parallel()
	n, other := acctest.NewTenant(t), acctest.NewTenant(t)
	config := acctest.OrdersConfig() + acctest.GrantConfig()
	terraform := cli.New(t, config, n.Env())
	terraform.Must("apply", "-auto-approve")
	elsewhere := terraform.With(other.Env())
	for _, args := range [][]string{
		{"plan"},
		{"apply", "-auto-approve"},
		{"destroy", "-auto-approve"},
		{"destroy", "-auto-approve", "-refresh=false"},
	} {
		output, err := elsewhere.Run(append(args, "-no-color")...)
		said := text.Says("Error: State of another tenant … The state of the … was written for " +
			"the tenant " +
			n.Issuer() + ", but the provider uses the tenant " + other.Issuer())
		if err == nil || !said.MatchString(output) {
			t.Errorf("%v: %v\n%s", args, err, output)
		}
	}
	// The same tenant under another name has the objects.
	terraform.With(n.Env(
		"AUTH0_DOMAIN", strings.Replace(n.URL(), "127.0.0.1", "localhost", 1),
		"AUTH0_CLIENT_ID", "", "AUTH0_CLIENT_SECRET", "",
		"AUTH0_API_TOKEN", n.TokenOf(
			testserver.ManagementClientID, testserver.ManagementClientSecret, n.Issuer()+"/api/v2/",
		),
	)).Must("plan", "-detailed-exitcode")
	state := terraform.Written()["terraform.tfstate"]
	if len(regexp.MustCompile(`"type": *"m2m_`).FindAllString(state, -1)) != 2 {
		t.Errorf("the state lost an object:\n%s", state)
	}
	terraform.Must("destroy", "-auto-approve")
	n.Expect(acctest.Writes(
		"POST client-grants", "POST resource-servers", "DELETE client-grants/{id}",
		"DELETE resource-servers/{id}",
	).InAnyOrder().WithoutBodies()).Now()
}
