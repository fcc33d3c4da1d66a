// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

// Resources are all resources of the provider. A new resource is registered here, and the tests of
// all resources include it: accounting for the final destroy, attributes, imports and examples.
var Resources = []*Resource{
	ResourceServer, ResourceServerScope, ClientGrant, OrganizationClientGrant,
	ClientGrantsExclusive,
}

// ResourceOf returns the resource of a type, or nil.
func ResourceOf(typeName string) *Resource {
	for _, r := range Resources {
		if r.Type == typeName {
			return r
		}
	}
	return nil
}
