// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tfstate

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// ListResults streams items as results until the limit of the request; zero means no limit. It
// takes the next item only when Terraform wants another result, so it sends no unnecessary
// requests. An error is the last result, so that an incomplete list is not mistaken for a
// complete one.
func ListResults[T any](
	ctx context.Context, c *report.Connection, op report.Operation, req list.ListRequest,
	items iter.Seq2[T, error], show func(T, *list.ListResult),
) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		pushed := int64(0)
		for item, err := range items {
			if err == nil {
				err = ctx.Err() // Items of the same page need no request that would notice.
			}
			result := req.NewListResult(ctx)
			if err != nil {
				c.Report(&result.Diagnostics, op, err)
			} else {
				show(item, &result)
			}
			pushed++
			if !push(result) || result.Diagnostics.HasError() || pushed == req.Limit {
				return
			}
		}
	}
}

// ShowListed fills in a result: the display name, the identity and, if requested, the state
// that an import would give.
func ShowListed(
	ctx context.Context, req list.ListRequest, result *list.ListResult, name string,
	identity, model any,
) {
	result.DisplayName = name
	SetIdentity(ctx, result.Identity, identity, &result.Diagnostics)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
}
