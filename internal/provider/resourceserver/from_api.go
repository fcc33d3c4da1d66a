// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// fromAPI sets the values from a Management API response. It omits the signing secret if the
// write-only form keeps the secret out of the state. An empty list stays null if it was null.
// The scopes of a system API are null, because they cannot be managed.
func (m *serverModel) fromAPI(
	ctx context.Context, server m2m.ResourceServer, diags *diag.Diagnostics,
) {
	omitted := m.AuthorizationDetails.IsNull() || m.AuthorizationDetails.IsUnknown()
	m.serverValues.fromAPI(ctx, server, diags)
	if omitted {
		m.AuthorizationDetails = noneIfEmpty(m.AuthorizationDetails)
	}
	if server.IsSystem {
		m.Scopes = types.MapNull(types.StringType)
	} else {
		m.IsSystem = types.BoolNull()
	}
	m.SigningSecret = types.StringPointerValue(server.SigningSecret)
	if !m.SigningSecretWOVersion.IsNull() {
		m.SigningSecret = types.StringNull()
	}
	m.SigningSecretWO = types.StringNull()
}

// fromAPI sets the values from a Management API response. Values that a response does not contain,
// such as the PEM of a key, are kept.
func (m *serverValues) fromAPI(
	ctx context.Context, server m2m.ResourceServer, diags *diag.Diagnostics,
) {
	m.ID = types.StringValue(server.ID)
	m.Identifier = types.StringValue(server.Identifier)
	m.Name = types.StringPointerValue(server.Name)
	m.Scopes = scopesFromAPI(ctx, server.Scopes, diags)
	m.SigningAlg = types.StringPointerValue(server.SigningAlg)
	m.TokenLifetime = types.Int64PointerValue(server.TokenLifetime)
	m.TokenLifetimeForWeb = types.Int64PointerValue(server.TokenLifetimeForWeb)
	m.TokenDialect = types.StringPointerValue(server.TokenDialect)
	m.EnforcePolicies = types.BoolPointerValue(server.EnforcePolicies)
	m.AllowOfflineAccess = types.BoolPointerValue(server.AllowOfflineAccess)
	m.AllowOnlineAccess = types.BoolPointerValue(server.AllowOnlineAccess)
	m.AllowOnlineAccessEphemeral = types.BoolPointerValue(server.AllowOnlineAccessEphemeral)
	m.SkipConsent = types.BoolPointerValue(server.SkipConsent)
	m.ConsentPolicy = types.StringPointerValue(server.ConsentPolicy)
	m.IsSystem = types.BoolValue(server.IsSystem)
	m.ClientID = types.StringPointerValue(server.ClientID)

	m.SubjectTypeAuthorization = attribute.ObjectFromAPI(ctx, subjectTypeAuthorizationTypes,
		server.SubjectTypeAuthorization, diags,
		func(in m2m.SubjectTypeAuthorization) any {
			policy := func(p *m2m.SubjectPolicy) types.Object {
				return attribute.ObjectFromAPI(ctx, subjectPolicyTypes, p, diags,
					func(p m2m.SubjectPolicy) any {
						return subjectPolicyModel{types.StringValue(p.Policy)}
					})
			}
			return subjectTypeAuthorizationModel{User: policy(in.User), Client: policy(in.Client)}
		})
	m.TokenEncryption = tokenEncryptionFromAPI(
		ctx, server.TokenEncryption, m.pem(ctx, diags), diags,
	)
	m.ProofOfPossession = attribute.ObjectFromAPI(ctx, proofOfPossessionTypes,
		server.ProofOfPossession, diags,
		func(in m2m.ProofOfPossession) any {
			return proofOfPossessionModel{
				types.StringValue(in.Mechanism), types.BoolValue(in.Required),
				types.StringPointerValue(in.RequiredFor),
			}
		})
	m.AuthorizationPolicy = attribute.ObjectFromAPI(ctx, authorizationPolicyTypes,
		server.AuthorizationPolicy, diags,
		func(in m2m.AuthorizationPolicy) any {
			return authorizationPolicyModel{types.StringValue(in.PolicyID)}
		})
	m.AuthorizationDetails = authorizationDetailsFromAPI(ctx, server.AuthorizationDetails, diags)
}

// pem returns the PEM of the encryption key, or null.
func (m *serverValues) pem(ctx context.Context, diags *diag.Diagnostics) types.String {
	if m.TokenEncryption.IsNull() || m.TokenEncryption.IsUnknown() {
		return types.StringNull()
	}
	encryption := attribute.ObjectAs[tokenEncryptionModel](ctx, m.TokenEncryption, diags)
	return attribute.ObjectAs[encryptionKeyModel](ctx, encryption.EncryptionKey, diags).PEM
}

func tokenEncryptionFromAPI(
	ctx context.Context, encryption *m2m.TokenEncryption, known types.String,
	diags *diag.Diagnostics,
) types.Object {
	return attribute.ObjectFromAPI(ctx, tokenEncryptionTypes, encryption, diags,
		func(in m2m.TokenEncryption) any {
			key := encryptionKeyFromAPI(in.EncryptionKey, known)
			return tokenEncryptionModel{
				Format: types.StringValue(in.Format),
				EncryptionKey: attribute.ObjectFromAPI(ctx, encryptionKeyTypes, &key, diags,
					func(key encryptionKeyModel) any { return key }),
			}
		})
}

// encryptionKeyFromAPI keeps the known PEM only if the API has the same key, so that a key changed
// elsewhere shows as a difference.
func encryptionKeyFromAPI(key m2m.EncryptionKey, known types.String) encryptionKeyModel {
	out := encryptionKeyModel{
		Alg: types.StringValue(key.Alg), PEM: types.StringNull(),
		Name: types.StringPointerValue(key.Name), KID: types.StringPointerValue(key.KID),
		ThumbprintSHA256: types.StringNull(),
	}
	if key.ThumbprintSHA256 != "" {
		out.ThumbprintSHA256 = types.StringValue(key.ThumbprintSHA256)
	}
	thumbprint, err := input.Thumbprint(known.ValueString())
	if err != nil {
		return out
	}
	if key.ThumbprintSHA256 == "" || key.ThumbprintSHA256 == thumbprint {
		out.PEM, out.ThumbprintSHA256 = known, types.StringValue(thumbprint)
	}
	return out
}

// scopesFromAPI treats an absent list like an empty list. Both mean the same, although the
// responses differ (API contract 1.7).
func scopesFromAPI(ctx context.Context, scopes []m2m.Scope, diags *diag.Diagnostics) types.Map {
	described := make(map[string]types.String, len(scopes))
	for _, scope := range scopes {
		described[scope.Value] = types.StringPointerValue(scope.Description)
	}
	out, d := types.MapValueFrom(ctx, types.StringType, described)
	diags.Append(d...)
	return out
}

func scopeValues(scopes []m2m.Scope) []string {
	values := make([]string, len(scopes))
	for i, scope := range scopes {
		values[i] = scope.Value
	}
	return values
}

func authorizationDetailsFromAPI(
	ctx context.Context, details []m2m.AuthorizationDetail, diags *diag.Diagnostics,
) types.List {
	models := make([]authorizationDetailModel, 0, len(details))
	for _, detail := range details {
		models = append(models, authorizationDetailModel{types.StringValue(detail.Type)})
	}
	out, d := types.ListValueFrom(ctx, authorizationDetailType, models)
	diags.Append(d...)
	return out
}
