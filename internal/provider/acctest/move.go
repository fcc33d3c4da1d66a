// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	acc "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/incumbent"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

// TestMove applies old, a configuration of the auth0 provider, and moves it to config. The plan
// must be empty, and nothing may be written.
func (n *Tenant) TestMove(
	types map[string]schema.Schema, old, from, config, to string, checks ...statecheck.StateCheck,
) {
	n.T.Helper()
	both := protocol.ProviderWith(n.Env())
	both["auth0"] = providerserver.NewProtocol6WithError(&incumbent.Provider{Types: types})
	n.Run(acc.TestCase{
		ProtoV6ProviderFactories: both,
		Steps: []acc.TestStep{
			{Config: old},
			{
				Config: fmt.Sprintf(
					"%s\nmoved {\n  from = %s\n  to = %s\n}\n", config, from, to,
				),
				ConfigPlanChecks:  EmptyPlan(),
				ConfigStateChecks: append(checks, n.Expect(Writes())),
			},
			{Config: config, ConfigPlanChecks: EmptyPlan()},
		},
	})
}
