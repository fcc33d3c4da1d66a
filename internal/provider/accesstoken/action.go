// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var (
	_ action.ActionWithConfigure      = (*verifyAction)(nil)
	_ action.ActionWithValidateConfig = (*verifyAction)(nil)
)

// NewVerifyAction returns the action m2m_verify_access.
func NewVerifyAction() action.Action { return &verifyAction{} }

type verifyAction struct{ run *run.Run }

// accessModel is the configuration of the action. The names are those of the data source.
type accessModel struct {
	Audience                  types.String `tfsdk:"audience"`
	ClientID                  types.String `tfsdk:"client_id"`
	ClientSecret              types.String `tfsdk:"client_secret"`
	ClientAssertionPrivateKey types.String `tfsdk:"client_assertion_private_key"`
	ClientAssertionSigningAlg types.String `tfsdk:"client_assertion_signing_alg"`
	TokenEndpointAuthMethod   types.String `tfsdk:"token_endpoint_auth_method"`
	Organization              types.String `tfsdk:"organization"`
	SigningSecret             types.String `tfsdk:"signing_secret"`
	Scopes                    types.Set    `tfsdk:"scopes"`
	ForbiddenScopes           types.Set    `tfsdk:"forbidden_scopes"`
}

// token returns the token to request: with all scopes that the grant gives, so that a forbidden one
// is noticed.
func (m *accessModel) token() tokenModel {
	return tokenModel{
		Audience: m.Audience, ClientID: m.ClientID, ClientSecret: m.ClientSecret,
		ClientAssertionPrivateKey: m.ClientAssertionPrivateKey,
		ClientAssertionSigningAlg: m.ClientAssertionSigningAlg,
		TokenEndpointAuthMethod:   m.TokenEndpointAuthMethod,
		Organization:              m.Organization, SigningSecret: m.SigningSecret,
		Scopes: types.SetNull(types.StringType), inAction: true,
	}
}

func (a *verifyAction) Metadata(
	_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_verify_access"
}

func (a *verifyAction) Configure(
	_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse,
) {
	a.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (a *verifyAction) Schema(
	_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse,
) {
	of := tokenAttributes()
	for _, name := range []string{"client_grant_id", "verify"} {
		delete(of, name)
	}
	attributes := actionAttributes(of)
	scopes := func(description string) schema.SetAttribute {
		set, _ := attributes["scopes"].(schema.SetAttribute)
		set.MarkdownDescription = description
		return set
	}
	attributes["forbidden_scopes"] = scopes("Scopes that the token must not have.")
	attributes["scopes"] = scopes("Scopes that the token must have. It may have others. If " +
		"omitted, any token suffices.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Requests a token for an API as a client, verifies it, and fails " +
			"the run if the client gets no token, or a token with other scopes than it should " +
			"have. The token is not shown and not stored.",
		Attributes: attributes,
	}
}

func (a *verifyAction) ValidateConfig(
	ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse,
) {
	var config accessModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	token := config.token()
	token.validate(&resp.Diagnostics)
	forbidden := run.SetScopes(config.ForbiddenScopes)
	for _, scope := range run.SetScopes(config.Scopes).Values {
		if forbidden.Has(scope) {
			resp.Diagnostics.AddAttributeError(path.Root("forbidden_scopes"),
				"Scope both required and forbidden", fmt.Sprintf("%q is in scopes and in "+
					"forbidden_scopes. Remove it from one of them.", scope))
		}
	}
}

func (a *verifyAction) Invoke(
	ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse,
) {
	var m accessModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	progress := func(format string, args ...any) {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, args...)})
	}
	token := m.token()
	creds := token.credentials(a.run, &diag.Diagnostics{}) // fetch reports what is missing.
	wanted := fmt.Sprintf("token for the API %q", m.Audience.ValueString())
	if organization := m.Organization.ValueString(); organization != "" {
		wanted += fmt.Sprintf(" and the organization %q", organization)
	}
	progress("Requesting a %s as the client %q", wanted, creds.ClientID)
	token.fetch(ctx, a.run, 0, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	granted := attribute.StringsOf(ctx, token.GrantedScopes, &resp.Diagnostics)
	with := "without scopes"
	if len(granted) > 0 {
		with = "with the scopes " + strings.Join(granted, ", ")
	}
	progress("The client %q got a %s %s", creds.ClientID, wanted, with)
	token.checkGranted(
		&resp.Diagnostics, creds, run.SetScopes(m.Scopes).Values, granted, "",
	)
	checkForbidden(&resp.Diagnostics, m, creds.ClientID, granted)
}

// checkForbidden reports scopes that the token has, but must not have.
func checkForbidden(diags *diag.Diagnostics, m accessModel, client string, granted []string) {
	found := slices.DeleteFunc(run.SetScopes(m.ForbiddenScopes).Values, func(scope string) bool {
		return !slices.Contains(granted, scope)
	})
	if len(found) == 0 {
		return
	}
	diags.AddAttributeError(path.Root("forbidden_scopes"),
		fmt.Sprintf("Access token for the API %q has forbidden scopes", m.Audience.ValueString()),
		fmt.Sprintf("The token of the client %q for the API %q has the scopes %s, which "+
			"forbidden_scopes lists. Remove them from the grant of the client, or from "+
			"forbidden_scopes. A grant with allow_all_scopes gives all scopes of the API.",
			client, m.Audience.ValueString(), strings.Join(found, ", ")))
}
