// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package steps

import (
	"cmp"
	"fmt"
	"maps"
	"strings"

	diff "github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// importObject imports an object with the import command, into a directory of its own unless the
// object must remain in the state of the test case.
func (r *run) importObject(step resource.TestStep) error {
	into := r.terraform
	if !step.ImportStatePersist {
		into = newTerraform(r.t, r.providers)
	}
	if err := into.configure(cmp.Or(step.Config, r.config), step.ConfigVariables); err != nil {
		return err
	}
	before, err := r.objects()
	if err != nil {
		return err
	}
	id := step.ImportStateId
	if id == "" {
		id = fmt.Sprint(before[step.ResourceName].Attributes["id"])
	}
	if _, err := into.command("import", "-input=false", step.ResourceName, id); err != nil {
		return err
	}
	after, err := into.objects()
	if err != nil || !step.ImportStateVerify {
		return err
	}
	want, got := before[step.ResourceName].Attributes, after[step.ResourceName].Attributes
	for _, path := range step.ImportStateVerifyIgnore {
		ignore(want, path)
		ignore(got, path)
	}
	if diff := diff.Diff(filled(want), filled(got)); diff != "" {
		return fmt.Errorf("imported %s (-want +got):\n%s", step.ResourceName, diff)
	}
	return nil
}

// filled removes null and empty attributes, which an import does not always tell apart.
func filled(attributes map[string]any) map[string]any {
	maps.DeleteFunc(attributes, func(_ string, value any) bool {
		list, ok := value.([]any)
		return value == nil || ok && len(list) == 0
	})
	return attributes
}

// ignore removes an attribute.
func ignore(attributes map[string]any, path string) {
	name, rest, nested := strings.Cut(path, ".")
	if !nested {
		delete(attributes, name)
	} else if inner, ok := attributes[name].(map[string]any); ok {
		ignore(inner, rest)
	}
}

// refresh writes what the tenant has into the state and plans.
func (r *run) refresh(step resource.TestStep) error {
	if _, err := r.command("refresh", "-input=false"); err != nil {
		return err
	}
	return r.planAgain(step, "the plan after the refresh", step.RefreshPlanChecks.PostRefresh)
}
