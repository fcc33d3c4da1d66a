// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// WarnOfAdoption says what use_existing did.
func WarnOfAdoption(diags *diag.Diagnostics, op Operation, id string, changes []string) {
	what := "It already matched the configuration; nothing was changed."
	if len(changes) > 0 {
		what = "Brought to the configuration: " + strings.Join(changes, ", ") + "."
	}
	diags.AddWarning("Adopted an existing "+op.Kind,
		fmt.Sprintf("The %s existed already (id %s) and is managed here from now on. %s", op.Object, id, what))
}

// WarnOfPlannedAdoption says what use_existing is going to do.
func WarnOfPlannedAdoption(diags *diag.Diagnostics, op Operation, id string, changes []string, config tftypes.Value) {
	what := "It matches the configuration."
	if len(changes) > 0 {
		what = "That changes " + strings.Join(changes, ", ") + "."
	}
	if !config.IsFullyKnown() {
		what += " What is known only after apply may change more."
	}
	diags.AddAttributeWarning(path.Root("use_existing"), "Adopts an existing "+op.Kind,
		fmt.Sprintf("The %s exists already (id %s). Instead of creating one, the apply adopts it and brings it to this configuration. %s", op.Object, id, what))
}

// WarnOfKept says that an object stays because another resource has adopted it.
func WarnOfKept(diags *diag.Diagnostics, op Operation) {
	diags.AddWarning("Adopted "+op.Kind+" kept",
		fmt.Sprintf("The %s was to be destroyed, but another resource has adopted it in this run (use_existing), so it stays.", op.Object))
}
