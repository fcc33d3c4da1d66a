// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"regexp"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/lives"
)

// Resource is what the tests of all resources need to know about one.
type Resource struct {
	Type string
	// Destroy returns the request that destroys an object with these attributes in the state. It is
	// nil if the tenant has no object.
	Destroy func(attributes map[string]string) string
	// PartOf is set if the object is a part of an API: the attribute that identifies the API.
	// Destroy is then an update of the API, which several objects can share.
	PartOf string
	// ImportKey is the natural key of an object by which it can be imported.
	ImportKey func(object map[string]any) string
	// Lives are the tables of its attributes.
	Lives []func() *lives.Table
	// Contract are the properties that the Management API accepts. "property=attribute" is for an
	// attribute with another name.
	Contract string
	Example  Example
}

// ExampleOrganization and ExamplePlatformAPI exist in ExampleTenant.
const (
	ExampleOrganization = "org_Ab12Cd34Ef56Gh78"
	ExamplePlatformAPI  = "https://platform.example.com"
)

// Example describes the folder of the type in examples/resources.
type Example struct {
	Writes []string // The writes of resource.tf.

	Address string         // The object that import-by-string-id.tf imports.
	ID      *regexp.Regexp // The id that it shows.
	// Existing creates that object in the tenant. It returns the id, and import blocks for the
	// other objects of resource.tf that it had to create.
	Existing func(d Dashboard) (id, imports string)
	Planned  plancheck.ResourceActionType // For the object, as resource.tf configures it.
	// The import's writes, other objects included.
	ImportWrites []string
}

// Dashboard changes a tenant outside of Terraform, as Tenant does.
type Dashboard interface {
	AtDashboard(method, path, body string, out any)
	Create(path, body string) string
}
