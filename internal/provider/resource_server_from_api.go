// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// fromAPI takes over what the API answered. What the API does not know, such as
// the PEM of a key, stays as m has it.
func (m *resourceServerModel) fromAPI(ctx context.Context, api m2m.ResourceServer, diags *diag.Diagnostics) {
	m.ID = types.StringValue(api.ID)
	m.Identifier = types.StringValue(api.Identifier)
	m.Name = types.StringPointerValue(api.Name)
	m.Scopes = scopesFromAPI(ctx, api.Scopes, diags)
	m.SigningAlg = types.StringPointerValue(api.SigningAlg)
	m.SigningSecret = types.StringPointerValue(api.SigningSecret)
	if !m.SigningSecretWOVersion.IsNull() {
		m.SigningSecret = types.StringNull() // The write-only form keeps it out of the state.
	}
	m.SigningSecretWO = types.StringNull()
	m.TokenLifetime = types.Int64PointerValue(api.TokenLifetime)
	m.TokenLifetimeForWeb = types.Int64PointerValue(api.TokenLifetimeForWeb)
	m.TokenDialect = types.StringPointerValue(api.TokenDialect)
	m.EnforcePolicies = types.BoolPointerValue(api.EnforcePolicies)
	m.AllowOfflineAccess = types.BoolPointerValue(api.AllowOfflineAccess)
	m.AllowOnlineAccess = types.BoolPointerValue(api.AllowOnlineAccess)
	m.AllowOnlineAccessEphemeral = types.BoolPointerValue(api.AllowOnlineAccessEphemeral)
	m.SkipConsent = types.BoolPointerValue(api.SkipConsent)
	m.ConsentPolicy = types.StringPointerValue(api.ConsentPolicy)
	m.IsSystem = types.BoolValue(api.IsSystem)
	m.ClientID = types.StringPointerValue(api.ClientID)

	m.SubjectTypeAuthorization = attribute.ObjectFromAPI(ctx, subjectTypeAuthorizationTypes, api.SubjectTypeAuthorization, diags,
		func(in m2m.SubjectTypeAuthorization) any {
			policy := func(p *m2m.SubjectPolicy) types.Object {
				return attribute.ObjectFromAPI(ctx, subjectPolicyTypes, p, diags,
					func(p m2m.SubjectPolicy) any { return subjectPolicyModel{types.StringValue(p.Policy)} })
			}
			return subjectTypeAuthorizationModel{User: policy(in.User), Client: policy(in.Client)}
		})
	m.TokenEncryption = tokenEncryptionFromAPI(ctx, api.TokenEncryption, m.pem(ctx, diags), diags)
	m.ProofOfPossession = attribute.ObjectFromAPI(ctx, proofOfPossessionTypes, api.ProofOfPossession, diags,
		func(in m2m.ProofOfPossession) any {
			return proofOfPossessionModel{
				types.StringValue(in.Mechanism), types.BoolValue(in.Required), types.StringPointerValue(in.RequiredFor),
			}
		})
	m.AuthorizationPolicy = attribute.ObjectFromAPI(ctx, authorizationPolicyTypes, api.AuthorizationPolicy, diags,
		func(in m2m.AuthorizationPolicy) any { return authorizationPolicyModel{types.StringValue(in.PolicyID)} })
	m.AuthorizationDetails = authorizationDetailsFromAPI(ctx, api.AuthorizationDetails, diags)
}

// pem is the PEM that the plan or the state holds.
func (m *resourceServerModel) pem(ctx context.Context, diags *diag.Diagnostics) types.String {
	if m.TokenEncryption.IsNull() || m.TokenEncryption.IsUnknown() {
		return types.StringNull()
	}
	encryption := attribute.ObjectAs[tokenEncryptionModel](ctx, m.TokenEncryption, diags)
	return attribute.ObjectAs[encryptionKeyModel](ctx, encryption.EncryptionKey, diags).PEM
}

func tokenEncryptionFromAPI(ctx context.Context, api *m2m.TokenEncryption, known types.String, diags *diag.Diagnostics) types.Object {
	return attribute.ObjectFromAPI(ctx, tokenEncryptionTypes, api, diags,
		func(in m2m.TokenEncryption) any {
			key := encryptionKeyFromAPI(in.EncryptionKey, known)
			return tokenEncryptionModel{
				Format: types.StringValue(in.Format),
				EncryptionKey: attribute.ObjectFromAPI(ctx, encryptionKeyTypes, &key, diags,
					func(key encryptionKeyModel) any { return key }),
			}
		})
}

// encryptionKeyFromAPI keeps the known PEM only if it is that of the key which
// the API has, so that a key changed elsewhere shows as a difference.
func encryptionKeyFromAPI(key m2m.EncryptionKey, known types.String) encryptionKeyModel {
	out := encryptionKeyModel{
		Alg: types.StringValue(key.Alg), PEM: types.StringNull(),
		Name: types.StringPointerValue(key.Name), KID: types.StringPointerValue(key.KID),
		ThumbprintSHA256: types.StringNull(),
	}
	if key.ThumbprintSHA256 != "" {
		out.ThumbprintSHA256 = types.StringValue(key.ThumbprintSHA256)
	}
	thumbprint, err := m2m.Thumbprint(known.ValueString())
	if err != nil {
		return out
	}
	if key.ThumbprintSHA256 == "" || key.ThumbprintSHA256 == thumbprint {
		out.PEM, out.ThumbprintSHA256 = known, types.StringValue(thumbprint)
	}
	return out
}

// scopesFromAPI makes no difference between none and an empty list, as the API
// makes none but in its answers (API contract 1.7).
func scopesFromAPI(ctx context.Context, scopes []m2m.Scope, diags *diag.Diagnostics) types.Map {
	described := make(map[string]types.String, len(scopes))
	for _, scope := range scopes {
		described[scope.Value] = types.StringPointerValue(scope.Description)
	}
	out, d := types.MapValueFrom(ctx, types.StringType, described)
	diags.Append(d...)
	return out
}

func authorizationDetailsFromAPI(ctx context.Context, details []m2m.AuthorizationDetail, diags *diag.Diagnostics) types.List {
	models := make([]authorizationDetailModel, 0, len(details))
	for _, detail := range details {
		models = append(models, authorizationDetailModel{types.StringValue(detail.Type)})
	}
	out, d := types.ListValueFrom(ctx, authorizationDetailType, models)
	diags.Append(d...)
	return out
}
