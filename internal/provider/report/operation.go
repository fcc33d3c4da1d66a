// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Verb is what is done to an object.
type Verb string

// The verbs of operations, as summaries say them.
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

// Operation is what was being done when the API said no.
type Operation struct {
	Verb Verb
	Kind string // resource server, client grant
	// Object names the object for people: API "https://…".
	Object string
	// TypeName is the Terraform type, for import blocks.
	TypeName string
	// LeavesToTenant says that the tenant decides on what the configuration omits.
	LeavesToTenant bool
	// ImportOnly says that the type has no use_existing: an existing object is imported.
	ImportOnly bool
	// Attributes tells which attributes an error may be put on.
	Attributes func(name string) bool
}

// Summary is the summary of an error of the operation.
func (op Operation) Summary() string { return "Unable to " + string(op.Verb) + " " + op.Kind }

// HasAttribute returns a function that tells whether a planned object has an attribute.
func HasAttribute(plan tftypes.Value) func(name string) bool {
	object, _ := plan.Type().(tftypes.Object)
	return func(name string) bool {
		_, ok := object.AttributeTypes[name]
		return ok
	}
}
