// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// serverValues are the values in a Management API response, without the signing secret. Data
// sources show them unchanged.
type serverValues struct {
	ID                         types.String `tfsdk:"id"`
	Identifier                 types.String `tfsdk:"identifier"`
	Name                       types.String `tfsdk:"name"`
	Scopes                     types.Map    `tfsdk:"scopes"`
	SigningAlg                 types.String `tfsdk:"signing_alg"`
	TokenLifetime              types.Int64  `tfsdk:"token_lifetime"`
	TokenLifetimeForWeb        types.Int64  `tfsdk:"token_lifetime_for_web"`
	TokenDialect               types.String `tfsdk:"token_dialect"`
	EnforcePolicies            types.Bool   `tfsdk:"enforce_policies"`
	AllowOfflineAccess         types.Bool   `tfsdk:"allow_offline_access"`
	AllowOnlineAccess          types.Bool   `tfsdk:"allow_online_access"`
	AllowOnlineAccessEphemeral types.Bool   `tfsdk:"allow_online_access_with_ephemeral_sessions"`
	SkipConsent                types.Bool   `tfsdk:"skip_consent_for_verifiable_first_party_clients"`
	SubjectTypeAuthorization   types.Object `tfsdk:"subject_type_authorization"`
	TokenEncryption            types.Object `tfsdk:"token_encryption"`
	ConsentPolicy              types.String `tfsdk:"consent_policy"`
	AuthorizationDetails       types.List   `tfsdk:"authorization_details"`
	ProofOfPossession          types.Object `tfsdk:"proof_of_possession"`
	AuthorizationPolicy        types.Object `tfsdk:"authorization_policy"`
	IsSystem                   types.Bool   `tfsdk:"is_system"`
	ClientID                   types.String `tfsdk:"client_id"`
}

// serverModel is the model of the resource.
type serverModel struct {
	serverValues

	SigningSecret          types.String `tfsdk:"signing_secret"`
	SigningSecretWO        types.String `tfsdk:"signing_secret_wo"`
	SigningSecretWOVersion types.Int64  `tfsdk:"signing_secret_wo_version"`
	UseExisting            types.Bool   `tfsdk:"use_existing"`
}

type subjectTypeAuthorizationModel struct {
	User   types.Object `tfsdk:"user"`
	Client types.Object `tfsdk:"client"`
}

type subjectPolicyModel struct {
	Policy types.String `tfsdk:"policy"`
}

type tokenEncryptionModel struct {
	Format        types.String `tfsdk:"format"`
	EncryptionKey types.Object `tfsdk:"encryption_key"`
}

type encryptionKeyModel struct {
	Alg              types.String `tfsdk:"alg"`
	PEM              types.String `tfsdk:"pem"`
	Name             types.String `tfsdk:"name"`
	KID              types.String `tfsdk:"kid"`
	ThumbprintSHA256 types.String `tfsdk:"thumbprint_sha256"`
}

type authorizationDetailModel struct {
	Type types.String `tfsdk:"type"`
}

type proofOfPossessionModel struct {
	Mechanism   types.String `tfsdk:"mechanism"`
	Required    types.Bool   `tfsdk:"required"`
	RequiredFor types.String `tfsdk:"required_for"`
}

type authorizationPolicyModel struct {
	PolicyID types.String `tfsdk:"policy_id"`
}

// mayAdopt reports whether Create may adopt an existing API. The values of an adopted API need not
// be the defaults.
func mayAdopt(plan serverModel) bool {
	return plan.UseExisting.IsUnknown() || plan.UseExisting.ValueBool()
}

// serverIdentity contains the identifier instead of the id. The identifier is as stable as the id,
// because a change replaces the API. Users know it, and a state that was moved from the auth0
// provider always has it.
type serverIdentity struct {
	Identifier types.String `tfsdk:"identifier"`
}

func (m *serverValues) identity() serverIdentity {
	return serverIdentity{Identifier: m.Identifier}
}

