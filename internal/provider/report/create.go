// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

func (c *Connection) explainUncertain(op Operation, err *m2m.UncertainError) string {
	happened := fmt.Sprintf(
		"The request to create the %s was sent, but no usable answer arrived: %s.", op.Object,
		err.Err,
	)
	if err.Lookup != nil {
		happened += fmt.Sprintf(" Looking it up failed too: %s.", err.Lookup)
	}
	foreign, tried := "", Tried(rest.TriesOf(err.Err))
	var answer *rest.Error
	if errors.As(err.Err, &answer) && answer.Status < 300 {
		foreign, tried = c.explainForeign(op.Verb, answer), "" // It says so itself.
	}
	return Paragraphs(happened, foreign,
		"It may exist by now. Run terraform apply again. If it exists, the error will contain an "+
			"import block for it.", tried)
}

func explainConflict(op Operation, err *m2m.ConflictError) string {
	if err.ID == "" {
		return Paragraphs(fmt.Sprintf("The tenant reported that it already has the %s, but "+
			"looking it up failed: %s.",
			op.Object, cmp.Or(err.Lookup, err.Err)),
			"Run terraform apply again. If the error persists, find the id in the dashboard and "+
				"import it.")
	}
	adopt := "Or set use_existing = true to adopt it and update it in the same apply. "
	if op.ImportOnly {
		adopt = ""
	}
	exists, identical := fmt.Sprintf("The tenant already has the %s.", op.Object), ""
	if err.Identical {
		identical = exists + " It is as this configuration would create it: a run that was " +
			"killed or failed has probably made it. To take over all such objects at once, " +
			"without a change in the tenant, apply again with adopt_identical = true in the " +
			"provider block, or with its environment variable:\n\n" +
			"  M2M_ADOPT_IDENTICAL=true terraform apply"
		exists = "Do not do this if another configuration manages it."
	}
	return Paragraphs(identical, fmt.Sprintf("%s If another block of this "+
		"configuration manages it, remove one of the two, or use a moved block if it was renamed. "+
		"Otherwise, import it and apply again. Replace %s.NAME with the address shown above "+
		"after \"with\".", exists, op.TypeName), ImportBlock(op.TypeName, err.ID),
		adopt+"If this plan replaces it, set create_before_destroy = false.")
}
