// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"

	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// CheckFunc is a check that needs no values from Terraform.
type CheckFunc func() error

// Stateless says that the check needs no state.
func (CheckFunc) Stateless() {}

// CheckState runs the check after a step.
func (c CheckFunc) CheckState(
	_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	resp.Error = c()
}

// CheckQuery runs the check after a query.
func (c CheckFunc) CheckQuery(
	_ context.Context, _ querycheck.CheckQueryRequest, resp *querycheck.CheckQueryResponse,
) {
	resp.Error = c()
}
