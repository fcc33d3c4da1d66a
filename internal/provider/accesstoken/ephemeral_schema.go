// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
)

// ephemeralAttributes converts attributes of a data source to attributes of an ephemeral
// resource. The types have the same fields; otherwise the conversions would not compile.
func ephemeralAttributes(of map[string]dataschema.Attribute) map[string]schema.Attribute {
	attributes := make(map[string]schema.Attribute, len(of))
	for name, attribute := range of {
		switch a := attribute.(type) {
		case dataschema.StringAttribute:
			attributes[name] = schema.StringAttribute(a)
		case dataschema.BoolAttribute:
			attributes[name] = schema.BoolAttribute(a)
		case dataschema.Int64Attribute:
			attributes[name] = schema.Int64Attribute(a)
		case dataschema.SetAttribute:
			attributes[name] = schema.SetAttribute(a)
		}
	}
	return attributes
}
