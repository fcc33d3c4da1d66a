// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Verb is what an operation does to an object.
type Verb string

// The verbs of operations, as they appear in summaries.
const (
	Create Verb = "create"
	Read   Verb = "read"
	Update Verb = "update"
	Delete Verb = "delete"
	List   Verb = "list"
	Import Verb = "import"
	Fetch  Verb = "fetch"
	Verify Verb = "verify"
)

// Operation describes a request of a type, for errors.
type Operation struct {
	Verb Verb
	Kind string // Such as client grant.
	// Object names the object in sentences, such as API "https://orders.example.com".
	Object string
	// TypeName is the Terraform type, for import blocks.
	TypeName string
	// LeavesToTenant reports whether the tenant chooses the value of an attribute that the
	// configuration omits. Nil means that it chooses none.
	LeavesToTenant func(attribute string) bool
	// ImportOnly reports that the type has no use_existing, so an existing object must be
	// imported.
	ImportOnly bool
	// Hint helps if an object does not exist that the object refers to.
	Hint string
	// Attributes reports whether an error can be shown on an attribute.
	Attributes func(name string) bool
}

// Summary is the summary of an error of the operation.
func (op Operation) Summary() string { return "Unable to " + string(op.Verb) + " " + op.Kind }

// named returns the detail of an error with the name of the object, which is appended after a
// separator if it is missing: a failed login, or an answer that is not from the API, says nothing
// about the object.
func (op Operation) named(detail, separator string) string {
	if strings.Contains(detail, op.Object) {
		return detail
	}
	return fmt.Sprintf(
		"%s%sSo the provider could not %s the %s.", detail, separator, op.Verb, op.Object,
	)
}

// HasAttribute returns a function that reports whether a planned object has an attribute.
func HasAttribute(plan tftypes.Value) func(name string) bool {
	object, _ := plan.Type().(tftypes.Object)
	return func(name string) bool {
		_, ok := object.AttributeTypes[name]
		return ok
	}
}
