// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/list"
)

// listResults streams items as results until Terraform has as many as it wants; a
// limit of zero stands for no limit. The next item is asked for when its result is
// wanted, so that no request is sent in vain. An error ends the results as their
// last one, or a part of the list would pass for the whole.
func listResults[T any](
	ctx context.Context, s *session, op operation, req list.ListRequest, items iter.Seq2[T, error], show func(T, *list.ListResult),
) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		pushed := int64(0)
		for item, err := range items {
			if err == nil {
				err = ctx.Err() // The items of a page are there without any request.
			}
			result := req.NewListResult(ctx)
			if err != nil {
				s.report(&result.Diagnostics, op, err)
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

// showListed fills in a result: the name that people read, the identity, and the
// state that an import would give if that is asked for.
func showListed(ctx context.Context, req list.ListRequest, result *list.ListResult, name string, identity, model any) {
	result.DisplayName = name
	setIdentity(ctx, result.Identity, identity, &result.Diagnostics)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
}
