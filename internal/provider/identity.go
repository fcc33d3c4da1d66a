// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

// identityOf is the schema of an identity of strings, all of which an import
// needs; it takes their descriptions by name.
func identityOf(descriptions map[string]string) identityschema.Schema {
	attributes := make(map[string]identityschema.Attribute, len(descriptions))
	for name, description := range descriptions {
		attributes[name] = identityschema.StringAttribute{RequiredForImport: true, Description: description}
	}
	return identityschema.Schema{Attributes: attributes}
}

// setIdentity writes an identity, a struct with a field for each attribute of its
// schema. Each method that answers with a state has to, and Read before it finds
// that the object is gone: the framework refuses an answer without an identity,
// and below Terraform 1.12 and in older states there is none to begin with.
func setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, value any, diags *diag.Diagnostics) {
	if identity != nil {
		diags.Append(identity.Set(ctx, value)...)
	}
}

// importedByIdentity reads the identity that an import block gives, and reports
// whether it gives one instead of an id.
func importedByIdentity(ctx context.Context, id string, identity *tfsdk.ResourceIdentity, into any, diags *diag.Diagnostics) bool {
	if id != "" || identity == nil || identity.Raw.IsNull() {
		return false
	}
	diags.Append(identity.Get(ctx, into)...)
	return true
}
