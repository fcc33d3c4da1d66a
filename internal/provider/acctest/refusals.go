// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/steps"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
)

// ErrorOf returns the error of a configuration that must fail.
func (n *Tenant) ErrorOf(config string) string {
	n.T.Helper()
	var said string
	steps.Run(n.T, n.Accounted(resource.TestCase{
		Steps: []resource.TestStep{{Config: config}},
		ErrorCheck: func(err error) error {
			said = err.Error()
			return nil
		},
	}))
	if said == "" {
		n.T.Fatal("no error")
	}
	return said
}

// RefusedAtPlan runs configurations that must fail before the provider sends a request.
func RefusedAtPlan(t *testing.T, cases map[string]struct{ Config, Want string }) {
	t.Helper()
	t.Parallel()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			n := NewTenant(t)
			n.Test(resource.TestStep{
				Config:      c.Config,
				PlanOnly:    true,
				ExpectError: text.Says(c.Want),
			})
			if sent := n.Requests(); len(sent) > 0 {
				t.Errorf(
					"the plan sent %d requests, the first is %s %s", len(sent), sent[0].Method,
					sent[0].Path,
				)
			}
		})
	}
}
