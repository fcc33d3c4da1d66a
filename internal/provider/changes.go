// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// adoptionWarning tells what use_existing did.
func adoptionWarning(diags *diag.Diagnostics, op operation, id string, changes []string) {
	what := "It already matched the configuration; nothing was changed."
	if len(changes) > 0 {
		what = "Brought to the configuration: " + strings.Join(changes, ", ") + "."
	}
	diags.AddWarning("Adopted an existing "+op.kind,
		fmt.Sprintf("The %s existed already (id %s) and is managed here from now on. %s", op.object, id, what))
}

// destroy deletes an object of the state, unless another resource has adopted it in
// this run: it stays then, and that is said.
func (s *session) destroy(op operation, id string, diags *diag.Diagnostics, del func() error) error {
	done, ok := s.claims.destroy(id)
	if !ok {
		diags.AddWarning("Adopted "+op.kind+" kept",
			fmt.Sprintf("The %s was to be destroyed, but another resource has adopted it in this run (use_existing), so it stays.", op.object))
		return nil
	}
	err := del()
	done(err == nil)
	return err
}
