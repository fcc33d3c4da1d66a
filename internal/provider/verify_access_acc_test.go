// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// The action runs after the grant has changed, and fails the apply if a scope is missing.
func TestAccVerifyAccess_afterAGrantChanges(t *testing.T) {
	n := acctest.NewTenant(t)
	config := func(granted, required string) string {
		return fmt.Sprintf(`
			resource "m2m_client_grant" "orders" {
			  client_id = %[1]q
			  audience  = %[3]q
			  scopes    = [%[4]q]
			  lifecycle {
			    action_trigger {
			      events  = [after_create, after_update]
			      actions = [action.m2m_verify_access.orders]
			    }
			  }
			}
			action "m2m_verify_access" "orders" {
			  config {
			    client_id     = %[1]q
			    client_secret = %[2]q
			    audience      = %[3]q
			    scopes        = [%[5]q]
			  }
			}`, testserver.MachineClientID, testserver.MachineClientSecret,
			testserver.SampleAPIAudience, granted, required)
	}
	n.Run(resource.TestCase{
		TerraformVersionChecks: acctest.NeedsActions(),
		Steps: []resource.TestStep{
			{
				Config: config("read:orders", "read:orders"),
				ConfigStateChecks: []statecheck.StateCheck{n.Expect(
					acctest.Writes("POST client-grants").WithoutBodies(),
				)},
			},
			{
				Config:      config("write:orders", "read:orders"),
				ExpectError: text.Says("lacks requested scopes: read:orders."),
				ConfigStateChecks: []statecheck.StateCheck{n.Expect(
					acctest.Writes("PATCH client-grants/{id}").WithoutBodies(),
				)},
			},
		},
	})
}
