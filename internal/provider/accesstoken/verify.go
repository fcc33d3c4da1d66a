// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/verify"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// inspect verifies the token, or only reads it if verify is false. It warns about a token that
// cannot be verified.
func (m *tokenModel) inspect(
	ctx context.Context, r *run.Run, token m2m.Token, want verify.Expected, diags *diag.Diagnostics,
) (claims verify.Claims, verified bool, err error) {
	form := verify.FormOf(token.AccessToken)
	switch {
	case form == verify.SignedToken && (m.Verify.IsNull() || m.Verify.ValueBool()):
		claims, err := r.API.Tokens.Verify(ctx, token.AccessToken, want)
		return claims, err == nil, err
	case form == verify.SignedToken:
		claims, err := verify.ReadClaims(token.AccessToken)
		if err != nil {
			// With verify = false, a token that cannot be read is not an error.
			return verify.Claims{}, false, nil
		}
		return claims, false, nil
	case m.Verify.IsNull() || m.Verify.ValueBool():
		diags.AddWarning(fmt.Sprintf("Access token for the API %q not verified", want.Audience),
			m.unverifiable(form))
	}
	return verify.Claims{}, false, nil
}

// unverifiable says what follows from the form of a token.
func (m *tokenModel) unverifiable(form verify.TokenForm) string {
	if m.inAction {
		return fmt.Sprintf("It is %s, so only the API can read it. The action has checked the "+
			"scopes that the token endpoint named. If they suffice, nothing needs to be done.",
			form)
	}
	return fmt.Sprintf("It is %s, so only the API can read it. It was returned unverified. Set "+
		"verify = false to accept this.", form)
}

// reportUnverified reports that a token failed verification, or that it could not be verified. In
// the first case it returns true.
func (m *tokenModel) reportUnverified(
	diags *diag.Diagnostics, r *run.Run, more string, err error,
) bool {
	var failure *verify.Error
	if !errors.As(err, &failure) {
		r.Report(
			diags,
			report.Operation{
				Verb:   report.Verify,
				Kind:   "access token for the " + run.APIObject(m.Audience.ValueString()),
				Object: "signing keys of the tenant",
			},
			err,
		)
		return false
	}
	advice := "The token was not returned, because it is not what was requested. Check the " +
		"domain and the audience. With verify = false, the token is returned unverified."
	if m.inAction {
		advice = "It is not what was requested. Check the domain and the audience."
	}
	switch {
	case m.SigningSecret.IsNull() && strings.Contains(failure.Reason, "HS256") && m.inAction:
		advice = "Set signing_secret to the signing secret of the API."
	case m.SigningSecret.IsNull() && strings.Contains(failure.Reason, "HS256"):
		advice = "Set signing_secret to the signing secret of the API, or set verify = false to " +
			"get the token unverified."
	case !m.SigningSecret.IsNull():
		advice = "Check that signing_secret is the signing secret of this API. " + advice
	}
	diags.AddError(fmt.Sprintf("Access token for the API %q refused", m.Audience.ValueString()),
		report.Paragraphs(fmt.Sprintf("The token endpoint returned a token for the API %q that "+
			"failed verification: %s.",
			m.Audience.ValueString(), failure.Reason), advice, more))
	return true
}

// checkGranted reports requested scopes that the token lacks.
func (m *tokenModel) checkGranted(
	diags *diag.Diagnostics, creds m2m.Credentials, asked, granted []string, more string,
) {
	var missing []string
	for _, scope := range asked {
		if !slices.Contains(granted, scope) {
			missing = append(missing, scope)
		}
	}
	if len(missing) > 0 {
		diags.AddAttributeError(path.Root("scopes"),
			fmt.Sprintf("Access token for the API %q lacks scopes", m.Audience.ValueString()),
			report.Paragraphs(fmt.Sprintf("The token for the API %q lacks requested scopes: %s. "+
				"Check that the API defines these scopes and that the grant of the client %q "+
				"lists them.",
				m.Audience.ValueString(), strings.Join(missing, ", "), creds.ClientID), more))
	}
}

// checkLifetime reports a token that expires sooner than min_remaining allows.
func checkLifetime(
	diags *diag.Diagnostics, audience string, token m2m.Token, left, atLeast time.Duration,
	more string,
) {
	if atLeast == 0 || left >= atLeast {
		return
	}
	lifetime := token.Lifetime()
	// The signed expiry is earlier than the lifetime in the answer.
	if left < lifetime-time.Minute {
		lifetime = left.Round(time.Second)
	}
	diags.AddAttributeError(path.Root("min_remaining"),
		fmt.Sprintf("Access token for the API %q expires too soon", audience),
		report.Paragraphs(fmt.Sprintf("A new token for the API %q expires after %s, but "+
			"min_remaining requires %s. Raise the token_lifetime of the API above min_remaining, "+
			"or lower min_remaining.", audience, lifetime, atLeast), more))
}
