// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package schema

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Violations are what is wrong with a document, in the words of API contract 1.3.
type Violations struct {
	Unknown []string // The paths of properties that the schema does not have.
	part    string   // "Payload", "Path" or "Query".
	found   []string
}

// maxViolations limits the length of the message: a body of one megabyte can break rules half a
// million times.
//
// ASSUMED: the number; no observed reply named more than a few.
const maxViolations = 100

func (v *Violations) add(path, description, format string, args ...any) {
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
	v.found = append(v.found, fmt.Sprintf(
		"%s validation error: '%s'%s.", v.part, fmt.Sprintf(format, args...), where,
	))
}

// Any reports whether something is wrong.
func (v *Violations) Any() bool { return len(v.found) > 0 }

// String returns the message of the API.
func (v *Violations) String() string { return strings.Join(v.found, " (also) ") }

// PayloadViolations returns what is wrong with a decoded JSON body.
func (s Schema) PayloadViolations(document any) *Violations {
	v := &Violations{part: "Payload"}
	s.validate(v, document)
	return v
}

// QueryViolations decodes a query and returns it with what is wrong with it.
func (s Schema) QueryViolations(rawQuery string) (Document, *Violations) {
	v := &Violations{part: "Query"}
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		v.add("", "", "Malformed query string")
	}
	given := FromValues(values, s)
	s.validate(v, given)
	return given, v
}

func (s Schema) validate(v *Violations, document any) {
	root := Property{Kind: Object, Properties: s.Properties, Min: s.MinProperties}
	root.validate(v, "", document)
}

func (p Property) validate(v *Violations, path string, value any) {
	found := kindOf(value)
	switch {
	case p.Kind == Any, value == nil && p.Nullable:
		return
	case found != string(p.Kind):
		v.add(path, p.Description, "Expected type %s but found type %s", p.Kind, found)
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

// kindOf names the type of a value as JavaScript does: a number without a fraction is an integer.
func kindOf(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return string(String)
	case bool:
		return string(Boolean)
	case []any:
		return string(Array)
	case float64:
		if value == math.Trunc(value) && math.Abs(value) < 1<<53 {
			return string(Integer)
		}
		return "number"
	default:
		return string(Object)
	}
}

// validateString measures length in characters, not bytes.
//
// ASSUMED: the wording for a string that is too long and for an enum mismatch. It is the default of
// the validator that produces the observed messages (API contract 1.3).
func (p Property) validateString(v *Violations, path, value string) {
	length := utf8.RuneCountInString(value)
	if length < p.Min {
		v.add(path, p.Description, "String is too short (%d chars), minimum %d", length, p.Min)
	}
	if p.Max > 0 && length > p.Max {
		v.add(path, p.Description, "String is too long (%d chars), maximum %d", length, p.Max)
	}
	if p.Pattern != nil && !p.Pattern.MatchString(value) {
		v.add(path, p.Description, "String does not match pattern %s: %s", p.Pattern, value)
	}
	if p.Format != nil && !p.Format.Pattern.MatchString(value) {
		v.add(
			path, p.Description, "Object didn't pass validation for format %s: %s", p.Format.Name,
			value,
		)
	}
	if p.Enum != nil && !slices.Contains(p.Enum, value) {
		v.add(path, p.Description, "No enum match for: %s", value)
	}
}

// ASSUMED: the wording for numbers out of range, for the reason given at validateString.
func (p Property) validateInteger(v *Violations, path string, value int64) {
	if value < int64(p.Min) {
		v.add(path, p.Description, "Value %d is less than minimum %d", value, p.Min)
	}
	if p.Max > 0 && value > int64(p.Max) {
		v.add(path, p.Description, "Value %d is greater than maximum %d", value, p.Max)
	}
}

// ASSUMED: the wording for an array that is too short or too long, for the reason given at
// validateString.
func (p Property) validateArray(v *Violations, path string, values []any) {
	if len(values) < p.Min {
		v.add(path, p.Description, "Array is too short (%d), minimum %d", len(values), p.Min)
	}
	if p.Max > 0 && len(values) > p.Max {
		v.add(path, p.Description, "Array is too long (%d), maximum %d", len(values), p.Max)
		return
	}
	for i, value := range values {
		p.Items.validate(v, path+"["+strconv.Itoa(i)+"]", value)
	}
	if p.Unique != "" {
		p.validateUnique(v, path, values)
	}
}

func (p Property) validateUnique(v *Violations, path string, values []any) {
	first := map[string]int{}
	for i, value := range values {
		compared := value
		if object, ok := value.(map[string]any); ok && p.Unique != "*" {
			compared = object[p.Unique]
		}
		if compared == nil {
			continue // A missing property gets its own message.
		}
		key := string(wire.Encode(compared))
		if earlier, seen := first[key]; seen {
			v.add(path, p.Description, "Array items are not unique (indexes %d and %d)", earlier, i)
			return
		}
		first[key] = i
	}
}

// ASSUMED: the wording for too many properties, for the reason given at validateString.
func (p Property) validateObject(v *Violations, path string, object map[string]any) {
	for _, member := range p.Properties {
		if _, given := object[member.Name]; member.Required && !given {
			v.add(path, p.Description, "Missing required property: %s", member.Name)
		}
	}
	unknown := p.unknownIn(object)
	switch {
	case !p.Open && len(unknown) > 0:
		v.add(
			path, p.Description, "Additional properties not allowed: %s",
			strings.Join(unknown, ","),
		)
		for _, name := range unknown {
			v.Unknown = append(v.Unknown, strings.TrimPrefix(path+"."+name, "."))
		}
	case p.Open && len(p.Properties) > 0:
		// Otherwise encoding/json would decode "Policy" into the field for "policy".
		for _, name := range unknown {
			delete(object, name)
		}
	}
	for _, member := range p.Properties {
		if value, given := object[member.Name]; given {
			member.validate(v, strings.TrimPrefix(path+"."+member.Name, "."), value)
		}
	}
	if p.Values != nil {
		for _, name := range unknown {
			p.Values.validate(v, strings.TrimPrefix(path+"."+name, "."), object[name])
		}
	}
	if len(object) < p.Min {
		v.add(
			path, p.Description, "Too few properties defined (%d), minimum %d", len(object), p.Min,
		)
	}
	if p.Max > 0 && len(object) > p.Max {
		v.add(
			path, p.Description, "Too many properties defined (%d), maximum %d", len(object), p.Max,
		)
	}
}

func (p Property) unknownIn(object map[string]any) []string {
	known := Schema{Properties: p.Properties}
	var unknown []string
	for name := range object {
		if _, ok := known.find(name); !ok {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}
