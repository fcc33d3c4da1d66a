// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/verify"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

type tokenModel struct {
	Audience                  types.String `tfsdk:"audience"`
	ClientID                  types.String `tfsdk:"client_id"`
	ClientSecret              types.String `tfsdk:"client_secret"`
	ClientAssertionPrivateKey types.String `tfsdk:"client_assertion_private_key"`
	ClientAssertionSigningAlg types.String `tfsdk:"client_assertion_signing_alg"`
	TokenEndpointAuthMethod   types.String `tfsdk:"token_endpoint_auth_method"`
	Scopes                    types.Set    `tfsdk:"scopes"`
	Organization              types.String `tfsdk:"organization"`
	ClientGrantID             types.String `tfsdk:"client_grant_id"`
	Verify                    types.Bool   `tfsdk:"verify"`
	SigningSecret             types.String `tfsdk:"signing_secret"`

	AccessToken   types.String `tfsdk:"access_token"`
	TokenType     types.String `tfsdk:"token_type"`
	ExpiresIn     types.Int64  `tfsdk:"expires_in"`
	ExpiresAt     types.String `tfsdk:"expires_at"`
	GrantedScopes types.Set    `tfsdk:"granted_scopes"`
	Verified      types.Bool   `tfsdk:"verified"`
	ClaimsJSON    types.String `tfsdk:"claims_json"`

	// inAction reports that an action asks for the token, after the changes of the run, and only to
	// verify it.
	inAction bool
}

func (m *tokenModel) setResults(
	ctx context.Context, token m2m.Token, granted []string, claims verify.Claims, verified bool,
	diags *diag.Diagnostics,
) {
	m.AccessToken = types.StringValue(token.AccessToken)
	m.TokenType = types.StringValue(token.TokenType)
	m.ExpiresIn = types.Int64Value(token.ExpiresIn)
	m.ExpiresAt = types.StringValue(token.ExpiresAt.Format(time.RFC3339))
	m.Verified = types.BoolValue(verified)
	m.ClaimsJSON = types.StringNull()
	if claims.JSON != "" {
		m.ClaimsJSON = types.StringValue(claims.JSON)
	}
	m.GrantedScopes = attribute.SetFromAPI(ctx, append([]string{}, granted...), diags)
}

// setUnknown makes the results unknown, which defers the token to the apply.
func (m *tokenModel) setUnknown() {
	m.AccessToken, m.TokenType = types.StringUnknown(), types.StringUnknown()
	m.ExpiresIn, m.ExpiresAt = types.Int64Unknown(), types.StringUnknown()
	m.GrantedScopes = types.SetUnknown(types.StringType)
	m.Verified, m.ClaimsJSON = types.BoolUnknown(), types.StringUnknown()
}
