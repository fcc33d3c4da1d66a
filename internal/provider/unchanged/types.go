// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package unchanged

import (
	"bytes"
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
)

// Types are types by name.
type Types map[string]registered

// registered is a type with what its schema tells.
type registered struct {
	Type

	object   tftypes.Type
	defaults map[string][]byte // Encoded, by attribute.
	objects  map[string]bool   // Attributes that are objects and that the provider computes.
	identity []string          // The attributes of the identity, which the state contains too.
}

// keeps reports whether Terraform proposes the state. If the configuration omits an object with
// required parts, Terraform proposes null for it, although the state is meant.
func (r registered) keeps(o Object, req *tfprotov6.PlanResourceChangeRequest) bool {
	if bytes.Equal(req.ProposedNewState.MsgPack, req.PriorState.MsgPack) {
		return true
	}
	proposed, err := attributes(req.ProposedNewState)
	if err != nil || len(proposed) != len(o.State) {
		return false
	}
	for name, value := range proposed {
		omitted := r.objects[name] && proposed.IsNull(name) && o.Config.IsNull(name)
		if !omitted && !bytes.Equal(value, o.State[name]) {
			return false
		}
	}
	return true
}

// identityOf returns the identity of an object. ok is false if Terraform has another one.
func (r registered) identityOf(
	state Attributes, given *tfprotov6.ResourceIdentityData,
) (identity *tfprotov6.ResourceIdentityData, ok bool) {
	var encoded bytes.Buffer
	encoder := msgpack.NewEncoder(&encoded)
	if encoder.EncodeMapLen(len(r.identity)) != nil {
		return nil, false
	}
	for _, name := range r.identity {
		if state.IsNull(name) || encoder.EncodeString(name) != nil {
			return nil, false
		}
		_, _ = encoded.Write(state[name]) // Never fails.
	}
	out := &tfprotov6.DynamicValue{MsgPack: encoded.Bytes()}
	if given != nil && !isNull(given.IdentityData) &&
		!bytes.Equal(given.IdentityData.MsgPack, out.MsgPack) {
		return nil, false
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: out}, true
}

// TypesOf returns the resource types that implement Type, configured with the provider's data.
func TypesOf(
	ctx context.Context, providerName string, constructors []func() resource.Resource, data any,
) Types {
	types := Types{}
	for _, constructor := range constructors {
		r := constructor()
		unchanged, ok := r.(Type)
		configurable, configures := r.(resource.ResourceWithConfigure)
		if !ok || !configures {
			continue
		}
		var configured resource.ConfigureResponse
		configurable.Configure(ctx, resource.ConfigureRequest{ProviderData: data}, &configured)
		if configured.Diagnostics.HasError() {
			continue // The framework's server reports it.
		}
		name, s := describe(ctx, providerName, r)
		encoded, ok := encodedDefaults(ctx, s)
		identified, identifies := r.(resource.ResourceWithIdentity)
		if !ok || !identifies {
			continue
		}
		var identity resource.IdentitySchemaResponse
		identified.IdentitySchema(ctx, resource.IdentitySchemaRequest{}, &identity)
		objects := map[string]bool{}
		for name, attribute := range s.Attributes {
			_, nested := attribute.(schema.SingleNestedAttribute)
			objects[name] = nested && attribute.IsComputed()
		}
		types[name] = registered{
			unchanged, s.Type().TerraformType(ctx), encoded, objects,
			slices.Sorted(maps.Keys(identity.IdentitySchema.Attributes)),
		}
	}
	return types
}

// encodedDefaults returns the defaults of attributes, but not of nested attributes: if an object
// has such a part, its type must prove that the default changes nothing. It returns false if an
// attribute has another default than a string or a boolean.
func encodedDefaults(ctx context.Context, s schema.Schema) (map[string][]byte, bool) {
	out := map[string][]byte{}
	for name, attribute := range s.Attributes {
		if field := reflect.ValueOf(attribute).FieldByName("Default"); !field.IsValid() ||
			field.IsNil() {
			continue
		}
		var value attr.Value
		switch a := attribute.(type) {
		case schema.StringAttribute:
			var resp defaults.StringResponse
			a.Default.DefaultString(ctx, defaults.StringRequest{}, &resp)
			value = resp.PlanValue
		case schema.BoolAttribute:
			var resp defaults.BoolResponse
			a.Default.DefaultBool(ctx, defaults.BoolRequest{}, &resp)
			value = resp.PlanValue
		default:
			return nil, false
		}
		converted, err := value.ToTerraformValue(ctx)
		if err != nil {
			return nil, false
		}
		encoded, err := tfprotov6.NewDynamicValue(converted.Type(), converted)
		if err != nil {
			return nil, false
		}
		out[name] = encoded.MsgPack
	}
	return out, true
}
