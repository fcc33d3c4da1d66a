// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// shownAttributes returns the attributes that data sources show of an API. They have the names and
// types of the resource's attributes; the signing secret is omitted.
func shownAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":         attribute.ShownString("Id of the API in the tenant."),
		"identifier": attribute.ShownString("Identifier of the API: the `audience` of its tokens."),
		"name":       attribute.ShownString("Display name of the API; null if it has none."),
		"scopes": schema.MapAttribute{
			Computed:    true,
			ElementType: types.StringType,
			MarkdownDescription: "Scopes that the API defines, as a map from scope to " +
				"description. The description is null if there is none.",
		},
		"signing_alg":    attribute.ShownString("Algorithm that signs tokens for the API."),
		"token_lifetime": attribute.ShownInt64("Lifetime of access tokens, in seconds."),
		"token_lifetime_for_web": attribute.ShownInt64("Lifetime, in seconds, of access tokens " +
			"issued in browser flows."),
		"token_dialect": attribute.ShownString("Profile of access tokens. Null means " +
			"`access_token`."),
		"enforce_policies": attribute.ShownBool("Whether role-based access control applies to " +
			"user flows. Null means `false`."),
		"allow_offline_access": attribute.ShownBool("Whether refresh tokens may be issued for " +
			"the API."),
		"allow_online_access": attribute.ShownBool("Whether online access may be requested " +
			"(early access)."),
		"allow_online_access_with_ephemeral_sessions": attribute.ShownBool(
			"Whether online access may be requested in ephemeral sessions (early access)."),
		"skip_consent_for_verifiable_first_party_clients": attribute.ShownBool(
			"Whether users skip the consent prompt for verifiable first-party clients."),
		"subject_type_authorization": attribute.ShownObject("Who may get tokens for the API.",
			map[string]schema.Attribute{
				"user": attribute.ShownObject("Authorization of users.",
					map[string]schema.Attribute{
						"policy": attribute.ShownString("Policy for users."),
					}),
				"client": attribute.ShownObject("Authorization of machines.",
					map[string]schema.Attribute{
						"policy": attribute.ShownString("Policy for machines."),
					}),
			}),
		"token_encryption": attribute.ShownObject("How access tokens for the API are encrypted "+
			"(JWE); null if they are not.", map[string]schema.Attribute{
			"format": attribute.ShownString("Format of encrypted tokens."),
			"encryption_key": attribute.ShownObject("Public key of the API.",
				map[string]schema.Attribute{
					"alg": attribute.ShownString("Key encryption algorithm."),
					"pem": attribute.ShownString("Always null, because the tenant never returns " +
						"the key. `thumbprint_sha256` identifies the key."),
					"name": attribute.ShownString("Display name of the key."),
					"kid":  attribute.ShownString("Key id in the header of encrypted tokens."),
					"thumbprint_sha256": attribute.ShownString("RFC 7638 thumbprint of the key, " +
						"in base64url."),
				}),
		}),
		"consent_policy": attribute.ShownString("Consent that transactional authorization " +
			"requires."),
		"authorization_details": attribute.ShownList("Types of rich authorization requests (RFC "+
			"9396) that the API supports.",
			map[string]schema.Attribute{"type": attribute.ShownString("Name of the type.")}),
		"proof_of_possession": attribute.ShownObject("How access tokens are bound to a key of "+
			"the client that uses them; null if they are not.", map[string]schema.Attribute{
			"mechanism":    attribute.ShownString("`mtls` or `dpop`."),
			"required":     attribute.ShownBool("Whether unbound tokens are refused."),
			"required_for": attribute.ShownString("Clients that must use bound tokens."),
		}),
		"authorization_policy": attribute.ShownObject("Policy that decides on tokens for the API "+
			"(early access).", map[string]schema.Attribute{
			"policy_id": attribute.ShownString("Id of the policy."),
		}),
		"is_system": attribute.ShownBool("Whether this is a *system API*, such as the Management " +
			"API."),
		"client_id": attribute.ShownString("Id of the client that is linked to the API; null if " +
			"there is none."),
	}
}
