// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// adoptable is the body of an API as somebody else made it.
const adoptable = `{"identifier":"https://orders.example.com","name":"Theirs","token_lifetime":1234}`

// keepsObjects runs steps after which the tenant must have what it had before.
func (n *tenant) keepsObjects(steps ...resource.TestStep) {
	n.t.Helper()
	before := fmt.Sprint(n.objects())
	n.t.Cleanup(func() {
		if after := fmt.Sprint(n.objects()); after != before {
			n.t.Errorf("objects of the tenant: %s, want %s", after, before)
		}
	})
	steps = append(steps, resource.TestStep{Config: "removed {\n  from = " + ordersName + "\n  lifecycle {\n    destroy = false\n  }\n}\n"})
	n.accTest(steps...)
}

// A server error may hide a create that worked, but it never makes what others
// made ours.
func TestAccResourceServer_serverErrorAdoptsNothing(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", adoptable)
	n.Next("POST /api/v2/resource-servers", testserver.Refuse(http.StatusServiceUnavailable))
	n.accTest(resource.TestStep{
		Config:            ordersConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``))},
		ExpectError:       says(`The tenant already has the API "https://orders.example.com". To manage it here, import it`),
	})
}

func TestAccClientGrant_serverErrorAdoptsNothing(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/client-grants", fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":["read:orders"],"organization_usage":"require"}`,
		testserver.MachineClientID, testserver.SampleAPIAudience))
	n.Next("POST /api/v2/client-grants", testserver.Refuse(http.StatusBadGateway))
	n.accTest(resource.TestStep{
		Config:            grantConfig(`scopes = ["read:orders"]`),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":["read:orders"]`))},
		ExpectError:       says("To manage it here, import it"),
	})
}

// An API keeps the secret of its time with HS256.
func TestAccResourceServer_useExistingWithStoredSecret(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", `{"identifier":"https://orders.example.com","signing_alg":"HS256"}`)
	n.dashboard(http.MethodPatch, resourceServerPath(ordersAPI), `{"signing_alg":"RS256"}`, nil)
	n.keepsObjects(resource.TestStep{
		Config:            ordersConfig("use_existing = true", `signing_alg = "RS256"`),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(`POST resource-servers {"identifier":"https://orders.example.com","signing_alg":"RS256"}`)},
	})
}

// Terraform creates before it destroys here, so both concern the same API.
func TestAccResourceServer_adoptedByItsReplacementIsNotDestroyed(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", adoptable)
	config := ordersConfig("use_existing = true", "lifecycle {\n  create_before_destroy = true\n}")
	n.keepsObjects(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``))}},
		resource.TestStep{
			Taint:            []string{ordersName},
			Config:           config,
			ConfigPlanChecks: planned(ordersName, plancheck.ResourceActionCreateBeforeDestroy),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(ordersPost(``)), n.stored(resourceServerPath(ordersAPI), map[string]string{"name": `"Theirs"`}),
			},
		},
	)
}

func TestAccResourceServer_twoResourcesCannotAdoptOneObject(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", adoptable)
	n.accTest(resource.TestStep{
		Config:            strings.Replace(ordersConfig("use_existing = true"), "identifier", "count = 2\n  identifier", 1),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``), ordersPost(``))},
		ExpectError:       says("another resource has created or adopted it in this run. Two resources that manage one object undo each other's changes"),
	}, resource.TestStep{
		Config: "removed {\n  from = " + ordersName + "\n  lifecycle {\n    destroy = false\n  }\n}\n",
	})
}

func TestAccClientGrant_whatOneResourceCreatedAnotherCannotAdopt(t *testing.T) {
	n := newTenant(t)
	n.accTest(resource.TestStep{
		Config:            strings.Replace(grantConfig("use_existing = true"), "client_id", "count = 2\n  client_id", 1),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":[]`), grantPost(`,"scope":[]`))},
		ExpectError:       says("another resource has created or adopted it in this run."),
	})
}
