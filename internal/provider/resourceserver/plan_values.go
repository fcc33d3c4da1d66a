// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// warnOfUnusedValues warns of configured values that the tenant stores, but that have no effect.
func warnOfUnusedValues(config, plan serverModel, diags *diag.Diagnostics) {
	identifier := plan.Identifier.ValueString()
	secret := !attribute.IsUnset(config.SigningSecret) || !attribute.IsUnset(config.SigningSecretWO)
	alg := plan.SigningAlg
	if secret && !attribute.IsUnset(alg) && alg.ValueString() != "HS256" {
		// The warning is not on the secret, because Terraform would print its line.
		diags.AddAttributeWarning(path.Root("signing_alg"),
			fmt.Sprintf("The API %q has a signing secret that it does not use", identifier),
			fmt.Sprintf("Only HS256 uses a signing secret, and signing_alg is %s. Set signing_alg "+
				"= \"HS256\", or remove the signing secret from the configuration.",
				alg.ValueString()))
	}
	dialect := plan.TokenDialect
	if strings.HasSuffix(dialect.ValueString(), "_authz") && !plan.EnforcePolicies.IsUnknown() &&
		!plan.EnforcePolicies.ValueBool() {
		diags.AddAttributeWarning(path.Root("token_dialect"),
			fmt.Sprintf("Tokens for the API %q have no permissions claim", identifier),
			fmt.Sprintf("token_dialect is %s, which adds the claim only if enforce_policies is "+
				"true. Set enforce_policies = true, or use %s.",
				dialect.ValueString(), strings.TrimSuffix(dialect.ValueString(), "_authz")))
	}
}

// warnOfMissingScopes warns of management scopes that the apply needs. The destroy of a system API
// needs none, because it sends no request.
func (r *serverResource) warnOfMissingScopes(
	ctx context.Context, replaces bool, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	var isSystem types.Bool
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("is_system"), &isSystem)...)
	}
	if req.Plan.Raw.IsNull() && isSystem.ValueBool() {
		return
	}
	r.run.WarnOfMissingScopes(ctx, "m2m_resource_server", replaces, req, resp)
}
