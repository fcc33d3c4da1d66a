// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tfstate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

// IdentityOf returns the schema of an identity whose attributes are strings, all required for
// import. It takes their descriptions by name.
func IdentityOf(descriptions map[string]string) identityschema.Schema {
	attributes := make(map[string]identityschema.Attribute, len(descriptions))
	for name, description := range descriptions {
		attributes[name] = identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       description,
		}
	}
	return identityschema.Schema{Attributes: attributes}
}

// SetIdentity writes an identity, given as a struct with a field for each attribute. Every
// method that returns a state must call it, because the framework refuses a state without an
// identity, and states from before Terraform 1.12 have none. Read must call it before it knows
// whether the object still exists.
func SetIdentity(
	ctx context.Context, identity *tfsdk.ResourceIdentity, value any, diags *diag.Diagnostics,
) {
	if identity != nil {
		diags.Append(identity.Set(ctx, value)...)
	}
}

// ImportedByIdentity reads the identity of an import block. It returns false if the block has
// an id instead.
func ImportedByIdentity(
	ctx context.Context, id string, identity *tfsdk.ResourceIdentity, into any,
	diags *diag.Diagnostics,
) bool {
	if id != "" || identity == nil || identity.Raw.IsNull() {
		return false
	}
	diags.Append(identity.Get(ctx, into)...)
	return true
}
