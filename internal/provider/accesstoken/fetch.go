// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/verify"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// fetch gets the token, verifies it and sets the results. Blocks with the same request share a
// token until each has called release, but only while the token is valid for atLeast or longer.
// Each block verifies the token, since each has its own expectations. On an error, fetch
// releases the token itself.
//
// refused reports that the errors are about the token that the tenant issued or refused to issue,
// so a change to the grant or the API may help.
func (m *tokenModel) fetch(
	ctx context.Context, r *run.Run, atLeast time.Duration, diags *diag.Diagnostics,
) (token m2m.Token, release func(), refused bool) {
	release = func() {}
	if r.Unknown { // The provider's own credentials may be unknown.
		r.Report(diags, report.Operation{}, r.Unusable)
		return token, release, false
	}
	creds := m.credentials(r, diags)
	var scopes []string
	if !m.Scopes.IsNull() {
		scopes = attribute.StringsOf(ctx, m.Scopes, diags)
	}
	if diags.HasError() {
		return token, release, false
	}
	token, release, err := m.request(ctx, r, m2m.TokenRequest{
		Credentials: creds, Audience: m.Audience.ValueString(),
		Scopes: scopes, Organization: m.Organization.ValueString(),
	}, atLeast)
	if err != nil {
		m.report(diags, r, creds, err)
		return token, release, isRefusal(err)
	}
	defer func() {
		if diags.HasError() {
			release()
		}
	}()

	more := m.despite()
	if m.planned(r, creds) {
		more = report.Paragraphs(m.askedEarly(r, creds), more)
	}
	claims, verified, err := m.inspect(ctx, r, token, verify.Expected{
		Audience: m.Audience.ValueString(), ClientID: creds.ClientID,
		Scopes: scopes, Organization: m.Organization.ValueString(),
		SigningSecret: m.SigningSecret.ValueString(),
	}, diags)
	if err != nil {
		return token, release, m.reportUnverified(diags, r, more, err)
	}
	granted := token.Scopes
	if verified {
		// The signed claims take precedence over the rest of the answer.
		granted = claims.Scopes
		if claims.Expiry.Before(token.ExpiresAt) {
			token.ExpiresAt = claims.Expiry
		}
	}
	m.checkGranted(diags, creds, scopes, granted, more)
	checkLifetime(
		diags, m.Audience.ValueString(), token, r.API.Tokens.Remaining(token), atLeast, more,
	)
	refused = diags.HasError()
	m.setResults(ctx, token, granted, claims, verified, diags)
	return token, release, refused
}

// request requests a token, or shares that of another block. The token of an action must be new: it
// shows what the tenant allows now.
func (m *tokenModel) request(
	ctx context.Context, r *run.Run, req m2m.TokenRequest, atLeast time.Duration,
) (token m2m.Token, release func(), err error) {
	if !m.inAction {
		return r.API.Tokens.Share(ctx, req, atLeast)
	}
	token, err = r.API.Tokens.Fetch(ctx, req)
	return token, func() {}, err
}

// credentials returns the credentials of the block, or the provider's own if the block has
// none.
func (m *tokenModel) credentials(r *run.Run, diags *diag.Diagnostics) m2m.Credentials {
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
		diags.AddAttributeError(path.Root("client_id"), "Missing client_id",
			"The provider is not configured with a client. Set client_id here.")
		return creds
	}
	if creds.ClientSecret != "" || creds.PrivateKey != "" {
		return creds
	}
	if creds.ClientID != own.ClientID {
		diags.AddAttributeError(path.Root("client_secret"), "Missing client_secret",
			fmt.Sprintf("The client %q is not the provider's own client, so its credentials are "+
				"needed here. Set client_secret or client_assertion_private_key.", creds.ClientID))
	} else if own.PrivateKey != "" && creds.AuthMethod != "" {
		diags.AddAttributeError(path.Root("token_endpoint_auth_method"), "No secret to send",
			fmt.Sprintf("%s sends a secret, but the provider's own client authenticates with %s. "+
				"Remove token_endpoint_auth_method from the configuration.", creds.AuthMethod,
				r.Proof))
	}
	own.AuthMethod = creds.AuthMethod
	return own
}
