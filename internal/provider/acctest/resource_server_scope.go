// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"net/http"
	"regexp"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/lives"
)

// ResourceServerScope is m2m_resource_server_scope.
var ResourceServerScope = &Resource{
	Type: "m2m_resource_server_scope",
	// This id is not in the state.
	Destroy: func(map[string]string) string { return "PATCH resource-servers/{id}" },
	PartOf:  "resource_server_identifier",
	ImportKey: func(object map[string]any) string {
		return fmt.Sprintf("%s::%s", object["resource_server_identifier"], object["scope"])
	},
	Lives:    []func() *lives.Table{lives.ResourceServerScope},
	Contract: `scopes.value=scope scopes.description=description`,
	Example: Example{
		Writes:  []string{"PATCH resource-servers/{id}"},
		Address: "m2m_resource_server_scope.read_invoices",
		ID:      regexp.MustCompile(ExamplePlatformAPI + "::read:invoices"),
		Existing: func(d Dashboard) (string, string) {
			d.AtDashboard(http.MethodPatch, ResourceServerPath(ExamplePlatformAPI),
				`{"scopes":[{"value":"read:invoices","description":"Read invoices"}]}`, nil)
			return ExamplePlatformAPI + "::read:invoices", ""
		},
		Planned:      plancheck.ResourceActionNoop,
		ImportWrites: []string{"PATCH resource-servers/{id}"},
	},
}
