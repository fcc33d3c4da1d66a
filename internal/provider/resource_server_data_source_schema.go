// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// resourceServerAttributes are what data sources show of an API, by the names and
// with the types that the resource has. The signing secret is not among them.
func resourceServerAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":         shownString("Id of the API in the tenant."),
		"identifier": shownString("Identifier of the API: the `audience` of its tokens."),
		"name":       shownString("Name of the API, for people; null where it has none."),
		"scopes": schema.MapAttribute{
			Computed:            true,
			ElementType:         types.StringType,
			MarkdownDescription: "Scopes that the API defines, as a map from scope to description, which is null where there is none.",
		},
		"signing_alg":            shownString("Algorithm that tokens for the API are signed with."),
		"token_lifetime":         shownInt64("Lifetime of access tokens, in seconds."),
		"token_lifetime_for_web": shownInt64("Lifetime, in seconds, of access tokens issued in browser flows."),
		"token_dialect":          shownString("Profile of access tokens; null stands for `access_token`."),
		"enforce_policies":       shownBool("Whether role-based access control applies to user flows; null stands for `false`."),
		"allow_offline_access":   shownBool("Whether refresh tokens may be issued for the API."),
		"allow_online_access":    shownBool("Whether online access may be asked for (early access)."),
		"allow_online_access_with_ephemeral_sessions": shownBool(
			"Whether online access may be asked for in ephemeral sessions (early access)."),
		"skip_consent_for_verifiable_first_party_clients": shownBool(
			"Whether users are not asked for consent to first-party clients that can be verified."),
		"subject_type_authorization": shownObject("Who may get tokens for the API.", map[string]schema.Attribute{
			"user":   shownObject("Users.", map[string]schema.Attribute{"policy": shownString("The policy for users.")}),
			"client": shownObject("Machines.", map[string]schema.Attribute{"policy": shownString("The policy for machines.")}),
		}),
		"token_encryption": shownObject("How access tokens for the API are encrypted (JWE); null where they are not.", map[string]schema.Attribute{
			"format": shownString("Format of encrypted tokens."),
			"encryption_key": shownObject("Public key of the API.", map[string]schema.Attribute{
				"alg":               shownString("Key encryption algorithm."),
				"pem":               shownString("Always null: the tenant never gives the key back. The thumbprint tells which one it is."),
				"name":              shownString("Name of the key, for people."),
				"kid":               shownString("Key id that encrypted tokens carry."),
				"thumbprint_sha256": shownString("RFC 7638 thumbprint of the key, in base64url."),
			}),
		}),
		"consent_policy": shownString("Consent that transactional authorization needs."),
		"authorization_details": shownList("Types of rich authorization requests (RFC 9396) that the API understands.",
			map[string]schema.Attribute{"type": shownString("Name of the type.")}),
		"proof_of_possession": shownObject("How access tokens are bound to a key of their bearer; null where they are not.", map[string]schema.Attribute{
			"mechanism":    shownString("`mtls` or `dpop`."),
			"required":     shownBool("Whether tokens that are not bound are refused."),
			"required_for": shownString("Clients that it is required for."),
		}),
		"authorization_policy": shownObject("Policy that decides on tokens for the API (early access).", map[string]schema.Attribute{
			"policy_id": shownString("Id of the policy."),
		}),
		"is_system": shownBool("Whether this is one of the tenant's own APIs, such as the Management API."),
		"client_id": shownString("Id of the client that is linked to the API, if there is one."),
	}
}

func shownString(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

func shownInt64(description string) schema.Int64Attribute {
	return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
}

func shownBool(description string) schema.BoolAttribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
}

func shownSet(description string) schema.SetAttribute {
	return schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
}

func shownObject(description string, attributes map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{Computed: true, MarkdownDescription: description, Attributes: attributes}
}

func shownList(description string, attributes map[string]schema.Attribute) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed: true, MarkdownDescription: description, NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}
