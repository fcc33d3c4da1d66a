// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// planThumbprint plans the thumbprint of the PEM beside it, so that a reviewer
// sees which key tokens will be encrypted with.
type planThumbprint struct{ described }

func (planThumbprint) PlanModifyString(ctx context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	var text types.String
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, req.Path.ParentPath().AtName("pem"), &text)...)
	if isUnset(text) {
		return
	}
	if thumbprint, err := m2m.Thumbprint(text.ValueString()); err == nil {
		resp.PlanValue = types.StringValue(thumbprint)
	}
}
