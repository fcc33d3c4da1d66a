// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
)

// actionAttributes converts the arguments of a data source to attributes of an action. An action
// has no results and no sensitive attributes.
func actionAttributes(of map[string]dataschema.Attribute) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for name, attribute := range of {
		if attribute.IsComputed() {
			continue
		}
		switch a := attribute.(type) {
		case dataschema.StringAttribute:
			attributes[name] = schema.StringAttribute{
				Required: a.Required, Optional: a.Optional, Validators: a.Validators,
				MarkdownDescription: a.MarkdownDescription,
			}
		case dataschema.SetAttribute:
			attributes[name] = schema.SetAttribute{
				Required: a.Required, Optional: a.Optional, Validators: a.Validators,
				MarkdownDescription: a.MarkdownDescription,
				CustomType:          a.CustomType, ElementType: a.ElementType,
			}
		default:
			panic(fmt.Sprintf("an action has no attribute like %s, a %T", name, a))
		}
	}
	return attributes
}
