// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// hclAttribute is an attribute of a block to paste. Its value is an HCL expression.
type hclAttribute struct{ name, value string }

// hclResource returns a resource block called NAME, formatted as terraform fmt does.
func hclResource(typeName string, attributes ...hclAttribute) string {
	width := 0
	for _, a := range attributes {
		width = max(width, len(a.name))
	}
	var block strings.Builder
	fmt.Fprintf(&block, "resource %q \"NAME\" {\n", typeName)
	for _, a := range attributes {
		fmt.Fprintf(&block, "  %-*s = %s\n", width, a.name, a.value)
	}
	return block.String() + "}"
}

func hclList(set types.Set) string {
	var items []string
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok {
			items = append(items, report.HCLString(text.ValueString()))
		}
	}
	slices.Sort(items)
	return strings.Join(items, ", ")
}
