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

// WarnOfAdoption warns that use_existing adopted an object, and shows what changed.
func WarnOfAdoption(diags *diag.Diagnostics, op Operation, id string, changes []string) {
	what := "It already matched the configuration; nothing was changed."
	if len(changes) > 0 {
		what = "Changed to match the configuration:" + listed(changes)
	}
	diags.AddWarning("Adopted the "+op.Object,
		fmt.Sprintf("It already existed (id %s) and is now managed here. %s", id, what))
}

// WarnOfIdentical warns that adopt_identical adopted an object.
func WarnOfIdentical(diags *diag.Diagnostics, op Operation, id string) {
	diags.AddWarning("Adopted the "+op.Object,
		fmt.Sprintf("It already existed (id %s) as the configuration describes it, and is now "+
			"managed here (adopt_identical). Nothing was changed in the tenant.", id))
}

// WarnOfPlannedAdoption warns that the apply will adopt an object, and shows what will change.
// A plan cannot always know whether the state contains the object at another address, so the
// warning covers both cases.
func WarnOfPlannedAdoption(
	diags *diag.Diagnostics, op Operation, id string, changes []string, config tftypes.Value,
) {
	exists := fmt.Sprintf("It already exists (id %s), so the apply adopts it instead of creating "+
		"it.", id)
	var adds, unknown string
	if len(changes) > 0 {
		adds = "This changes:" + listed(changes)
	} else {
		exists += " It already matches the configuration."
	}
	if !config.IsFullyKnown() {
		unknown = "Values known only after apply may change more."
	}
	diags.AddAttributeWarning(path.Root("use_existing"), "Adopts the "+op.Object,
		Paragraphs(exists, adds, unknown, "If its block was only renamed, add a moved block. "+
			"Otherwise, the apply may destroy it and create a new one with a new id."))
}

// listed puts each of several lines on a line of its own.
func listed(lines []string) string { return "\n\n  " + strings.Join(lines, "\n  ") }

// WarnOfKept warns that an object was not destroyed because another resource has adopted it.
func WarnOfKept(diags *diag.Diagnostics, op Operation) {
	diags.AddWarning("Kept the "+op.Object,
		fmt.Sprintf(
			"The %s was to be destroyed, but another resource has adopted it in this run, so "+
				"it was kept.",
			op.Object,
		))
}
