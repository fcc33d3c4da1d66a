// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

func clientAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"client_id":   attribute.ShownString("Id of the client."),
		"name":        attribute.ShownString("Name of the client. It is not unique."),
		"description": attribute.ShownString("Description of the client."),
		"app_type": attribute.ShownString("Type of the application, such as `non_interactive` " +
			"(machine to machine), `regular_web`, `spa` or `native`; " +
			"null where none was chosen."),
		"is_first_party": attribute.ShownBool("Whether the client is the tenant's own, not one " +
			"of a third party."),
		"is_global": attribute.ShownBool("Whether this is the client that stands for all " +
			"applications of the tenant."),
		"grant_types": attribute.ShownSet("Grant types (OAuth flows) that the client may use; " +
			"tokens for machines take `client_credentials`."),
		"token_endpoint_auth_method": attribute.ShownString("How the client authenticates with " +
			"its secret: `client_secret_post` or `client_secret_basic`; " +
			"`none` for a public client."),
		"client_authentication_methods": attribute.ShownSet("Names of the methods that the " +
			"client authenticates by instead of a secret, such as " +
			"`private_key_jwt`; null where there are none."),
		"organization_usage": attribute.ShownString("Whether users log in to the client through " +
			"an organization. It is not the setting of a grant."),
		"default_organization": attribute.ShownObject("Organization that tokens are for where a "+
			"request names none.", map[string]schema.Attribute{
			"organization_id": attribute.ShownString("Id of the organization."),
			"flows":           attribute.ShownSet("Flows that it is the default of."),
		}),
		"resource_server_identifier": attribute.ShownString("Identifier of the API that the " +
			"client is linked to, where its `app_type` is `resource_server`."),
	}
}
