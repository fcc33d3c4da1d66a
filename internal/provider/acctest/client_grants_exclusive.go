// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/lives"
)

// ClientGrantsExclusive is m2m_client_grants_exclusive.
var ClientGrantsExclusive = &Resource{
	Type:      "m2m_client_grants_exclusive",
	ImportKey: func(object map[string]any) string { return object["id"].(string) },
	Lives:     []func() *lives.Table{lives.ClientGrantsExclusive},
	Example: Example{
		Writes:  []string{"POST client-grants", "POST resource-servers"},
		Address: ExclusiveName,
		ID:      regexp.MustCompile(`audience::https://orders.example.com`),
		Existing: func(d Dashboard) (string, string) {
			grant, imports := exampleGrant(d, "")
			return "audience::" + OrdersAPI, imports + ImportBlock(GrantName, grant)
		},
		Planned:      plancheck.ResourceActionUpdate, // An import sets on_unmanaged to report.
		ImportWrites: []string{"PATCH resource-servers/{id}"},
	},
}

// ExclusiveName is the address of the resource in ExclusiveConfig.
const ExclusiveName = "m2m_client_grants_exclusive.orders"

// ExclusiveConfig is an m2m_client_grants_exclusive.
func ExclusiveConfig(attributes ...string) string {
	return "resource \"m2m_client_grants_exclusive\" \"orders\" {\n  " +
		strings.Join(attributes, "\n  ") + "\n}\n"
}
