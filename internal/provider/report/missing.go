// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Missing reports that a data source found no object.
func (c *Connection) Missing(diags *diag.Diagnostics, op Operation, attribute, advice string) {
	diags.AddAttributeError(path.Root(attribute), op.Summary(), Paragraphs(
		fmt.Sprintf("The tenant %s has no %s.", c.Domain, op.Object),
		advice+
			" If this configuration creates it, refer to an attribute of that resource here, so "+
			"that Terraform creates it first."))
}
