// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
)

// Trimmed refuses an id with invisible characters at one of its ends.
func Trimmed() validator.String { return endsValidator{Described: noInvisibleEnds} }

// TrimmedSecret is Trimmed for a secret. Its error is not on the attribute, because Terraform would
// print the line with the secret.
func TrimmedSecret() validator.String {
	return endsValidator{Described: noInvisibleEnds, secret: true}
}

const noInvisibleEnds = "no white space at the ends"

type endsValidator struct {
	Described
	secret bool
}

func (v endsValidator) ValidateString(
	_ context.Context, req validator.StringRequest, resp *validator.StringResponse,
) {
	err := input.CheckEnds(req.ConfigValue.ValueString())
	const summary = "Invisible characters"
	switch {
	case err != nil && v.secret:
		resp.Diagnostics.AddError(summary, req.Path.String()+" "+err.Error()+".")
	case err != nil:
		resp.Diagnostics.AddAttributeError(
			req.Path, summary, req.Path.String()+" "+err.Error()+".",
		)
	}
}
