// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

import "fmt"

// addAPIs creates an API and a second one with a trailing slash.
func addAPIs(tenant Tenant, identifier string) map[string]string {
	add := func(identifier string) string {
		return tenant.Create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, identifier))
	}
	return map[string]string{"FIRST": add(identifier), "SECOND": add(identifier + "/")}
}
