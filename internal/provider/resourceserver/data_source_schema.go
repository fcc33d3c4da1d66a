// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// shownAttributes are what data sources show of an API: the attributes of the resource,
// with the same names and types, but without the signing secret.
func shownAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":         attribute.ShownString("Id of the API in the tenant."),
		"identifier": attribute.ShownString("Identifier of the API: the `audience` of its tokens."),
		"name":       attribute.ShownString("Name of the API, for people; null where it has none."),
		"scopes": schema.MapAttribute{
			Computed:    true,
			ElementType: types.StringType,
			MarkdownDescription: "Scopes that the API defines, as a map from scope to " +
				"description, which is null where there is none.",
		},
		"signing_alg": attribute.ShownString("Algorithm that tokens for the API are " +
			"signed with."),
		"token_lifetime": attribute.ShownInt64("Lifetime of access tokens, in seconds."),
		"token_lifetime_for_web": attribute.ShownInt64("Lifetime, in seconds, of access tokens " +
			"issued in browser flows."),
		"token_dialect": attribute.ShownString("Profile of access tokens; null stands for " +
			"`access_token`."),
		"enforce_policies": attribute.ShownBool("Whether role-based access control applies " +
			"to user flows; null stands for `false`."),
		"allow_offline_access": attribute.ShownBool("Whether refresh tokens may be issued for " +
			"the API."),
		"allow_online_access": attribute.ShownBool("Whether online access may be asked for " +
			"(early access)."),
		"allow_online_access_with_ephemeral_sessions": attribute.ShownBool(
			"Whether online access may be asked for in ephemeral sessions (early access)."),
		"skip_consent_for_verifiable_first_party_clients": attribute.ShownBool(
			"Whether users are not asked for consent to first-party clients that can be verified."),
		"subject_type_authorization": attribute.ShownObject("Who may get tokens for the API.",
			map[string]schema.Attribute{
				"user": attribute.ShownObject("Users.", map[string]schema.Attribute{
					"policy": attribute.ShownString("The policy for users."),
				}),
				"client": attribute.ShownObject("Machines.", map[string]schema.Attribute{
					"policy": attribute.ShownString("The policy for machines."),
				}),
			}),
		"token_encryption": attribute.ShownObject("How access tokens for the API are encrypted "+
			"(JWE); null where they are not.", map[string]schema.Attribute{
			"format": attribute.ShownString("Format of encrypted tokens."),
			"encryption_key": attribute.ShownObject("Public key of the API.",
				map[string]schema.Attribute{
					"alg": attribute.ShownString("Key encryption algorithm."),
					"pem": attribute.ShownString("Always null: the tenant never " +
						"gives the key back. The thumbprint tells which one it is."),
					"name": attribute.ShownString("Name of the key, for people."),
					"kid": attribute.ShownString("Key id that encrypted tokens " +
						"carry."),
					"thumbprint_sha256": attribute.ShownString("RFC 7638 thumbprint of the key, " +
						"in base64url."),
				}),
		}),
		"consent_policy": attribute.ShownString("Consent that transactional authorization needs."),
		"authorization_details": attribute.ShownList("Types of rich authorization requests (RFC "+
			"9396) that the API understands.",
			map[string]schema.Attribute{"type": attribute.ShownString("Name of the type.")}),
		"proof_of_possession": attribute.ShownObject("How access tokens are bound to a key of "+
			"their bearer; null where they are not.", map[string]schema.Attribute{
			"mechanism":    attribute.ShownString("`mtls` or `dpop`."),
			"required":     attribute.ShownBool("Whether tokens that are not bound are refused."),
			"required_for": attribute.ShownString("Clients that it is required for."),
		}),
		"authorization_policy": attribute.ShownObject("Policy that decides on tokens for the API "+
			"(early access).", map[string]schema.Attribute{
			"policy_id": attribute.ShownString("Id of the policy."),
		}),
		"is_system": attribute.ShownBool("Whether this is one of the tenant's own APIs, such as " +
			"the Management API."),
		"client_id": attribute.ShownString("Id of the client that is linked to the API, if there " +
			"is one."),
	}
}
