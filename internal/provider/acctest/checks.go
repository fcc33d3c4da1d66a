// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"fmt"
	"maps"
	"regexp"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
)

// WholeState checks all attributes of an object in the state, as JSON, except its id.
func WholeState(address, want string) statecheck.StateCheck {
	return wholeStateCheck{address, want}
}

type wholeStateCheck struct{ address, want string }

// OnlyValues says that the check needs no more of the state.
func (wholeStateCheck) OnlyValues() {}

func (c wholeStateCheck) CheckState(
	_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	for _, r := range req.State.Values.RootModule.Resources {
		if r.Address != c.address {
			continue
		}
		values := maps.Clone(r.AttributeValues)
		delete(values, "id")
		if diff := cmp.Diff(text.Decoded(c.want), text.Decoded(text.Encoded(values))); diff != "" {
			resp.Error = fmt.Errorf("state of %s (-want +got):\n%s", c.address, diff)
		}
		return
	}
	resp.Error = fmt.Errorf("the state has no %s", c.address)
}

// Planned expects an action for an object in the plan.
func Planned(address string, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(
		address, action,
	)}}
}

// EmptyPlan expects a plan without changes.
func EmptyPlan() resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
}

// Exactly expects a set of exactly these strings.
func Exactly(values ...string) knownvalue.Check {
	checks := make([]knownvalue.Check, len(values))
	for i, v := range values {
		checks[i] = knownvalue.StringExact(v)
	}
	return knownvalue.SetExact(checks)
}

// At checks one value of a data source. A step is the name of an attribute or the
// index of an item.
func At(
	address string, check knownvalue.Check, attribute string, steps ...any,
) statecheck.StateCheck {
	where := tfjsonpath.New(attribute)
	for _, step := range steps {
		if index, ok := step.(int); ok {
			where = where.AtSliceIndex(index)
		} else {
			where = where.AtMapKey(fmt.Sprint(step))
		}
	}
	return statecheck.ExpectKnownValue(address, where, check)
}

// HexID matches the id of an API, and AlphanumericID the id of a client.
var (
	HexID          = regexp.MustCompile(`^[0-9a-f]{24}$`)
	AlphanumericID = regexp.MustCompile(`^[A-Za-z0-9]{32}$`)
)
