// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strconv"
	"strings"
)

// HCLString quotes text as an HCL string. It escapes ${ and %{, which would begin a template.
func HCLString(text string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(text))
}

// ImportBlock returns an import block to paste. NAME stands for the name of the resource.
func ImportBlock(typeName, id string) string {
	return fmt.Sprintf("import {\n  to = %s.NAME\n  id = %s\n}", typeName, HCLString(id))
}