// The types of the nested attributes in the schema.
var (
	subjectPolicyTypes            = map[string]attr.Type{"policy": types.StringType}
	subjectTypeAuthorizationTypes = map[string]attr.Type{
		"user":   types.ObjectType{AttrTypes: subjectPolicyTypes},
		"client": types.ObjectType{AttrTypes: subjectPolicyTypes},
	}
	encryptionKeyTypes = map[string]attr.Type{
		"alg": types.StringType, "pem": types.StringType, "name": types.StringType,
		"kid": types.StringType, "thumbprint_sha256": types.StringType,
	}
	tokenEncryptionTypes = map[string]attr.Type{
		"format": types.StringType, "encryption_key": types.ObjectType{
			AttrTypes: encryptionKeyTypes,
		},
	}
	authorizationDetailType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"type": types.StringType,
	}}
	noDetails              = types.ListValueMust(authorizationDetailType, nil)
	proofOfPossessionTypes = map[string]attr.Type{
		"mechanism": types.StringType, "required": types.BoolType, "required_for": types.StringType,
	}
	authorizationPolicyTypes = map[string]attr.Type{"policy_id": types.StringType}
)

// changes returns the properties that differ between prior and m, the plan. For a create, prior is
// the zero value. secret is the write-only signing secret, which is never in a plan.
func (m *serverModel) changes(
	ctx context.Context, prior *serverModel, secret types.String, diags *diag.Diagnostics,
) m2m.ResourceServerProperties {
	out := m2m.ResourceServerProperties{
		Name: attribute.Changed(m.Name, prior.Name, m.Name.ValueString),
		Scopes: attribute.Changed(m.Scopes, prior.Scopes, func() []m2m.Scope {
			return m.scopes(ctx, diags)
		}),
		SigningAlg: attribute.Changed(
			m.SigningAlg, prior.SigningAlg, m.SigningAlg.ValueString,
		),
		SigningSecret: attribute.Changed(
			m.SigningSecret, prior.SigningSecret, m.SigningSecret.ValueString,
		),
		AllowOfflineAccess: attribute.Changed(
			m.AllowOfflineAccess, prior.AllowOfflineAccess, m.AllowOfflineAccess.ValueBool,
		),
		AllowOnlineAccess: attribute.Changed(
			m.AllowOnlineAccess, prior.AllowOnlineAccess, m.AllowOnlineAccess.ValueBool,
		),
		AllowOnlineAccessEphemeral: attribute.Changed(
			m.AllowOnlineAccessEphemeral, prior.AllowOnlineAccessEphemeral,
			m.AllowOnlineAccessEphemeral.ValueBool,
		),
		TokenLifetime: attribute.Changed(
			m.TokenLifetime, prior.TokenLifetime, m.TokenLifetime.ValueInt64,
		),
		TokenLifetimeForWeb: attribute.Changed(
			m.TokenLifetimeForWeb, prior.TokenLifetimeForWeb, m.TokenLifetimeForWeb.ValueInt64,
		),
		TokenDialect: attribute.Changed(
			m.TokenDialect, prior.TokenDialect, m.TokenDialect.ValueString,
		),
		EnforcePolicies: attribute.Changed(
			m.EnforcePolicies, prior.EnforcePolicies, m.EnforcePolicies.ValueBool,
		),
		SkipConsent: attribute.Changed(m.SkipConsent, prior.SkipConsent, m.SkipConsent.ValueBool),
		SubjectTypeAuthorization: attribute.Changed(m.SubjectTypeAuthorization,
			prior.SubjectTypeAuthorization,
			func() m2m.SubjectTypeAuthorization { return m.subjectTypeAuthorization(ctx, diags) }),
		TokenEncryption: attribute.ChangedOrCleared(m.TokenEncryption, prior.TokenEncryption,
			func() m2m.TokenEncryption { return m.tokenEncryption(ctx, diags) }),
		ConsentPolicy: attribute.ChangedOrCleared(
			m.ConsentPolicy, prior.ConsentPolicy, m.ConsentPolicy.ValueString,
		),
		AuthorizationDetails: attribute.ChangedOrCleared(noneIfEmpty(
			m.AuthorizationDetails,
		), noneIfEmpty(prior.AuthorizationDetails),
			func() []m2m.AuthorizationDetail { return m.authorizationDetails(ctx, diags) }),
		ProofOfPossession: attribute.ChangedOrCleared(m.ProofOfPossession, prior.ProofOfPossession,
			func() m2m.ProofOfPossession { return m.proofOfPossession(ctx, diags) }),
		AuthorizationPolicy: attribute.ChangedOrCleared(m.AuthorizationPolicy,
			prior.AuthorizationPolicy,
			func() m2m.AuthorizationPolicy { return m.authorizationPolicy(ctx, diags) }),
	}
	if subjects := out.SubjectTypeAuthorization.Value(); subjects != nil &&
		*subjects == (m2m.SubjectTypeAuthorization{}) {
		out.SubjectTypeAuthorization = m2m.Field[m2m.SubjectTypeAuthorization]{}
	}
	if !secret.IsNull() && !m.SigningSecretWOVersion.Equal(prior.SigningSecretWOVersion) {
		out.SigningSecret = m2m.Set(secret.ValueString())
	}
	return out
}

