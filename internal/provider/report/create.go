// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

func (c *Connection) explainUncertain(op Operation, err *m2m.UncertainError) string {
	happened := fmt.Sprintf(
		"The request to create the %s was sent, but no usable answer arrived: %s.", op.Object,
		err.Err,
	)
	if err.Lookup != nil {
		happened += fmt.Sprintf(" Looking for it failed too: %s.", err.Lookup)
	}
	foreign := ""
	var answer *m2m.Error
	if errors.As(err.Err, &answer) && answer.Status < 300 {
		foreign = c.explainForeign(answer)
	}
	return Sentences(happened, foreign,
		"It may exist by now. Run terraform apply again: if it does, the error will hold the "+
			"import block to adopt it with.")
}

func explainConflict(op Operation, err *m2m.ConflictError) string {
	if err.ID == "" {
		return Sentences(fmt.Sprintf("The tenant said that it already has the %s, but it could "+
			"not be looked up: %s.",
			op.Object, cmp.Or(err.Lookup, err.Err)),
			"Run terraform apply again. If the error stays, find the id in the dashboard and "+
				"import it.")
	}
	alternative := "Or set use_existing = true to adopt it and bring it to this configuration in " +
		"one apply. "
	if op.ImportOnly {
		alternative = ""
	}
	return fmt.Sprintf("The tenant already has the %s. To manage it here, import it with this "+
		"block, "+
		"with NAME replaced so that it is the address shown above after \"with\", and apply "+
		"again:\n\n"+
		"%s\n\n%s"+
		"If this state has it already, under another address or to be replaced, use a moved "+
		"block or create_before_destroy = false instead.",
		op.Object, ImportBlock(op.TypeName, err.ID), alternative)
}
