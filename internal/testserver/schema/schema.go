// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package schema

import (
	"regexp"
	"slices"
)

// Kind is a JSON type, by the name that the API's messages give it.
type Kind string

// The kinds of values.
const (
	Any     Kind = ""
	String  Kind = "string"
	Integer Kind = "integer"
	Boolean Kind = "boolean"
	Array   Kind = "array"
	Object  Kind = "object"
)

// Property describes one property of a body or one parameter of a query.
type Property struct {
	Name        string
	Kind        Kind
	Description string // Stands in the messages, so it is short and has no full stop.
	Required    bool
	Nullable    bool
	// Of a string's or array's length, an object's properties, an integer's value; no maximum when
	// 0.
	Min, Max int
	Pattern  *regexp.Regexp
	Format   *Format
	Enum     []string
	Items    *Property // Of an array.
	// An array's items differ as a whole ("*") or in the property named here.
	Unique     string
	Properties []Property // Of an object.
	// An object that tolerates properties beyond these, and drops them; it keeps all when there are
	// none here.
	Open bool
	// What each property of an open object that keeps all is; nil for anything.
	Values *Property
}

// Format is a named form of string.
type Format struct {
	Name    string
	Pattern interface{ MatchString(text string) bool }
}

// Schema describes a body or a query as a whole.
type Schema struct {
	Properties    []Property
	MinProperties int
}

func (s Schema) find(name string) (Property, bool) {
	i := slices.IndexFunc(s.Properties, func(p Property) bool { return p.Name == name })
	if i < 0 {
		return Property{}, false
	}
	return s.Properties[i], true
}

// Knows reports whether there is a property of this name.
func (s Schema) Knows(name string) bool {
	_, known := s.find(name)
	return known
}