func (m *serverValues) scopes(ctx context.Context, diags *diag.Diagnostics) []m2m.Scope {
	described := map[string]types.String{}
	diags.Append(m.Scopes.ElementsAs(ctx, &described, false)...)
	scopes := make([]m2m.Scope, 0, len(described))
	for _, value := range slices.Sorted(maps.Keys(described)) {
		scopes = append(scopes, m2m.Scope{
			Value: value, Description: described[value].ValueStringPointer(),
		})
	}
	return scopes
}

func (m *serverValues) subjectTypeAuthorization(
	ctx context.Context, diags *diag.Diagnostics,
) m2m.SubjectTypeAuthorization {
	halves := attribute.ObjectAs[subjectTypeAuthorizationModel](
		ctx, m.SubjectTypeAuthorization, diags,
	)
	policy := func(half types.Object) *m2m.SubjectPolicy {
		if half.IsNull() || half.IsUnknown() {
			return nil
		}
		return &m2m.SubjectPolicy{
			Policy: attribute.ObjectAs[subjectPolicyModel](ctx, half, diags).Policy.ValueString(),
		}
	}
	return m2m.SubjectTypeAuthorization{User: policy(halves.User), Client: policy(halves.Client)}
}

func (m *serverValues) tokenEncryption(
	ctx context.Context, diags *diag.Diagnostics,
) m2m.TokenEncryption {
	encryption := attribute.ObjectAs[tokenEncryptionModel](ctx, m.TokenEncryption, diags)
	key := attribute.ObjectAs[encryptionKeyModel](ctx, encryption.EncryptionKey, diags)
	return m2m.TokenEncryption{
		Format: encryption.Format.ValueString(),
		EncryptionKey: m2m.EncryptionKey{
			Alg: key.Alg.ValueString(), PEM: key.PEM.ValueString(),
			Name: key.Name.ValueStringPointer(), KID: key.KID.ValueStringPointer(),
		},
	}
}

// noneIfEmpty turns an empty list into null, because the tenant stores null for an empty list.
func noneIfEmpty(list types.List) types.List {
	if !list.IsUnknown() && len(list.Elements()) == 0 {
		return types.ListNull(list.ElementType(context.Background()))
	}
	return list
}

func (m *serverValues) authorizationDetails(
	ctx context.Context, diags *diag.Diagnostics,
) []m2m.AuthorizationDetail {
	var details []authorizationDetailModel
	diags.Append(m.AuthorizationDetails.ElementsAs(ctx, &details, false)...)
	out := make([]m2m.AuthorizationDetail, 0, len(details))
	for _, detail := range details {
		out = append(out, m2m.AuthorizationDetail{Type: detail.Type.ValueString()})
	}
	return out
}

func (m *serverValues) proofOfPossession(
	ctx context.Context, diags *diag.Diagnostics,
) m2m.ProofOfPossession {
	proof := attribute.ObjectAs[proofOfPossessionModel](ctx, m.ProofOfPossession, diags)
	return m2m.ProofOfPossession{
		Mechanism: proof.Mechanism.ValueString(), Required: proof.Required.ValueBool(),
		RequiredFor: proof.RequiredFor.ValueStringPointer(),
	}
}

func (m *serverValues) authorizationPolicy(
	ctx context.Context, diags *diag.Diagnostics,
) m2m.AuthorizationPolicy {
	return m2m.AuthorizationPolicy{
		PolicyID: attribute.ObjectAs[authorizationPolicyModel](
			ctx, m.AuthorizationPolicy, diags,
		).PolicyID.ValueString(),
	}
}
