// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package plan reads plans as `terraform show -json` and `tofu show -json` print them. It keeps
// only the resources that decide about access, and reads the rest as a stream, so that a large plan
// needs little memory. What the resources mean is in package review.
package plan

import "slices"

// Plan is what a review needs of a plan.
type Plan struct {
	// Changes are the managed resources of the wanted types, changed or not.
	Changes []Change
	// Known are data sources of the wanted types that were read during the plan.
	Known []Known
	// Sensitive holds the texts that the plan marks as sensitive in at least one place. They must
	// not be shown anywhere, because a plan may mark only one of two equal values.
	Sensitive map[string]bool
	// Errored means that the plan failed, so it does not have all changes.
	Errored bool
	// Incomplete means that Terraform left changes out, for example because of -target.
	Incomplete bool
}

// Change is a managed resource and what the plan does to it.
type Change struct {
	Address string // For example module.a["x"].m2m_client_grant.ci[0].
	Module  string // For example module.a["x"]; empty for the root module.
	Type    string
	Name    string
	Index   string // As in the address, for example ["x"]; empty without count and for_each.
	// PreviousAddress is the address before a moved block; empty if it has not moved.
	PreviousAddress string
	Actions         []string
	Importing       bool
	Before          Object // Before the apply, after the refresh. Nil if the object does not exist.
	After           Object // Nil if the object is destroyed.
	// Configured holds the attributes of the configuration, with the addresses that each refers to,
	// relative to the module. An attribute that the configuration omits is not in the map.
	Configured map[string][]string
}

// Known is a data source and its values.
type Known struct {
	Address string
	Type    string
	Values  Object
}

// Creates reports whether the plan makes the object, alone or as part of a replacement.
func (c Change) Creates() bool { return slices.Contains(c.Actions, "create") }

// Deletes reports whether the plan destroys the object, alone or as part of a replacement.
func (c Change) Deletes() bool { return slices.Contains(c.Actions, "delete") }

// Replaces reports whether the plan destroys the object and makes another one.
func (c Change) Replaces() bool { return c.Creates() && c.Deletes() }

// Forgets reports whether the object leaves the state but stays in the tenant.
func (c Change) Forgets() bool { return slices.Contains(c.Actions, "forget") }

// Object holds attributes of a resource.
type Object struct {
	values  map[string]any
	unknown map[string]any
}

// Exists reports whether there is an object.
func (o Object) Exists() bool { return o.values != nil }

// Unknown reports whether an attribute, or a part of it, is known only after the apply.
func (o Object) Unknown(name string) bool { return anyTrue(o.unknown[name]) }

// Text returns a string; it is empty if the attribute is null or unknown.
func (o Object) Text(name string) string {
	text, _ := o.values[name].(string)
	return text
}

// Bool returns a boolean; it is false if the attribute is null or unknown.
func (o Object) Bool(name string) bool {
	value, _ := o.values[name].(bool)
	return value
}

// Number returns a number, and whether there is one.
func (o Object) Number(name string) (value float64, ok bool) {
	value, ok = o.values[name].(float64)
	return value, ok
}

// Null reports whether an attribute has no value and will have none.
func (o Object) Null(name string) bool { return o.values[name] == nil && !o.Unknown(name) }

// Texts returns a list or set of strings, without the elements that are unknown.
func (o Object) Texts(name string) []string {
	list, _ := o.values[name].([]any)
	var texts []string
	for _, element := range list {
		if text, ok := element.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// Keys returns the sorted keys of a map.
func (o Object) Keys(name string) []string {
	object, _ := o.values[name].(map[string]any)
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Objects returns a nested object, or a list or set of them.
func (o Object) Objects(name string) []Object {
	nested := o.values[name]
	unknown := o.unknown[name]
	if object, ok := nested.(map[string]any); ok {
		marks, _ := unknown.(map[string]any)
		return []Object{{object, marks}}
	}
	list, _ := nested.([]any)
	marks, _ := unknown.([]any)
	var objects []Object
	for i, element := range list {
		if object, ok := element.(map[string]any); ok {
			next := Object{values: object}
			if i < len(marks) {
				next.unknown, _ = marks[i].(map[string]any)
			}
			objects = append(objects, next)
		}
	}
	return objects
}

func anyTrue(mark any) bool {
	switch mark := mark.(type) {
	case bool:
		return mark
	case []any:
		return slices.ContainsFunc(mark, anyTrue)
	case map[string]any:
		for _, part := range mark {
			if anyTrue(part) {
				return true
			}
		}
	}
	return false
}
