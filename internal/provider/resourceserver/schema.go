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
		MarkdownDescription: "Manages an API (*resource server*), for which machines and users " +
			"get access tokens.\n\n" +
			"An omitted attribute shows the value in the tenant. If an attribute is removed from " +
			"the configuration later, it keeps its value, because the tenant has no way to unset " +
			"it. The descriptions name the few attributes that can be cleared.\n\n" +
			"System APIs (`is_system`), which Auth0 defines, can be managed as far as the tenant " +
			"allows. The Management API is imported, or adopted with `use_existing`; only its " +
			"`token_lifetime`, " +
			"`skip_consent_for_verifiable_first_party_clients` and " +
			"`subject_type_authorization.user` can be changed. Other system APIs, such as the My " +
			"Account API, are created from a template that sets their `name`, their `scopes` and " +
			"the other values that the configuration omits. An attribute that is removed from " +
			"the configuration of a system API always keeps its value.",
		Attributes: map[string]schema.Attribute{
			"identifier": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Identifier of the API: the `audience` of its tokens. It is " +
					"compared byte for byte, including a trailing slash, and should be an " +
					"absolute URI or a URN. A change replaces the API, which deletes its client " +
					"grants; the plan names them.",
				Validators:    []validator.String{identifierValidator{"an API identifier"}},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"name": keptString("Display name of the API. If omitted, the API has none.",
				stringvalidator.UTF8LengthBetween(1, 200),
				stringvalidator.RegexMatches(
					regexp.MustCompile("^[^<>]*$"), "must not contain < or >",
				)),
			"scopes": schema.MapAttribute{
				Optional:    true,
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Scopes that the API defines, as a map from scope to " +
					"description (or `null` for none). If set, these are all scopes of the API; " +
					"`{}` removes all scopes. If omitted, the scopes are not changed. Client " +
					"grants keep listing a removed scope, but it has no effect; the plan names " +
					"these grants. The scopes of a system API cannot be changed, and are null " +
					"here; the data source reads them.",
				Validators: []validator.Map{
					mapvalidator.SizeAtMost(maxScopesOfAPI),
					attribute.ScopeMap(),
				},
				PlanModifiers: []planmodifier.Map{mapplanmodifier.UseStateForUnknown()},
			},
			"signing_alg": keptString("Algorithm that signs tokens for the API: `RS256` (the "+
				"tenant's default), `RS512`, `PS256`, or `HS256` with `signing_secret`.",
				attribute.OneOf("RS256", "RS512", "PS256", "HS256")),
			"signing_secret": schema.StringAttribute{
				Optional:  true,
				Computed:  true,
				Sensitive: true,
				MarkdownDescription: "Secret that signs `HS256` tokens; at least 16 characters. " +
					"If omitted, the tenant generates one. The state contains the secret, even " +
					"after an import; set `signing_secret_wo` and its version to keep it out.",
				Validators: []validator.String{attribute.Secret()},
			},
			"signing_secret_wo": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				WriteOnly: true,
				MarkdownDescription: "Write-only form of `signing_secret`, which is never stored " +
					"in the plan or the state. Requires Terraform 1.11 or OpenTofu 1.11. It is " +
					"sent when `signing_secret_wo_version` changes.",
				Validators: []validator.String{attribute.Secret()},
			},
			"signing_secret_wo_version": schema.Int64Attribute{
				Optional:   true,
				CustomType: attribute.WholeNumber{},
				MarkdownDescription: "Version of `signing_secret_wo`. Any change sends the " +
					"secret again. While the version is set, `signing_secret` is kept out of the " +
					"state.",
			},
			"token_lifetime": keptInt64("Lifetime of access tokens, in seconds; at most 2592000 "+
				"(30 days). The tenant's default is 86400.",
				int64validator.Between(0, maxLifetime)),
			"token_lifetime_for_web": keptInt64("Lifetime, in seconds, of access tokens issued "+
				"in browser flows; at most `token_lifetime`. The tenant's default is "+
				"7200.", int64validator.Between(0, maxLifetime)),
			"token_dialect": keptString("Profile of access tokens: `access_token` (Auth0's own "+
				"profile, the tenant's default) or `rfc9068_profile`. The suffix `_authz` on "+
				"either adds the `permissions` claim and requires `enforce_policies`.",
				attribute.OneOf(
					"access_token", "access_token_authz", "rfc9068_profile",
					"rfc9068_profile_authz",
				)),
			"enforce_policies": keptBool("Whether role-based access control applies to user " +
				"flows: tokens of users then have only scopes that their roles contain. The " +
				"tenant's default is `false`."),
			"allow_offline_access": keptBool("Whether refresh tokens may be issued for the API. " +
				"The tenant's default is `false`."),
			"allow_online_access": keptBool("Whether online access may be requested (early " +
				"access)."),
			"allow_online_access_with_ephemeral_sessions": keptBool("Whether online access may " +
				"be requested in ephemeral sessions (early access)."),
			"skip_consent_for_verifiable_first_party_clients": keptBool(
				"Whether users skip the consent prompt for verifiable first-party clients. The " +
					"tenant's default is `false`."),
			"subject_type_authorization": schema.SingleNestedAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "Who may get tokens for the API. A policy of `deny_all` " +
					"stops them, whatever grants exist; the plan names the grants. If `user` " +
					"or `client` is omitted, the tenant keeps its value.",
				PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
				Attributes: map[string]schema.Attribute{
					"user": subjectPolicy(
						"Users: tokens that a client gets for a user.",
						"Which clients may get them: all (`allow_all`, the tenant's default), "+
							"none (`deny_all`), or clients that have a grant with the subject "+
							"type `user` (`require_client_grant`). Third-party clients always "+
							"need a grant.",
						"allow_all", "deny_all", "require_client_grant",
					),
					"client": subjectPolicy(
						"Machines: tokens that a client gets for itself.",
						"Which clients may get them: none (`deny_all`), or clients that have a "+
							"grant with the subject type `client` (`require_client_grant`, the "+
							"tenant's default).",
						"deny_all", "require_client_grant",
					),
				},
			},
			"token_encryption": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "Encrypts access tokens for the API (JWE). Removing it from " +
					"the configuration turns encryption off.",
				Attributes: map[string]schema.Attribute{
					"format": schema.StringAttribute{
						Optional: true,
						Computed: true,
						Default:  stringdefault.StaticString(tokenEncryptionFormat),
						MarkdownDescription: "Format of encrypted tokens. The only format is `" +
							tokenEncryptionFormat + "`.",
						Validators: []validator.String{attribute.OneOf(
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
								Validators: []validator.String{attribute.OneOf(
									"RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512",
								)},
							},
							"pem": schema.StringAttribute{
								Optional: true,
								MarkdownDescription: "RSA public key or X.509 certificate in " +
									"PEM. Required to turn encryption on and to change anything " +
									"about the key. The tenant never returns the PEM, so keys " +
									"are compared by thumbprint: a key that the tenant already " +
									"has is not sent again, and a key changed elsewhere shows as " +
									"a difference. If omitted, as after an import, the tenant " +
									"keeps its key.",
								Validators: []validator.String{
									stringvalidator.UTF8LengthBetween(1, 4096),
									publicKeyValidator{"the PEM of an RSA public key or a " +
										"certificate"},
								},
							},
							"name": schema.StringAttribute{
								Optional:            true,
								MarkdownDescription: "Display name of the key.",
								Validators: []validator.String{
									stringvalidator.UTF8LengthBetween(1, 128),
								},
							},
							"kid": schema.StringAttribute{
								Optional:            true,
								MarkdownDescription: "Key id in the header of encrypted tokens.",
								Validators: []validator.String{
									stringvalidator.UTF8LengthBetween(1, 128),
								},
							},
							"thumbprint_sha256": schema.StringAttribute{
								Optional: true,
								Computed: true,
								MarkdownDescription: "RFC 7638 thumbprint of the key, in " +
									"base64url. If `pem` is set, it is computed from `pem`. If " +
									"only the thumbprint is set, planning fails unless the " +
									"tenant has this key.",
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
				Computed: true,
				MarkdownDescription: "Consent that transactional authorization requires. The " +
					"only value is `transactional-authorization-with-mfa`. Removing it from the " +
					"configuration clears it.",
				Validators: []validator.String{attribute.OneOf(
					"transactional-authorization-with-mfa",
				)},
			},
			"authorization_details": schema.ListNestedAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "Types of rich authorization requests (RFC 9396) that the " +
					"API supports. Removing it from the configuration clears it, as does `[]`.",
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
				Computed: true,
				MarkdownDescription: "Binds access tokens to a key of the client that uses them. " +
					"Removing it from the configuration clears it, except for a system API.",
				Attributes: map[string]schema.Attribute{
					"mechanism": schema.StringAttribute{
						Required: true,
						MarkdownDescription: "How tokens are bound: to the client's certificate " +
							"(`mtls`, RFC 8705) or to a key that signs each request (`dpop`, " +
							"RFC 9449).",
						Validators: []validator.String{attribute.OneOf(
							"mtls", "dpop",
						)},
					},
					"required": schema.BoolAttribute{
						Required: true,
						MarkdownDescription: "Whether clients must use bound tokens. With " +
							"`false`, they may.",
					},
					"required_for": schema.StringAttribute{
						Optional: true,
						MarkdownDescription: "Which clients `required` is about: " +
							"`public_clients` or `all_clients`.",
						Validators: []validator.String{attribute.OneOf(
							"public_clients", "all_clients",
						)},
					},
				},
			},
			"authorization_policy": schema.SingleNestedAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "Policy that decides on tokens for the API (early access). " +
					"Removing it from the configuration clears it.",
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
				MarkdownDescription: "`true` for a *system API*, such as the Management API, " +
					"otherwise null. Destroying a system API only removes it from the state.",
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
			"client_id": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "Id of the client that is linked to the API; null if there " +
					"is none.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
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
		CustomType: attribute.WholeNumber{},
		Optional:   true, Computed: true, MarkdownDescription: description, Validators: validators,
		PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
	}
}

func keptBool(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, MarkdownDescription: description,
		PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
}

func subjectPolicy(who, policy string, policies ...string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		Computed:            true,
		MarkdownDescription: who,
		PlanModifiers:       []planmodifier.Object{objectplanmodifier.UseNonNullStateForUnknown()},
		Attributes: map[string]schema.Attribute{
			"policy": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: policy,
				Validators:          []validator.String{attribute.OneOf(policies...)},
			},
		},
	}
}
