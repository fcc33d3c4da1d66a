// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

type accessTokenModel struct {
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
}

// fetch gets the token, verifies it, and fills in the results. The token is one
// that others hold for the same request, where it has atLeast that much life left,
// and they may have this one until release is called; on errors, that is done.
// Each verifies the token for itself, as what it expects is its own.
//
// What is refused before a planned change of the grant is left to the apply: the
// results are unknown then.
func (m *accessTokenModel) fetch(
	ctx context.Context, r *run.Run, atLeast time.Duration, beforeChange bool, diags *diag.Diagnostics,
) (token m2m.Token, release func()) {
	release = func() {}
	if r.Unknown { // The provider's own credentials may be among what is not known.
		r.Report(diags, report.Operation{}, r.Unusable)
		return token, release
	}
	creds := m.credentials(r, diags)
	var scopes []string
	if !m.Scopes.IsNull() {
		scopes = attribute.StringsOf(ctx, m.Scopes, diags)
	}
	if diags.HasError() {
		return token, release
	}
	token, release, err := r.API.Tokens.Share(ctx, m2m.TokenRequest{
		Credentials: creds, Audience: m.Audience.ValueString(),
		Scopes: scopes, Organization: m.Organization.ValueString(),
	}, atLeast)
	switch {
	case err != nil && beforeChange && isRefusal(err):
		m.setUnknown()
		return token, release
	case err != nil:
		m.report(diags, r, creds, err)
		return token, release
	}
	defer func() {
		if diags.HasError() {
			release()
		}
	}()

	claims, verified := m.inspect(ctx, r, token, m2m.Expected{
		Audience: m.Audience.ValueString(), ClientID: creds.ClientID,
		Scopes: scopes, Organization: m.Organization.ValueString(), SigningSecret: m.SigningSecret.ValueString(),
	}, diags)
	if diags.HasError() {
		return token, release
	}
	granted := token.Scopes
	if verified {
		// What is signed counts for more than what is said beside it.
		granted = claims.Scopes
		if claims.Expiry.Before(token.ExpiresAt) {
			token.ExpiresAt = claims.Expiry
		}
	}
	m.checkGranted(diags, creds, scopes, granted)
	m.setResults(ctx, token, granted, claims, verified, diags)
	return token, release
}

func (m *accessTokenModel) setResults(
	ctx context.Context, token m2m.Token, granted []string, claims m2m.Claims, verified bool, diags *diag.Diagnostics,
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

// setUnknown leaves the results to a later run.
func (m *accessTokenModel) setUnknown() {
	m.AccessToken, m.TokenType = types.StringUnknown(), types.StringUnknown()
	m.ExpiresIn, m.ExpiresAt = types.Int64Unknown(), types.StringUnknown()
	m.GrantedScopes = types.SetUnknown(types.StringType)
	m.Verified, m.ClaimsJSON = types.BoolUnknown(), types.StringUnknown()
}

// credentials are those of the block; what it leaves out is the provider's own.
func (m *accessTokenModel) credentials(r *run.Run, diags *diag.Diagnostics) m2m.Credentials {
	own := r.Credentials
	creds := m2m.Credentials{
		ClientID:     m.ClientID.ValueString(),
		ClientSecret: m.ClientSecret.ValueString(),
		PrivateKey:   m.ClientAssertionPrivateKey.ValueString(),
		SigningAlg:   m.ClientAssertionSigningAlg.ValueString(),
		AuthMethod:   m.TokenEndpointAuthMethod.ValueString(),
	}
	if creds.ClientID == "" {
		creds.ClientID = own.ClientID
	}
	if creds.ClientID == "" {
		diags.AddAttributeError(path.Root("client_id"), "Missing client",
			"No client asks for the token: set client_id here, as the provider is not configured with one of its own.")
		return creds
	}
	if creds.ClientSecret != "" || creds.PrivateKey != "" {
		return creds
	}
	if creds.ClientID != own.ClientID {
		diags.AddAttributeError(path.Root("client_secret"), "Missing client secret",
			fmt.Sprintf("The client %q is not the provider's own, so its secret must be given here: set client_secret or "+
				"client_assertion_private_key.", creds.ClientID))
	} else if own.PrivateKey != "" && creds.AuthMethod != "" {
		diags.AddAttributeError(path.Root("token_endpoint_auth_method"), "No secret to send",
			fmt.Sprintf("%s is how a secret is sent, but the provider's own client authenticates with its %s. "+
				"Take token_endpoint_auth_method out of the configuration.", creds.AuthMethod, r.Proof))
	}
	own.AuthMethod = creds.AuthMethod
	return own
}

// inspect verifies the token, or only reads it where verify is false.
func (m *accessTokenModel) inspect(
	ctx context.Context, r *run.Run, token m2m.Token, want m2m.Expected, diags *diag.Diagnostics,
) (claims m2m.Claims, verified bool) {
	form := m2m.FormOf(token.AccessToken)
	switch {
	case form == m2m.SignedToken && (m.Verify.IsNull() || m.Verify.ValueBool()):
		claims, err := r.API.Tokens.Verify(ctx, token.AccessToken, want)
		if err != nil {
			m.reportUnverified(diags, r, err)
			return m2m.Claims{}, false
		}
		return claims, true
	case form == m2m.SignedToken:
		claims, err := m2m.ReadClaims(token.AccessToken)
		if err != nil {
			return m2m.Claims{}, false // Not to be judged is what verify = false asks for.
		}
		return claims, false
	case m.Verify.IsNull() || m.Verify.ValueBool():
		diags.AddWarning("Access token not verified",
			fmt.Sprintf("The token for the API %q is %s, so nobody but the API can read it, and it was handed out unverified. "+
				"Set verify = false to accept that.", want.Audience, form))
	}
	return m2m.Claims{}, false
}

func (m *accessTokenModel) reportUnverified(diags *diag.Diagnostics, r *run.Run, err error) {
	var refused *m2m.VerifyError
	if !errors.As(err, &refused) {
		r.Report(diags, report.Operation{Verb: report.Verify, Kind: "access token", Object: "signing keys of the tenant"}, err)
		return
	}
	advice := "It was not handed out, as it is not what was asked for. Check the domain and the audience; " +
		"verify = false hands out a token unseen."
	switch {
	case m.SigningSecret.IsNull() && strings.Contains(refused.Reason, "HS256"):
		advice = "Set signing_secret to the signing secret of the API, or verify = false to hand out the token unseen."
	case !m.SigningSecret.IsNull():
		advice = "Check that signing_secret is the signing secret of this API. " + advice
	}
	diags.AddError("Access token refused",
		report.Sentences(fmt.Sprintf("The token endpoint answered with a token for the API %q that is refused: %s.",
			m.Audience.ValueString(), refused.Reason), advice))
}

// checkGranted reports scopes that were asked for and that the token lacks.
func (m *accessTokenModel) checkGranted(diags *diag.Diagnostics, creds m2m.Credentials, asked, granted []string) {
	var missing []string
	for _, scope := range asked {
		if !slices.Contains(granted, scope) {
			missing = append(missing, scope)
		}
	}
	if len(missing) > 0 {
		diags.AddAttributeError(path.Root("scopes"), "Access token lacks scopes",
			fmt.Sprintf("The token for the API %q lacks what was asked for: %s. Check that the API defines these scopes and that "+
				"the grant of the client %q lists them.", m.Audience.ValueString(), strings.Join(missing, ", "), creds.ClientID))
	}
}
