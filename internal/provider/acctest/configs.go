// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// ImportBlock imports an object by its id.
func ImportBlock(address, id string) string {
	return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
}

// Reading is the configuration of a data source with the given arguments.
func Reading(typeName string, arguments ...string) string {
	return fmt.Sprintf("data %q \"it\" {\n  %s\n}\n", typeName, strings.Join(arguments, "\n  "))
}

// Quoted is a string in HCL and JSON.
func Quoted(text string) string { return fmt.Sprintf("%q", text) }

// ProviderBlock is the configuration of the provider with the given arguments.
func ProviderBlock(arguments ...string) string {
	return "provider \"m2m\" {\n  " + strings.Join(arguments, "\n  ") + "\n}\n"
}

// ImportedAs is a step that imports the API of OrdersConfig.
func ImportedAs(config string) resource.TestStep {
	return resource.TestStep{
		Config: config, ResourceName: OrdersName, ImportState: true, ImportStateId: OrdersAPI,
		ImportStatePersist: true,
	}
}

// Heredoc is a text of several lines in HCL.
func Heredoc(text string) string { return "<<EOT\n" + text + "EOT\n" }
