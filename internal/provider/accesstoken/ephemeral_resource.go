// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure      = (*tokenEphemeralResource)(nil)
	_ ephemeral.EphemeralResourceWithValidateConfig = (*tokenEphemeralResource)(nil)
	_ ephemeral.EphemeralResourceWithRenew          = (*tokenEphemeralResource)(nil)
	_ ephemeral.EphemeralResourceWithClose          = (*tokenEphemeralResource)(nil)
)

// warnBefore is how long before the expiry of a token the provider warns.
const warnBefore = time.Minute

// NewEphemeralResource returns ephemeral.m2m_access_token.
func NewEphemeralResource() ephemeral.EphemeralResource {
	return &tokenEphemeralResource{}
}

type tokenEphemeralResource struct{ run *run.Run }

type ephemeralModel struct {
	tokenModel

	MinRemaining types.String `tfsdk:"min_remaining"`
}

func (r *tokenEphemeralResource) Metadata(
	_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_access_token"
}

func (r *tokenEphemeralResource) Configure(
	_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse,
) {
	r.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

// Schema has the attributes of the data source, and min_remaining.
func (r *tokenEphemeralResource) Schema(
	_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Fetches an access token for an API with the client credentials " +
			"flow, and verifies it. The token is never stored in the plan or the state. Use it " +
			"to configure a provider or a provisioner, or in a write-only argument.\n\nRequires " +
			"Terraform 1.10 or OpenTofu 1.11. [Use a token in a " +
			"plan](../guides/use-a-token-in-a-plan.md) has complete examples.\n\nThe token is " +
			"fetched in each plan and each apply. It is fetched only in the apply if an argument " +
			"or the provider's configuration is known only after apply, or if the token is " +
			"refused in the plan and the run will change the grant of `client_grant_id` or its " +
			"API. That covers tokens that the tenant refuses, that fail verification, that lack " +
			"scopes, and that expire sooner than `min_remaining` allows. In the apply, a refused " +
			"token is an error. Each fetch counts against the token quota of the tenant. Blocks " +
			"that request the same token and are open at the same time share it, unless the run " +
			"has changed an API or a grant in between. The token is forgotten when the last of " +
			"them is closed.\n\nA refused token stops `terraform destroy` too, which plans a " +
			"refresh first. To destroy without the token, run `terraform destroy " +
			"-refresh=false`. That still fetches tokens that configure a provider, which may " +
			"need them to destroy.\n\nOpenTofu defers a token only if an argument is known only " +
			"after apply, or if an argument or `depends_on` refers to a resource that the run " +
			"changes. If the provider's configuration is known only after apply, OpenTofu fails " +
			"with `Provider produced invalid object`; set `depends_on` to the resources that " +
			"the configuration comes from.\n\nTerraform cannot replace a token in the middle " +
			"of a run. The provider warns if a token expires, or nearly expires, while Terraform " +
			"still has it open.",
		Attributes: ephemeralAttributes(tokenAttributes()),
	}
	resp.Schema.Attributes["min_remaining"] = schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "Minimum time until the token expires, such as `5m` or `1h`; set it " +
			"to at least the duration of the run. If a new token would expire sooner, the block " +
			"fails. If a token that another block has fetched would expire sooner, this block " +
			"fetches a new one. If omitted, any new token is accepted, but a token is not shared " +
			"in the last minute before it expires.",
		Validators: []validator.String{attribute.Duration()},
	}
}

func (r *tokenEphemeralResource) ValidateConfig(
	ctx context.Context, req ephemeral.ValidateConfigRequest,
	resp *ephemeral.ValidateConfigResponse,
) {
	var config ephemeralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	config.validate(&resp.Diagnostics)
}

