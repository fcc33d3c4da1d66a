// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package unchanged

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// accepts reports whether a configuration has no diagnostic. It runs what the framework's server
// runs, without its conversions, and knows that no validator of this provider rejects null.
func (s Schema) accepts(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) bool {
	if _, more := s.resource.(resource.ResourceWithConfigValidators); more ||
		len(s.Blocks) > 0 || s.DeprecationMessage != "" || isNull(req.Config) {
		return false
	}
	value, err := req.Config.Unmarshal(s.object)
	if err != nil {
		return false
	}
	var values map[string]tftypes.Value
	if value.As(&values) != nil {
		return false
	}
	config := tfsdk.Config{Raw: value, Schema: s.Schema}
	for name, attribute := range s.Attributes {
		given := !values[name].IsNull()
		if !given && attribute.IsRequired() || given && !acceptsGiven(
			ctx, request{path.Root(name), path.MatchRoot(name), config}, attribute, values[name],
		) {
			return false
		}
	}
	validated, ok := s.resource.(resource.ResourceWithValidateConfig)
	if !ok {
		return true
	}
	var resp resource.ValidateConfigResponse
	validated.ValidateConfig(ctx, resource.ValidateConfigRequest{Config: config}, &resp)
	return len(resp.Diagnostics) == 0
}

// request is what every validator receives.
type request struct {
	path       path.Path
	expression path.Expression
	config     tfsdk.Config
}

// acceptsGiven reports whether a value that is not null has no diagnostic. Nested attributes are
// left to the framework's server.
func acceptsGiven(
	ctx context.Context, r request, a schema.Attribute, raw tftypes.Value,
) bool {
	if a.IsComputed() && !a.IsOptional() || a.IsWriteOnly() || a.GetDeprecationMessage() != "" {
		return false
	}
	value, err := a.GetType().ValueFromTerraform(ctx, raw)
	if err != nil || !acceptsType(ctx, r.path, a.GetType(), value, raw) {
		return false
	}
	switch a := a.(type) {
	case schema.StringAttribute:
		value, ok := value.(types.String)
		return ok && all(a.Validators, func(v validator.String) diag.Diagnostics {
			var resp validator.StringResponse
			v.ValidateString(ctx, validator.StringRequest{
				Path: r.path, PathExpression: r.expression, Config: r.config, ConfigValue: value,
			}, &resp)
			return resp.Diagnostics
		})
	case schema.BoolAttribute:
		return len(a.Validators) == 0
	case schema.Int64Attribute:
		value, ok := value.(types.Int64)
		return ok && all(a.Validators, func(v validator.Int64) diag.Diagnostics {
			var resp validator.Int64Response
			v.ValidateInt64(ctx, validator.Int64Request{
				Path: r.path, PathExpression: r.expression, Config: r.config, ConfigValue: value,
			}, &resp)
			return resp.Diagnostics
		})
	case schema.MapAttribute:
		value, ok := value.(types.Map)
		return ok && all(a.Validators, func(v validator.Map) diag.Diagnostics {
			var resp validator.MapResponse
			v.ValidateMap(ctx, validator.MapRequest{
				Path: r.path, PathExpression: r.expression, Config: r.config, ConfigValue: value,
			}, &resp)
			return resp.Diagnostics
		})
	case schema.SetAttribute:
		value, ok := value.(types.Set)
		return ok && all(a.Validators, func(v validator.Set) diag.Diagnostics {
			var resp validator.SetResponse
			v.ValidateSet(ctx, validator.SetRequest{
				Path: r.path, PathExpression: r.expression, Config: r.config, ConfigValue: value,
			}, &resp)
			return resp.Diagnostics
		})
	default:
		return false
	}
}

// all reports whether no validator has a diagnostic.
func all[Validator any](validators []Validator, validate func(Validator) diag.Diagnostics) bool {
	for _, v := range validators {
		if len(validate(v)) > 0 {
			return false
		}
	}
	return true
}

// acceptsType reports whether the type of a value has no diagnostic.
func acceptsType(
	ctx context.Context, at path.Path, kind attr.Type, value attr.Value, raw tftypes.Value,
) bool {
	if v, ok := value.(xattr.ValidateableAttribute); ok {
		var resp xattr.ValidateAttributeResponse
		v.ValidateAttribute(ctx, xattr.ValidateAttributeRequest{Path: at}, &resp)
		return len(resp.Diagnostics) == 0
	}
	//nolint:staticcheck // The framework still calls the deprecated interface.
	v, ok := kind.(xattr.TypeWithValidate)
	return !ok || len(v.Validate(ctx, raw, at)) == 0
}
