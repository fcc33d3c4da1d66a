// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package schema

import (
	"regexp"
	"slices"
)

// Kind is a JSON type, named as in the API's messages.
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
	Description string // Part of the messages, so it is short and has no full stop.
	Required    bool
	// A tenant accepts it, but this server refuses it.
	NotImplemented bool
	Nullable       bool
	// Limits of the length of a string or array, the number of properties of an object, or the
	// value of an integer. A Max of 0 means unlimited.
	Min, Max int
	Pattern  *regexp.Regexp
	Format   *Format
	Enum     []string
	Items    *Property // Of an array.
	// The items of an array must be distinct: as a whole ("*"), or in the property named here.
	Unique     string
	Properties []Property // Of an object.
	// An open object accepts unknown properties. It drops them if Properties is set, and keeps them
	// if not.
	Open bool
	// Describes each property of an open object that keeps them; nil accepts anything.
	Values *Property
}

// Format is a named string format.
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

// NotImplementedIn returns the name of a property in the document that this server does not
// implement; "" if there is none.
func (s Schema) NotImplementedIn(given Document) string {
	for _, p := range s.Properties {
		if p.NotImplemented && given.Has(p.Name) {
			return p.Name
		}
	}
	return ""
}

// Knows reports whether the schema has a property of this name.
func (s Schema) Knows(name string) bool {
	_, known := s.find(name)
	return known
}
