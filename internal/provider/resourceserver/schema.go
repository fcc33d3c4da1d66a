// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

const (
	maxLifetime    = 2592000 // 30 days, in seconds (API contract 3.1).
	maxScopesOfAPI = 1000    // API contract 13.
)

func (r *serverResource) Schema(
	_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An API (*resource server*) that machines and users get access " +
			"tokens for.\n\n" +
			"An attribute that is left out shows what the tenant has. Taken out of the " +
			"configuration later, it keeps its value, as the tenant " +
			"has no way to unset it; the few that can be cleared say so.\n\n" +
			"The tenant's own APIs (`is_system`) can be managed as far as the tenant allows. The " +
			"Management API is imported, or adopted with " +
			"`use_existing`; only its `token_lifetime`, " +
			"`skip_consent_for_verifiable_first_party_clients` and " +
			"`subject_type_authorization.user` can be changed. The others, such as the My " +
			"Account API, are created from a template that " +
			"has their `name` and `scopes`, and of some a `proof_of_possession`, which the " +
			"configuration then has to state.",
		Attributes: map[string]schema.Attribute{
			"identifier": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Identifier of the API: the `audience` of its tokens, " +
					"compared byte for byte, a slash at the end " +
					"included. It should be an absolute URI or a URN. A change replaces the API, " +
					"which removes the grants for it; the plan names them.",
				Validators:    []validator.String{identifierValidator{"an API identifier"}},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"name": keptString("Name of the API, for people.",
				stringvalidator.UTF8LengthBetween(1, 200),
				stringvalidator.RegexMatches(
					regexp.MustCompile("^[^<>]*$"), "must not contain < or >",
				)),
			"scopes": schema.MapAttribute{
				Optional:    true,
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Scopes that the API defines, as a map from scope to " +
					"description (or `null` for none). When set, " +
					"these are all scopes of the API; `{}` removes all. When left out, the " +
					"scopes are not touched. Grants keep listing a " +
					"scope that is removed here, without effect; the plan names those that do.",
				Validators: []validator.Map{
					mapvalidator.SizeAtMost(maxScopesOfAPI),
					attribute.ScopeMap(),
				},
				PlanModifiers: []planmodifier.Map{mapplanmodifier.UseStateForUnknown()},
			},
			"signing_alg": keptString("Algorithm that tokens for the API are signed with: "+
				"`RS256` (what the tenant chooses by default), "+
				"`RS512`, `PS256`, or `HS256` with `signing_secret`.",
				stringvalidator.OneOf("RS256", "RS512", "PS256", "HS256")),
			"signing_secret": schema.StringAttribute{
				Optional:  true,
				Computed:  true,
				Sensitive: true,
				MarkdownDescription: "Secret that `HS256` tokens are signed with, at least 16 " +
					"characters. The tenant makes one when it is left " +
					"out. It is stored in the state, after an import too; `signing_secret_wo` " +
					"with its version keeps it out.",
				Validators: []validator.String{attribute.Secret()},
			},
			"signing_secret_wo": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				WriteOnly: true,
				MarkdownDescription: "Write-only form of `signing_secret`: it reaches neither " +
					"plan nor state (Terraform 1.11 or OpenTofu 1.11). " +
					"It is sent when `signing_secret_wo_version` changes.",
				Validators: []validator.String{attribute.Secret()},
			},
			"signing_secret_wo_version": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "Version of `signing_secret_wo`. Any change sends the " +
					"secret anew. While it is set, " +
					"`signing_secret` is kept out of the state.",
			},
			"token_lifetime": keptInt64("Lifetime of access tokens, in seconds: at most 2592000 "+
				"(30 days); the tenant's default is 86400.",
				int64validator.Between(0, maxLifetime)),
			"token_lifetime_for_web": keptInt64("Lifetime, in seconds, of access tokens issued "+
				"in browser flows: at most `token_lifetime`; "+
				"the tenant's default is 7200.", int64validator.Between(0, maxLifetime)),
			"token_dialect": keptString("Profile of access tokens: `access_token` (Auth0's own, "+
				"what the tenant uses by default) or "+
				"`rfc9068_profile`, and each with `_authz` at its end to add the `permissions` "+
				"claim, which needs `enforce_policies`.",
				stringvalidator.OneOf(
					"access_token", "access_token_authz", "rfc9068_profile",
					"rfc9068_profile_authz",
				)),
			"enforce_policies": keptBool("Whether role-based access " +
				"control applies to user flows."),
			"allow_offline_access": keptBool("Whether refresh tokens may " +
				"be issued for the API."),
			"allow_online_access": keptBool("Whether online access may " +
				"be asked for (early access)."),
			"allow_online_access_with_ephemeral_sessions": keptBool("Whether online access may " +
				"be asked for in ephemeral sessions (early access)."),
			"skip_consent_for_verifiable_first_party_clients": keptBool(
				"Whether users are not asked for consent to first-party clients that can be " +
					"verified."),
			"subject_type_authorization": schema.SingleNestedAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "Who may get tokens for the API. A half that is left out " +
					"keeps what the tenant has.",
				PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
				Attributes: map[string]schema.Attribute{
					"user": subjectPolicy(
						"Users", "allow_all", "deny_all", "require_client_grant",
					),
					"client": subjectPolicy("Machines", "deny_all", "require_client_grant"),
				},
			},
			"token_encryption": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "Encrypts access tokens for the API (JWE). Taking it out of " +
					"the configuration turns encryption off.",
				Attributes: map[string]schema.Attribute{
					"format": schema.StringAttribute{
						Optional: true,
						Computed: true,
						Default:  stringdefault.StaticString(tokenEncryptionFormat),
						MarkdownDescription: "Format of encrypted tokens; `" +
							tokenEncryptionFormat + "` is the only one.",
						Validators: []validator.String{stringvalidator.OneOf(
							tokenEncryptionFormat,
						)},
					},
					"encryption_key": schema.SingleNestedAttribute{
						Required:            true,
						MarkdownDescription: "Public key of the API.",
						Attributes: map[string]schema.Attribute{
							"alg": schema.StringAttribute{
								Required: true,
								MarkdownDescription: "Key encryption algorithm: `RSA-OAEP-256`, " +
									"`RSA-OAEP-384` or `RSA-OAEP-512`.",
								Validators: []validator.String{stringvalidator.OneOf(
									"RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512",
								)},
							},
							"pem": schema.StringAttribute{
								Optional: true,
								MarkdownDescription: "RSA public key or X.509 certificate in " +
									"PEM. It is needed to turn encryption on, and to change " +
									"anything about the key. The tenant never gives it back: " +
									"keys are compared by their thumbprints, so that one that " +
									"the tenant has already is not sent again, and one that was " +
									"changed elsewhere shows as a difference. Left out, as " +
									"after an import, the key in the tenant stays.",
								Validators: []validator.String{
									stringvalidator.UTF8LengthBetween(1, 4096),
									publicKeyValidator{"the PEM of an RSA public key or a " +
										"certificate"},
								},
							},
							"name": schema.StringAttribute{
								Optional:            true,
								MarkdownDescription: "Name of the key, for people.",
								Validators: []validator.String{
									stringvalidator.UTF8LengthBetween(1, 128),
								},
							},
							"kid": schema.StringAttribute{
								Optional:            true,
								MarkdownDescription: "Key id that encrypted tokens carry.",
								Validators: []validator.String{
									stringvalidator.UTF8LengthBetween(1, 128),
								},
							},
							"thumbprint_sha256": schema.StringAttribute{
								Optional: true,
								Computed: true,
								MarkdownDescription: "RFC 7638 thumbprint of the key, in " +
									"base64url. It follows from `pem`. Set without `pem`, it " +
									"says which " +
									"key the tenant has to have; another one is an error.",
								PlanModifiers: []planmodifier.String{planThumbprint{
									"the thumbprint of the planned key",
								}},
							},
						},
					},
				},
			},
			"consent_policy": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Consent that transactional authorization needs; " +
					"`transactional-authorization-with-mfa` is the only one. " +
					"Taking it out of the configuration clears it.",
				Validators: []validator.String{stringvalidator.OneOf(
					"transactional-authorization-with-mfa",
				)},
			},
			"authorization_details": schema.ListNestedAttribute{
				Optional: true,
				Computed: true,
				Default: listdefault.StaticValue(types.ListValueMust(
					authorizationDetailType, nil,
				)),
				MarkdownDescription: "Types of rich authorization requests (RFC 9396) that the " +
					"API understands. Taking it out of the " +
					"configuration clears it, as `[]` does.",
				Validators: []validator.List{listvalidator.UniqueValues()},
				NestedObject: schema.NestedAttributeObject{
					Attributes: map[string]schema.Attribute{
						"type": schema.StringAttribute{
							Required:            true,
							MarkdownDescription: "Name of the type.",
							Validators: []validator.String{stringvalidator.LengthAtLeast(
								1,
							)},
						},
					},
				},
			},
			"proof_of_possession": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "Binds access tokens to a key of their bearer. Taking it " +
					"out of the configuration clears it.",
				Attributes: map[string]schema.Attribute{
					"mechanism": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: "`mtls` or `dpop`.",
						Validators: []validator.String{stringvalidator.OneOf(
							"mtls", "dpop",
						)},
					},
					"required": schema.BoolAttribute{
						Required:            true,
						MarkdownDescription: "Whether tokens that are not bound are refused.",
					},
					"required_for": schema.StringAttribute{
						Optional: true,
						MarkdownDescription: "Clients that it is required for: `public_clients` " +
							"or `all_clients`.",
						Validators: []validator.String{stringvalidator.OneOf(
							"public_clients", "all_clients",
						)},
					},
				},
			},
			"authorization_policy": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "Policy that decides on tokens for the API (early access). " +
					"Taking it out of the configuration clears it.",
				Attributes: map[string]schema.Attribute{
					"policy_id": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: "Id of the policy.",
						Validators: []validator.String{stringvalidator.UTF8LengthBetween(
							1, 1024,
						)},
					},
				},
			},
			"use_existing": attribute.UseExisting("an API with this identifier"),

			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the API in the tenant.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"is_system": schema.BoolAttribute{
				Computed: true,
				MarkdownDescription: "Whether this is one of the tenant's own APIs, such as the " +
					"Management API. Destroying one only drops it " +
					"from the state.",
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
			"client_id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the client that is linked to the API, if there is one.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
		},
	}
}

const tokenEncryptionFormat = "compact-nested-jwe"

func keptString(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, MarkdownDescription: description, Validators: validators,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func keptInt64(description string, validators ...validator.Int64) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional: true, Computed: true, MarkdownDescription: description, Validators: validators,
		PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
	}
}

func keptBool(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, MarkdownDescription: description,
		PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
}

func subjectPolicy(who string, policies ...string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		Computed:            true,
		MarkdownDescription: who + ".",
		PlanModifiers:       []planmodifier.Object{objectplanmodifier.UseNonNullStateForUnknown()},
		Attributes: map[string]schema.Attribute{
			"policy": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "One of " + attribute.OrList(policies) + ".",
				Validators:          []validator.String{stringvalidator.OneOf(policies...)},
			},
		},
	}
}
