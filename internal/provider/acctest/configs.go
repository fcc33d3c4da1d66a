// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

func ImportBlock(address, id string) string {
	return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
}

// Reading is a data source with the given arguments.
func Reading(typeName string, arguments ...string) string {
	return fmt.Sprintf("data %q \"it\" {\n  %s\n}\n", typeName, strings.Join(arguments, "\n  "))
}

func Quoted(text string) string { return fmt.Sprintf("%q", text) }

// ProviderBlock is the configuration of the provider with the given arguments.
func ProviderBlock(arguments ...string) string {
	return "provider \"m2m\" {\n  " + strings.Join(arguments, "\n  ") + "\n}\n"
}

func ImportedAs(config string) resource.TestStep {
	return resource.TestStep{Config: config, ResourceName: OrdersName, ImportState: true, ImportStateId: OrdersAPI, ImportStatePersist: true}
}

func Heredoc(text string) string { return "<<EOT\n" + text + "EOT\n" }
