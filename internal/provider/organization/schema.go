// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organization

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

func organizationAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"organization_id": attribute.ShownString(
			"Id of the organization, such as `org_Ab12Cd34Ef56Gh78`.",
		),
		"name": attribute.ShownString("Name of the organization, such as `acme`. It is " +
			"unique in the tenant."),
		"display_name": attribute.ShownString("Display name that users see. Null if none is set."),
		"branding": attribute.ShownObject("Appearance of the login page for the organization. "+
			"Null if nothing is set.", map[string]schema.Attribute{
			"logo_url": attribute.ShownString("URL of the logo. Null if none is set."),
			"colors": shownMap("Colors by use, such as `primary` or `page_background`. Null if " +
				"none are set."),
		}),
		"metadata": shownMap("Metadata of the organization. Null if none is set."),
		"third_party_client_access": attribute.ShownString("Whether third-party clients can use " +
			"the organization when users log in. Null if the tenant does not say."),
		"is_app_entitlement_active": attribute.ShownBool("Whether app entitlement is active for " +
			"the organization. Null if the tenant does not say."),
	}
}

// shownMap is a map of strings that a data source returns.
func shownMap(description string) schema.MapAttribute {
	return schema.MapAttribute{
		Computed:            true,
		ElementType:         types.StringType,
		MarkdownDescription: description,
	}
}
