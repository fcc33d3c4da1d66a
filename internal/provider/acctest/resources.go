// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"regexp"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// Resources are all resources of the provider. A new resource is registered here, and the tests of
// all resources include it: accounting for the final destroy, attributes, imports and examples.
var Resources = []*Resource{
	ResourceServer, ResourceServerScope, ClientGrant, OrganizationClientGrant,
}

// Resource is what the tests of all resources need to know about one.
type Resource struct {
	Type string
	// Destroy is the request that destroys an object with these attributes in the state.
	Destroy func(attributes map[string]string) string
	// PartOf is the attribute that identifies the API if the object is a part of one. Then Destroy
	// is an update of the API, which several objects can share.
	PartOf string
	// ImportKey is the natural key of an object by which it can be imported.
	ImportKey func(object map[string]any) string
	// Lives are the tables of its attributes.
	Lives []func() *Lives
	// Contract are the properties that the Management API takes. "property=attribute" is for an
	// attribute with another name.
	Contract string
	Example  Example
}

// Example is what is in examples/resources, in the folder of the type.
type Example struct {
	Writes []string // What resource.tf writes.

	Address string         // What import-by-string-id.tf imports.
	ID      *regexp.Regexp // The id that it shows.
	// Existing makes that object in the tenant. It returns the id, and import blocks for the other
	// objects of resource.tf that it had to make.
	Existing     func(n *Tenant) (id, imports string)
	Planned      plancheck.ResourceActionType // For the object, as resource.tf configures it.
	ImportWrites []string                     // What the import writes, for the other objects too.
}

// ResourceOf is the resource of a type, or nil.
func ResourceOf(typeName string) *Resource {
	for _, r := range Resources {
		if r.Type == typeName {
			return r
		}
	}
	return nil
}
