// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// planThumbprint plans the thumbprint of the configured PEM, so that reviewers see which key will
// encrypt tokens. Without a PEM, the key does not change.
type planThumbprint struct{ attribute.Described }

func (planThumbprint) PlanModifyString(
	ctx context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	var text types.String
	resp.Diagnostics.Append(req.Plan.GetAttribute(
		ctx, req.Path.ParentPath().AtName("pem"), &text,
	)...)
	thumbprint, err := input.Thumbprint(text.ValueString())
	switch {
	case text.IsUnknown():
	case text.IsNull() && req.ConfigValue.IsNull():
		resp.PlanValue = req.StateValue
	case text.IsNull() || err != nil:
	case req.ConfigValue.IsNull():
		resp.PlanValue = types.StringValue(thumbprint)
	case !req.ConfigValue.IsUnknown() && req.ConfigValue.ValueString() != thumbprint:
		resp.Diagnostics.AddAttributeError(req.Path, "Thumbprint of another key",
			fmt.Sprintf("thumbprint_sha256 is %q, but the key in pem has the thumbprint %q. "+
				"Correct the wrong one, or remove "+
				"thumbprint_sha256.", req.ConfigValue.ValueString(), thumbprint))
	}
}

// encryptionPlan is a token_encryption object, flattened for comparison.
type encryptionPlan struct {
	format types.String
	key    encryptionKeyModel
}

// encryptionPlanOf returns false if there is no encryption, or if it is not known yet.
func encryptionPlanOf(
	ctx context.Context, object types.Object, diags *diag.Diagnostics,
) (encryptionPlan, bool) {
	if object.IsNull() || object.IsUnknown() {
		return encryptionPlan{}, false
	}
	encryption := attribute.ObjectAs[tokenEncryptionModel](ctx, object, diags)
	if encryption.EncryptionKey.IsNull() || encryption.EncryptionKey.IsUnknown() {
		return encryptionPlan{}, false
	}
	return encryptionPlan{
		encryption.Format,
		attribute.ObjectAs[encryptionKeyModel](ctx, encryption.EncryptionKey, diags),
	}, true
}

// differences names the values that a plan changes. It compares keys by thumbprint, because the
// tenant never returns the PEM (API contract 3.6).
func (p encryptionPlan) differences(prior encryptionPlan) (names []string, known bool) {
	known = true
	for _, part := range []struct {
		name        string
		plan, prior types.String
	}{
		{"format", p.format, prior.format},
		{"alg", p.key.Alg, prior.key.Alg},
		{"kid", p.key.KID, prior.key.KID},
		{"name", p.key.Name, prior.key.Name},
		{"thumbprint_sha256", p.key.ThumbprintSHA256, prior.key.ThumbprintSHA256},
	} {
		if part.plan.IsUnknown() {
			known = false
		} else if !part.plan.Equal(part.prior) {
			names = append(names, fmt.Sprintf(
				"%s (%s in the tenant)", part.name, valueOr(part.prior, "none"),
			))
		}
	}
	return names, known
}

func valueOr(text types.String, none string) string {
	if attribute.IsUnset(text) {
		return none
	}
	return fmt.Sprintf("%q", text.ValueString())
}

// planTokenEncryption plans no change if the tenant already has the planned key, even if the PEM is
// missing in the configuration or, as after an import, in the state. Terraform allows this for the
// object as a whole. Any change needs the PEM, because the tenant requires it in every update.
func planTokenEncryption(
	ctx context.Context, planned, prior types.Object, plan *tfsdk.Plan, diags *diag.Diagnostics,
) {
	want, ok := encryptionPlanOf(ctx, planned, diags)
	if !ok {
		return
	}
	at := path.Root("token_encryption")
	held, encrypts := encryptionPlanOf(ctx, prior, diags)
	changes, known := want.differences(held)
	atPEM, missing := at.AtName("encryption_key").AtName("pem"), want.key.PEM.IsNull()
	switch {
	case encrypts && known && len(changes) == 0:
		diags.Append(plan.SetAttribute(ctx, at, prior)...)
	case missing && !encrypts:
		diags.AddAttributeError(atPEM, "Missing public key",
			"The tenant needs the public key to turn on token encryption: set pem. It may be "+
				"omitted only if the tenant already has the key, as after an import.")
	case missing && len(changes) > 0:
		diags.AddAttributeError(atPEM, "Missing public key",
			fmt.Sprintf("The configuration differs from the tenant in %s. The tenant accepts the "+
				"key only as a whole and never returns its PEM. Set pem to send the key, or set "+
				"these attributes to the values in the tenant.",
				strings.Join(changes, ", ")))
	}
}
