// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// destroy deletes an object of the state, unless another resource has adopted it in
// this run: it stays then, and that is said.
func (s *session) destroy(op report.Operation, id string, diags *diag.Diagnostics, del func() error) error {
	done, ok := s.claims.destroy(id)
	if !ok {
		report.WarnOfKept(diags, op)
		return nil
	}
	err := del()
	done(err == nil)
	return err
}
