// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/incumbent"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestClientGrant_move(t *testing.T) {
	t.Parallel()
	const least = `{"id":"cgr_A","client_id":"c","audience":"urn:a","scopes":["a","b"],"allow_all_scopes":false,"subject_type":"client","authorization_details_types":[]}`
	for name, c := range map[string]protocol.MoveCase{
		"of version 0.30": {
			Address: incumbent.FirstAddress,
			State:   `{"id":"cgr_A","client_id":"c","audience":"urn:a","scope":["b","a"]}`,
			Want:    least,
		},
		"of version 1.0": {
			State: `{"id":"cgr_A","client_id":"c","audience":"urn:a","scopes":["b","a","a"]}`,
			Want:  least,
		},
		"of version 1.10": {
			State: `{"id":"cgr_A","client_id":"c","audience":"urn:a","scopes":["b","a"],"organization_usage":"","allow_any_organization":false}`,
			Want:  least,
		},
		"of version 1.30": {
			State: `{"id":"cgr_A","client_id":"c","audience":"urn:a","scopes":["b","a"],"organization_usage":null,"allow_any_organization":null,
				"subject_type":"","authorization_details_types":[]}`,
			Want: least,
		},
		"of version 1.55": {
			State: `{"id":"cgr_A","client_id":"c","audience":"urn:a","scopes":["b","a"],"organization_usage":"","allow_any_organization":false,
				"subject_type":"client","authorization_details_types":null,"is_system":false,"allow_all_scopes":false,"default_for":""}`,
			Want: least,
		},
		"of a later version": {
			Version: 3,
			State:   `{"id":"cgr_A","client_id":"c","audience":"urn:a","scopes":["a","b"],"new":[{"a":1}]}`, Want: least,
		},
		"without scopes": {
			State: `{"id":"cgr_A","client_id":"c","audience":"urn:a","scopes":null,"scope":[]}`,
			Want:  `{"id":"cgr_A","client_id":"c","audience":"urn:a","scopes":[],"allow_all_scopes":false,"subject_type":"client","authorization_details_types":[]}`,
		},
		"with everything": {
			State: `{"id":"cgr_A","client_id":"c","audience":"urn:a","scopes":["a"],"organization_usage":"Require","allow_any_organization":true,
				"subject_type":"user","authorization_details_types":["x"],"is_system":true,"allow_all_scopes":false,"default_for":null}`,
			Want: `{"id":"cgr_A","client_id":"c","audience":"urn:a","scopes":["a"],"organization_usage":"require","allow_any_organization":true,
				"subject_type":"user","authorization_details_types":["x"],"is_system":true,"allow_all_scopes":false}`,
		},
		"with all scopes": {
			State: `{"id":"cgr_A","client_id":"c","audience":"urn:a","scopes":[],"allow_all_scopes":true}`,
			Want:  `{"id":"cgr_A","client_id":"c","audience":"urn:a","allow_all_scopes":true,"subject_type":"client","authorization_details_types":[]}`,
		},
		"for a group": {
			State: `{"id":"cgr_A","client_id":null,"audience":"urn:a","scopes":[],"default_for":"third_party_clients"}`,
			Want: `{"id":"cgr_A","default_for":"third_party_clients","audience":"urn:a","scopes":[],"allow_all_scopes":false,
				"subject_type":"client","authorization_details_types":[]}`,
		},
		"empty": {State: `{}`, Refused: "it does not contain the id of a grant"},
		"of other types": {
			State:   `{"id":"cgr_A","scopes":["hush",["hush"]]}`,
			Refused: "its attribute scopes has an unexpected type (array)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.Run(t, "m2m_client_grant", "auth0_client_grant", "id")
		})
	}
}

func TestAccClientGrant_moved(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.AddGrantOf("user")
	incumbent := incumbent.StringsSchema(
		"id", "client_id", "audience", "organization_usage", "subject_type", "default_for",
	)
	incumbent.Attributes["scopes"] = schema.ListAttribute{
		Optional:    true,
		ElementType: types.StringType,
	}
	incumbent.Attributes["authorization_details_types"] = incumbent.Attributes["scopes"]
	incumbent.Attributes["allow_any_organization"] = schema.BoolAttribute{Optional: true}
	incumbent.Attributes["allow_all_scopes"] = incumbent.Attributes["allow_any_organization"]
	old := fmt.Sprintf(`resource "auth0_client_grant" "orders" {
  id = %q
  client_id = %q
  audience = %q
  scopes = ["read:orders"]
  subject_type = "user"
  organization_usage = ""
  default_for = ""
  allow_any_organization = false
  allow_all_scopes = false
  authorization_details_types = []
}
`, id, testserver.MachineClientID, testserver.SampleAPIAudience)
	n.TestMove(
		map[string]schema.Schema{"auth0_client_grant": incumbent},
		old, "auth0_client_grant.orders", acctest.GrantConfig(
			`subject_type = "user"`, `scopes = ["read:orders"]`,
		), acctest.GrantName,
		grantValue("id", knownvalue.StringExact(id)),
		grantValue("scopes", acctest.Exactly("read:orders")),
		grantValue("subject_type", knownvalue.StringExact("user")),
		grantValue("organization_usage", knownvalue.Null()),
	)
}
