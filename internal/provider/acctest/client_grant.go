// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/lives"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// ClientGrant is m2m_client_grant.
var ClientGrant = &Resource{
	Type: "m2m_client_grant",
	Destroy: func(attributes map[string]string) string {
		return "DELETE client-grants/" + attributes["id"]
	},
	ImportKey: clientGrantKey,
	Lives:     []func() *lives.Table{lives.ClientGrant},
	Contract: `client_id default_for audience scope=scopes allow_all_scopes subject_type organization_usage
		allow_any_organization authorization_details_types`,
	Example: Example{
		Writes:       []string{"POST client-grants", "POST resource-servers"},
		Address:      GrantName,
		ID:           regexp.MustCompile(`cgr_[A-Za-z0-9]{16}`),
		Existing:     func(d Dashboard) (string, string) { return exampleGrant(d, "") },
		Planned:      plancheck.ResourceActionNoop,
		ImportWrites: []string{"PATCH resource-servers/{id}"},
	},
}

func clientGrantKey(grant map[string]any) string {
	holder, ok := grant["client_id"].(string)
	if !ok {
		holder = grant["default_for"].(string)
	}
	key := holder + "::" + grant["audience"].(string)
	if grant["subject_type"] != "client" || strings.HasSuffix(key, "::user") {
		key += "::" + grant["subject_type"].(string)
	}
	return key
}

// exampleGrant creates the grant of the examples and its API, which must be imported too.
func exampleGrant(d Dashboard, properties string) (id, imports string) {
	d.Create("/api/v2/resource-servers", `{"identifier":"https://orders.example.com"}`)
	id = d.Create("/api/v2/client-grants", fmt.Sprintf(
		`{"client_id":%q,"audience":"https://orders.example.com","scope":["read:orders"]%s}`,
		testserver.MachineClientID, properties))
	return id, ImportBlock(OrdersName, OrdersAPI)
}
