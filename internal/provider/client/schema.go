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
			"(machine to machine), `regular_web`, `spa` or `native`; null if no type was chosen."),
		"is_first_party": attribute.ShownBool("Whether this is a first-party client, not a " +
			"third-party client."),
		"is_global": attribute.ShownBool("Whether this is the global client, which represents " +
			"all applications of the tenant."),
		"grant_types": attribute.ShownSet("Grant types (OAuth flows) that the client may use. " +
			"Machine-to-machine tokens need `client_credentials`."),
		"token_endpoint_auth_method": attribute.ShownString("How the client authenticates with " +
			"its secret: `client_secret_post` or `client_secret_basic`; " +
			"`none` for a public client."),
		"client_authentication_methods": attribute.ShownSet("Methods that the client uses to " +
			"authenticate instead of a secret, such as `private_key_jwt`; null if there are none."),
		"organization_usage": attribute.ShownString("Whether users log in to the client through " +
			"an organization. This is not the `organization_usage` of a grant."),
		"default_organization": attribute.ShownObject("Organization that tokens are issued for "+
			"if a request names none.", map[string]schema.Attribute{
			"organization_id": attribute.ShownString("Id of the organization."),
			"flows":           attribute.ShownSet("Flows that use this default."),
		}),
		"resource_server_identifier": attribute.ShownString("Identifier of the API that the " +
			"client is linked to, if its `app_type` is `resource_server`."),
	}
}
