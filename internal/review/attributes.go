// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
)

// attributes are the attributes of one resource before or after the apply.
type attributes struct {
	plan.Object
	change plan.Change
	// prior are the attributes before an update. An attribute that the configuration omits keeps
	// its value, even if Terraform says that it is known after the apply.
	prior plan.Object
	// isNew means that the apply creates the object.
	isNew bool
}

func before(
	change plan.Change,
) attributes {
	return attributes{Object: change.Before, change: change}
}

func after(change plan.Change) attributes {
	a := attributes{Object: change.After, change: change, isNew: change.Creates()}
	switch {
	case change.Forgets() && !change.Creates():
		a.Object = change.Before
	case !change.Replaces():
		a.prior = change.Before
	}
	return a
}

// Unknown reports whether the configuration sets an attribute to a value that is known only after
// the apply. Others are unknown only because the tenant fills them in.
func (a attributes) Unknown(name string) bool {
	_, configured := a.change.Configured[name]
	return configured && a.Object.Unknown(name)
}

// of returns the object that has the value of an attribute.
func (a attributes) of(name string) plan.Object {
	if a.Object.Unknown(name) && a.prior.Exists() {
		return a.prior
	}
	return a.Object
}

func (a attributes) text(name string) string    { return a.of(name).Text(name) }
func (a attributes) texts(name string) []string { return a.of(name).Texts(name) }
func (a attributes) bool(name string) bool      { return a.of(name).Bool(name) }

func (a attributes) number(
	name string,
) float64 {
	value, _ := a.of(name).Number(name)
	return value
}
func (a attributes) null(name string) bool             { return a.of(name).Null(name) }
func (a attributes) objects(name string) []plan.Object { return a.of(name).Objects(name) }

// first returns a nested object, which the auth0 provider writes as a list of at most one.
func (a attributes) first(name string) plan.Object {
	for _, object := range a.objects(name) {
		return object
	}
	return plan.Object{}
}

// resolver finds the resources that attributes refer to.
type resolver map[string][]plan.Change // By module and by address without indexes.

func newResolver(changes []plan.Change) resolver {
	r := resolver{}
	for _, change := range changes {
		key := place(change.Module, change.Type+"."+change.Name)
		r[key] = append(r[key], change)
	}
	return r
}

func place(module, address string) string { return module + " " + address }

// referent returns the resource whose attribute is the whole value of an attribute, if there is
// exactly one. A plan does not hold expressions, only what they refer to.
func (r resolver) referent(change plan.Change, name string) (plan.Change, bool) {
	target, index, isEach := "", "", false
	for _, reference := range change.Configured[name] {
		switch {
		case strings.HasPrefix(reference, "each."), strings.HasPrefix(reference, "count."):
			isEach = true
			continue
		case strings.HasPrefix(reference, "var."), strings.HasPrefix(reference, "local."),
			strings.HasPrefix(reference, "module."), strings.HasPrefix(reference, "data."):
			return plan.Change{}, false
		}
		parts := strings.Split(plan.WithoutIndexes(reference), ".")
		if len(parts) < 2 || target != "" && target != parts[0]+"."+parts[1] {
			return plan.Change{}, false
		}
		target = parts[0] + "." + parts[1]
		if rest, ok := strings.CutPrefix(reference, target+"["); ok {
			if end := strings.LastIndex(rest, "]"); end >= 0 {
				index = "[" + rest[:end+1]
			}
		}
	}
	candidates := r[place(change.Module, target)]
	if isEach && index == "" {
		index = change.Index
	}
	for _, candidate := range candidates {
		if index != "" && candidate.Index == index {
			return candidate, true
		}
	}
	if len(candidates) == 1 && index == "" {
		return candidates[0], true
	}
	return plan.Change{}, false
}

// pending describes a value that is known only after the apply.
func pending(change plan.Change, name string) string {
	for _, reference := range change.Configured[name] {
		return fmt.Sprintf("(known after apply: %s)", reference)
	}
	return "(known after apply)"
}
