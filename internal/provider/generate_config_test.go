// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"
)

// TestAccImport_generatedConfigurationPlansNothing imports whole tenants with the
// configuration that Terraform writes for them.
func TestAccImport_generatedConfigurationPlansNothing(t *testing.T) {
	t.Parallel()
	for seed := range 3 {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			n := newTenant(t)
			blocks := ""
			imports := n.imports(someTenant.Example(seed))
			for _, imported := range imports {
				blocks += imported.block()
			}
			cli := newCLI(t, blocks, n.env())
			cli.must("plan", "-generate-config-out=generated.tf")
			want := fmt.Sprintf("Plan: %d to import, 0 to add, 0 to change, 0 to destroy.", len(imports))
			cli.must("plan", "-out=planned")
			if out := cli.must("show", "planned"); !strings.Contains(out, want) {
				t.Fatalf("no %q in:\n%s", want, out)
			}
			cli.must("apply", "planned")
			cli.must("plan", "-detailed-exitcode") // An error unless it is empty.
			n.expect(n.sent())
		})
	}
}
