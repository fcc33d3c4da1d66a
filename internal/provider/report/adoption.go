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

// WarnOfAdoption warns that use_existing adopted an object, and lists what changed.
func WarnOfAdoption(diags *diag.Diagnostics, op Operation, id string, changes []string) {
	what := "It already matched the configuration; nothing was changed."
	if len(changes) > 0 {
		what = "Changed to match the configuration: " + strings.Join(changes, ", ") + "."
	}
	diags.AddWarning("Adopted an existing "+op.Kind,
		fmt.Sprintf(
			"The %s already existed (id %s) and is now managed here. %s", op.Object, id,
			what,
		))
}

// WarnOfPlannedAdoption warns that the apply will adopt an object, and lists what will change.
// A plan cannot always know whether the state contains the object at another address, so the
// warning covers both cases.
func WarnOfPlannedAdoption(
	diags *diag.Diagnostics, op Operation, id string, changes []string, config tftypes.Value,
) {
	what := "It already matches the configuration."
	if len(changes) > 0 {
		what = "Adopting it changes " + strings.Join(changes, ", ") + "."
	}
	if !config.IsFullyKnown() {
		what += " Values known only after apply may change more."
	}
	diags.AddAttributeWarning(path.Root("use_existing"), "Adopts an existing "+op.Kind,
		Paragraphs(fmt.Sprintf("The %s already exists (id %s). Unless this state already "+
			"contains it at another address, the apply adopts it instead of creating a new one. %s",
			op.Object, id, what),
			"If the state contains it at an address that this plan destroys, such as the old name "+
				"of a renamed block, the apply may destroy it and create a new one with a new "+
				"id. To keep it, add a moved block."))
}

// WarnOfKept warns that an object was not destroyed because another resource has adopted it.
func WarnOfKept(diags *diag.Diagnostics, op Operation) {
	diags.AddWarning("Adopted "+op.Kind+" kept",
		fmt.Sprintf(
			"The %s was to be destroyed, but another resource has adopted it in this run "+
				"(use_existing), so it was kept.",
			op.Object,
		))
}
