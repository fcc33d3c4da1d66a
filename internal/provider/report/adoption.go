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
		fmt.Sprintf(
			"The %s existed already (id %s) and is managed here from now on. %s", op.Object, id,
			what,
		))
}

// WarnOfPlannedAdoption says what use_existing is going to do. A plan cannot always know
// whether the state holds the object elsewhere, so the warning has both cases.
func WarnOfPlannedAdoption(
	diags *diag.Diagnostics, op Operation, id string, changes []string, config tftypes.Value,
) {
	what := "It matches the configuration."
	if len(changes) > 0 {
		what = "That changes " + strings.Join(changes, ", ") + "."
	}
	if !config.IsFullyKnown() {
		what += " What is known only after apply may change more."
	}
	diags.AddAttributeWarning(path.Root("use_existing"), "Adopts an existing "+op.Kind,
		Sentences(fmt.Sprintf("The %s exists already (id %s). Unless this state holds it at "+
			"another address, the apply adopts it instead of "+
			"creating one, and brings it to this configuration. %s", op.Object, id, what),
			"If the state holds it at an address that this plan destroys, such as the former "+
				"name of a renamed block, the apply may destroy it "+
				"and create another one, with a new id. A moved block keeps it."))
}

// WarnOfKept says that an object stays because another resource has adopted it.
func WarnOfKept(diags *diag.Diagnostics, op Operation) {
	diags.AddWarning("Adopted "+op.Kind+" kept",
		fmt.Sprintf(
			"The %s was to be destroyed, but another resource has adopted it in this run "+
				"(use_existing), so it stays.",
			op.Object,
		))
}
