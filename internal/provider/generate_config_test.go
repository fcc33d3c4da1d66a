// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
)

// TestAccImport_generatedConfiguration imports whole tenants with configuration that Terraform
// generates.
func TestAccImport_generatedConfiguration(t *testing.T) {
	t.Parallel()
	for seed := range 3 {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			n := acctest.NewTenant(t)
			blocks := ""
			imports := imports(n, someTenant.Example(seed))
			for _, imported := range imports {
				blocks += imported.block()
			}
			cli := cli.New(t, blocks, n.Env())
			cli.Must("plan", "-generate-config-out=generated.tf")
			want := fmt.Sprintf(
				"Plan: %d to import, 0 to add, 0 to change, 0 to destroy.", len(imports),
			)
			if strings.Contains(cli.Written()["generated.tf"], `"Read Branding"`) {
				t.Error("the configuration contains the scopes of the Management API")
			}
			cli.Must("plan", "-out=planned")
			if out := cli.Must("show", "planned"); !strings.Contains(out, want) {
				t.Fatalf("no %q in:\n%s", want, out)
			}
			cli.Must("apply", "planned")
			cli.Must("plan", "-detailed-exitcode") // An error unless it is empty.
			n.Expect(acctest.Writes()).Now()
		})
	}
}
