// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// kind is a JSON type, by the name that the API's messages give it.
type kind string

const (
	anyKind     kind = ""
	stringKind  kind = "string"
	integerKind kind = "integer"
	booleanKind kind = "boolean"
	arrayKind   kind = "array"
	objectKind  kind = "object"
)

// property describes one property of a body or one parameter of a query.
type property struct {
	name        string
	kind        kind
	description string // Stands in the messages, so it is short and has no full stop.
	required    bool
	nullable    bool
	min, max    int // Of a string's or array's length, an object's properties, an integer's value; no maximum when 0.
	pattern     *regexp.Regexp
	format      *format
	enum        []string
	items       *property  // Of an array.
	unique      string     // An array's items differ as a whole ("*") or in the property named here.
	properties  []property // Of an object.
	open        bool       // An object that tolerates properties beyond these, and drops them; it keeps all when there are none here.
	values      *property  // What each property of an open object that keeps all is; nil for anything.
}

// format is a named form of string.
type format struct {
	name    string
	pattern interface{ MatchString(text string) bool }
}

// schema describes a body or a query as a whole.
type schema struct {
	properties    []property
	minProperties int
}

func (s schema) find(name string) (property, bool) {
	i := slices.IndexFunc(s.properties, func(p property) bool { return p.name == name })
	if i < 0 {
		return property{}, false
	}
	return s.properties[i], true
}

func (s schema) knows(name string) bool {
	_, known := s.find(name)
	return known
}

// violations collects what is wrong, in the words of API contract 1.3.
type violations struct {
	part  string // "Payload", "Path" or "Query".
	found []string
}

// maxViolations bounds the message: a body of one megabyte can break rules half a million times.
//
// ASSUMED: the number; no answer that names more than a few was seen.
const maxViolations = 100

func (v *violations) add(path, description, format string, args ...any) {
	if len(v.found) == maxViolations {
		return
	}
	where := ""
	if path != "" {
		where = " on property " + path
		if description != "" {
			where += " (" + description + ")"
		}
	}
	v.found = append(v.found, fmt.Sprintf("%s validation error: '%s'%s.", v.part, fmt.Sprintf(format, args...), where))
}

func (v *violations) message() string {
	return strings.Join(v.found, " (also) ")
}

// payloadViolations words what is wrong with a body that was decoded from JSON; empty when it is valid.
func (s schema) payloadViolations(document any) string {
	v := violations{part: "Payload"}
	s.validate(&v, document)
	return v.message()
}

func (s schema) validate(v *violations, document any) {
	root := property{kind: objectKind, properties: s.properties, min: s.minProperties}
	root.validate(v, "", document)
}

func (p property) validate(v *violations, path string, value any) {
	found := kindOf(value)
	switch {
	case p.kind == anyKind, value == nil && p.nullable:
		return
	case found != string(p.kind):
		v.add(path, p.description, "Expected type %s but found type %s", p.kind, found)
		return
	}
	switch value := value.(type) {
	case string:
		p.validateString(v, path, value)
	case float64:
		p.validateInteger(v, path, int64(value))
	case []any:
		p.validateArray(v, path, value)
	case map[string]any:
		p.validateObject(v, path, value)
	}
}

// kindOf calls a value what JavaScript would: a number without a fraction is an integer.
func kindOf(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return string(stringKind)
	case bool:
		return string(booleanKind)
	case []any:
		return string(arrayKind)
	case float64:
		if value == math.Trunc(value) && math.Abs(value) < 1<<53 {
			return string(integerKind)
		}
		return "number"
	default:
		return string(objectKind)
	}
}

// validateString counts characters, not bytes.
//
// ASSUMED: the wording of "too long" and of an enum that does not match, the defaults of the validator that the
// observed messages come from (API contract 1.3).
func (p property) validateString(v *violations, path, value string) {
	length := utf8.RuneCountInString(value)
	if length < p.min {
		v.add(path, p.description, "String is too short (%d chars), minimum %d", length, p.min)
	}
	if p.max > 0 && length > p.max {
		v.add(path, p.description, "String is too long (%d chars), maximum %d", length, p.max)
	}
	if p.pattern != nil && !p.pattern.MatchString(value) {
		v.add(path, p.description, "String does not match pattern %s: %s", p.pattern, value)
	}
	if p.format != nil && !p.format.pattern.MatchString(value) {
		v.add(path, p.description, "Object didn't pass validation for format %s: %s", p.format.name, value)
	}
	if p.enum != nil && !slices.Contains(p.enum, value) {
		v.add(path, p.description, "No enum match for: %s", value)
	}
}

// ASSUMED: the wording of numbers out of range, for the reason given above.
func (p property) validateInteger(v *violations, path string, value int64) {
	if value < int64(p.min) {
		v.add(path, p.description, "Value %d is less than minimum %d", value, p.min)
	}
	if p.max > 0 && value > int64(p.max) {
		v.add(path, p.description, "Value %d is greater than maximum %d", value, p.max)
	}
}

// ASSUMED: the wording of an array that is too short or too long, for the reason given above.
func (p property) validateArray(v *violations, path string, values []any) {
	if len(values) < p.min {
		v.add(path, p.description, "Array is too short (%d), minimum %d", len(values), p.min)
	}
	if p.max > 0 && len(values) > p.max {
		v.add(path, p.description, "Array is too long (%d), maximum %d", len(values), p.max)
		return
	}
	for i, value := range values {
		p.items.validate(v, path+"["+strconv.Itoa(i)+"]", value)
	}
	if p.unique != "" {
		p.validateUnique(v, path, values)
	}
}

func (p property) validateUnique(v *violations, path string, values []any) {
	first := map[string]int{}
	for i, value := range values {
		compared := value
		if object, ok := value.(map[string]any); ok && p.unique != "*" {
			compared = object[p.unique]
		}
		if compared == nil {
			continue // A missing property has a message of its own.
		}
		key := string(wire.Encode(compared))
		if earlier, seen := first[key]; seen {
			v.add(path, p.description, "Array items are not unique (indexes %d and %d)", earlier, i)
			return
		}
		first[key] = i
	}
}

// ASSUMED: the wording of too many properties, for the reason given above.
func (p property) validateObject(v *violations, path string, object map[string]any) {
	for _, member := range p.properties {
		if _, given := object[member.name]; member.required && !given {
			v.add(path, p.description, "Missing required property: %s", member.name)
		}
	}
	unknown := p.unknownIn(object)
	switch {
	case !p.open && len(unknown) > 0:
		v.add(path, p.description, "Additional properties not allowed: %s", strings.Join(unknown, ","))
	case p.open && len(p.properties) > 0:
		// Go would otherwise take "Policy" for "policy" when the document is decoded into a struct.
		for _, name := range unknown {
			delete(object, name)
		}
	}
	for _, member := range p.properties {
		if value, given := object[member.name]; given {
			member.validate(v, strings.TrimPrefix(path+"."+member.name, "."), value)
		}
	}
	if p.values != nil {
		for _, name := range unknown {
			p.values.validate(v, strings.TrimPrefix(path+"."+name, "."), object[name])
		}
	}
	if len(object) < p.min {
		v.add(path, p.description, "Too few properties defined (%d), minimum %d", len(object), p.min)
	}
	if p.max > 0 && len(object) > p.max {
		v.add(path, p.description, "Too many properties defined (%d), maximum %d", len(object), p.max)
	}
}

func (p property) unknownIn(object map[string]any) []string {
	known := schema{properties: p.properties}
	var unknown []string
	for name := range object {
		if _, ok := known.find(name); !ok {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}
