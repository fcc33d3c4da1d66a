// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// inspect verifies the token, or only reads it if verify is false.
func (m *tokenModel) inspect(
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
			// With verify = false, a token that cannot be read is not an error.
			return m2m.Claims{}, false
		}
		return claims, false
	case m.Verify.IsNull() || m.Verify.ValueBool():
		diags.AddWarning("Access token not verified",
			fmt.Sprintf("The token for the API %q is %s, so only the API can read it. It was "+
				"returned unverified. Set verify = false to accept this.", want.Audience, form))
	}
	return m2m.Claims{}, false
}

func (m *tokenModel) reportUnverified(diags *diag.Diagnostics, r *run.Run, err error) {
	var refused *m2m.VerifyError
	if !errors.As(err, &refused) {
		r.Report(
			diags,
			report.Operation{
				Verb:   report.Verify,
				Kind:   "access token",
				Object: "signing keys of the tenant",
			},
			err,
		)
		return
	}
	advice := "The token was not returned, because it is not what was requested. Check the " +
		"domain and the audience. With verify = false, the token is returned unverified."
	switch {
	case m.SigningSecret.IsNull() && strings.Contains(refused.Reason, "HS256"):
		advice = "Set signing_secret to the signing secret of the API, or set verify = false to " +
			"get the token unverified."
	case !m.SigningSecret.IsNull():
		advice = "Check that signing_secret is the signing secret of this API. " + advice
	}
	diags.AddError("Access token refused",
		report.Paragraphs(fmt.Sprintf("The token endpoint returned a token for the API %q that "+
			"failed verification: %s.",
			m.Audience.ValueString(), refused.Reason), advice))
}

// checkGranted reports requested scopes that the token lacks.
func (m *tokenModel) checkGranted(
	diags *diag.Diagnostics, creds m2m.Credentials, asked, granted []string,
) {
	var missing []string
	for _, scope := range asked {
		if !slices.Contains(granted, scope) {
			missing = append(missing, scope)
		}
	}
	if len(missing) > 0 {
		diags.AddAttributeError(path.Root("scopes"), "Access token lacks scopes",
			fmt.Sprintf("The token for the API %q lacks requested scopes: %s. Check that the API "+
				"defines these scopes and that the grant of the client %q lists them.",
				m.Audience.ValueString(), strings.Join(missing, ", "), creds.ClientID))
	}
}
