// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/verify"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

var _ function.Function = (*decodeJWTFunction)(nil)

// NewDecodeJWT returns the function decode_jwt.
func NewDecodeJWT() function.Function { return &decodeJWTFunction{} }

type decodeJWTFunction struct{}

func (*decodeJWTFunction) Metadata(
	_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse,
) {
	resp.Name = "decode_jwt"
}

// decodedJWT is the type of the result. The members of header and claims, and their types,
// depend on the token.
var decodedJWT = map[string]attr.Type{"header": types.DynamicType, "claims": types.DynamicType}

func (*decodeJWTFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "Decode a token without verifying it",
		MarkdownDescription: "Decodes a JSON Web Token and returns an object with its `header` " +
			"and its `claims`. For example, `provider::m2m::decode_jwt(token).claims.scope` " +
			"contains its scopes. The function sends no requests.\n\n!> **Nothing is verified**: " +
			"neither the signature, nor the issuer, the audience or the expiry. Anyone who can " +
			"create the token controls the result, so do not base security decisions on it " +
			"unless you trust the source of the token. The data source `m2m_access_token` " +
			"verifies the tokens it returns.\n\nThe result is sensitive if the token is " +
			"sensitive, and ephemeral if the token is ephemeral. Terraform shows values in " +
			"errors unless they are sensitive, so mark variables that contain tokens as " +
			"sensitive.\n\nObjects and arrays keep their structure, and numbers keep their " +
			"digits. Use brackets for claims that are named like a URL: " +
			"`.claims[\"https://example.com/roles\"]`. Use `try` for claims that are not in " +
			"every token. The function fails for encrypted (JWE) and opaque tokens, which cannot " +
			"be read.",
		Parameters: []function.Parameter{function.StringParameter{
			Name:                "token",
			MarkdownDescription: "The token in compact form: three parts separated by dots.",
		}},
		Return: function.ObjectReturn{AttributeTypes: decodedJWT},
	}
}

func (*decodeJWTFunction) Run(
	ctx context.Context, req function.RunRequest, resp *function.RunResponse,
) {
	var token string
	if resp.Error = req.Arguments.Get(ctx, &token); resp.Error != nil {
		return
	}
	result, err := decodeJWT(token)
	if err != nil {
		// Terraform adds the full stop.
		resp.Error = function.NewArgumentFuncError(0, report.Capitalize(err.Error()))
		return
	}
	resp.Error = resp.Result.Set(ctx, result)
}

func decodeJWT(token string) (attr.Value, error) {
	header, claims, err := verify.DecodeJWT(token)
	if err != nil {
		return nil, err
	}
	parts := map[string]attr.Value{}
	for name, raw := range map[string]json.RawMessage{"header": header, "claims": claims} {
		value, err := valueOfJSON(raw)
		if err != nil {
			return nil, fmt.Errorf("the token has %w in its %s", err, name)
		}
		parts[name] = types.DynamicValue(value)
	}
	object, diags := types.ObjectValue(decodedJWT, parts)
	return object, firstError(diags)
}

func firstError(diags diag.Diagnostics) error {
	for _, d := range diags.Errors() {
		return errors.New(d.Summary())
	}
	return nil
}

// valueOfJSON converts a JSON value as Terraform's jsondecode does.
func valueOfJSON(raw json.RawMessage) (attr.Value, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // A float64 would round large integers.
	var value any
	_ = decoder.Decode(&value) // It is valid JSON, or the token would not have been decoded.
	return new(jsonConverter).value(value, 0)
}

const (
	// maxJSONDepth and maxJSONValues are far above what real claims need. They bound the type
	// of the result, which Terraform writes out for every level and value.
	maxJSONDepth  = 50
	maxJSONValues = 10_000
	// maxNumberExponent bounds the binary exponent of a number, and so its digits when written
	// out.
	maxNumberExponent = 4096
	// numberPrecision is the precision of Terraform's own numbers, in bits.
	numberPrecision = 512
)

// jsonConverter counts the values that it converts.
type jsonConverter struct{ values int }

func (c *jsonConverter) value(value any, depth int) (attr.Value, error) {
	if c.values++; c.values > maxJSONValues {
		return nil, fmt.Errorf("more than %d values", maxJSONValues)
	}
	if depth > maxJSONDepth {
		return nil, fmt.Errorf("a value nested deeper than %d levels", maxJSONDepth)
	}
	switch value := value.(type) {
	case nil:
		return types.DynamicNull(), nil
	case bool:
		return types.BoolValue(value), nil
	case string:
		return types.StringValue(value), nil
	case json.Number:
		return numberOf(value)
	case []any:
		return c.tuple(value, depth)
	case map[string]any:
		return c.object(value, depth)
	default:
		return nil, fmt.Errorf("a %T", value) // JSON has no other kinds.
	}
}

func numberOf(text json.Number) (attr.Value, error) {
	number, _, err := big.ParseFloat(text.String(), 10, numberPrecision, big.ToNearestEven)
	if err != nil || number.IsInf() ||
		number.Sign() != 0 && max(number.MantExp(nil), -number.MantExp(nil)) > maxNumberExponent {
		return nil, errors.New("a number that is out of range")
	}
	return types.NumberValue(number), nil
}

// tuple converts an array to a tuple, because its elements can have different types.
func (c *jsonConverter) tuple(items []any, depth int) (attr.Value, error) {
	kinds, values := make([]attr.Type, len(items)), make([]attr.Value, len(items))
	for i, item := range items {
		value, err := c.value(item, depth+1)
		if err != nil {
			return nil, err
		}
		kinds[i], values[i] = value.Type(context.Background()), value
	}
	tuple, diags := types.TupleValue(kinds, values)
	return tuple, firstError(diags)
}

func (c *jsonConverter) object(members map[string]any, depth int) (attr.Value, error) {
	kinds, values := make(map[string]attr.Type, len(members)), make(
		map[string]attr.Value, len(members),
	)
	for name, member := range members {
		value, err := c.value(member, depth+1)
		if err != nil {
			return nil, err
		}
		kinds[name], values[name] = value.Type(context.Background()), value
	}
	object, diags := types.ObjectValue(kinds, values)
	return object, firstError(diags)
}