func (r *tokenEphemeralResource) Open(
	ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse,
) {
	var m ephemeralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.run.Unknown || !req.Config.Raw.IsFullyKnown() {
		// Terraform does not open a resource with unknown arguments, but it does if the
		// provider's configuration is unknown. Unknown results defer the token to the apply.
		m.deferToApply(ctx, r.run, resp)
		return
	}
	atLeast, _ := time.ParseDuration(m.MinRemaining.ValueString()) // Checked by its validator.
	var said diag.Diagnostics
	token, release, refused := m.fetch(ctx, r.run, atLeast, &said)
	if refused && m.waitsForChange(r.run) {
		m.deferToApply(ctx, r.run, resp)
		return
	}
	resp.Diagnostics.Append(said...)
	if resp.Diagnostics.HasError() {
		return
	}
	left := r.run.API.Tokens.Remaining(token)
	open := openToken{
		Handle: rand.Text(), Audience: m.Audience.ValueString(), Lifetime: token.Lifetime(),
		ExpiresAt: token.ExpiresAt,
		Margin:    max(0, min(warnBefore, left/2)),
	}
	resp.Diagnostics.Append(open.save(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.Result.Set(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		release() // Terraform does not close a resource that failed to open.
		return
	}
	r.run.KeepToken(open.Handle, release)
	if open.Margin > 0 {
		resp.RenewAt = open.ExpiresAt.Add(-open.Margin)
	}
}

// waitsForChange reports whether this run will still change the grant of the token, or its API. A
// plan then knows nothing about the token that the apply will get.
func (m *ephemeralModel) waitsForChange(r *run.Run) bool {
	return !m.ClientGrantID.IsNull() && (r.GrantChanges(m.ClientGrantID.ValueString()) ||
		r.APIChanges(m.Audience.ValueString()))
}

// deferToApply returns unknown results, so that Terraform requests the token in the apply.
// OpenTofu accepts only known results. No answer of a provider makes it wait, but depends_on does.
func (m *ephemeralModel) deferToApply(
	ctx context.Context, r *run.Run, resp *ephemeral.OpenResponse,
) {
	m.setUnknown()
	resp.Diagnostics.Append(resp.Result.Set(ctx, m)...)
	if r.MayBeOpenTofu {
		resp.Diagnostics.AddWarning(fmt.Sprintf("Access token for the API %q known only after "+
			"apply", m.Audience.ValueString()), fmt.Sprintf(
			"The token for the API %q cannot be requested before the apply. Terraform accepts "+
				"that. OpenTofu reports \"Provider produced invalid object\", which is not a bug "+
				"in the provider. With OpenTofu, set depends_on in this block to the resources "+
				"that the token waits for: those in the provider's configuration, the grant and "+
				"the API. OpenTofu then requests the token in the apply.",
			m.Audience.ValueString()))
	}
}

// Renew warns, because Terraform cannot replace a token that is open. Close warns too,
// since Terraform 1.10 and 1.11 drop the diagnostics of Renew.
func (r *tokenEphemeralResource) Renew(
	ctx context.Context, req ephemeral.RenewRequest, resp *ephemeral.RenewResponse,
) {
	open, ok := loadOpenToken(ctx, req.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	tflog.Warn(ctx, "access token is about to expire", map[string]any{
		"audience":   open.Audience,
		"expires_at": open.ExpiresAt,
	})
	resp.Diagnostics.AddWarning(open.title("is about to expire"), open.explain("expires"))
}

// Close releases the token, which is forgotten unless another block has it open.
func (r *tokenEphemeralResource) Close(
	ctx context.Context, req ephemeral.CloseRequest, resp *ephemeral.CloseResponse,
) {
	open, ok := loadOpenToken(ctx, req.Private, &resp.Diagnostics)
	if !ok { // Terraform also closes a token that was deferred to the apply.
		return
	}
	r.run.ReleaseToken(open.Handle)
	switch left := r.run.API.Tokens.Remaining(m2m.Token{ExpiresAt: open.ExpiresAt}); {
	case open.Margin == 0, left >= open.Margin:
	case left > 0:
		resp.Diagnostics.AddWarning(
			open.title("has nearly expired during the run"), open.explain("expires"),
		)
	default:
		resp.Diagnostics.AddWarning(
			open.title("has expired during the run"), open.explain("expired"),
		)
	}
}
