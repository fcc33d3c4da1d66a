// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// StateOf returns a state in the types of JSON, without null attributes of objects.
func StateOf(t *testing.T, typeName string, state *tfprotov6.DynamicValue) any {
	t.Helper()
	schemas, err := Configured(t, nil).GetProviderSchema(
		t.Context(), &tfprotov6.GetProviderSchemaRequest{},
	)
	NoDiagnostics(t, schemas.Diagnostics, err)
	value, err := state.Unmarshal(schemas.ResourceSchemas[typeName].ValueType())
	if err != nil {
		t.Fatal(err)
	}
	return PlainValue(t, value)
}

// PlainValue returns a value in the types of JSON, without null attributes of objects.
func PlainValue(t testing.TB, value tftypes.Value) any {
	t.Helper()
	as := func(into any) {
		if err := value.As(into); err != nil {
			t.Fatal(err)
		}
	}
	switch kind := value.Type(); {
	case value.IsNull():
		return nil
	case kind.Is(tftypes.String):
		var text string
		as(&text)
		return text
	case kind.Is(tftypes.Bool):
		var yes bool
		as(&yes)
		return yes
	case kind.Is(tftypes.Number):
		var number big.Float
		as(&number)
		float, _ := number.Float64()
		return float
	case kind.Is(tftypes.Object{}), kind.Is(tftypes.Map{}):
		var parts map[string]tftypes.Value
		as(&parts)
		out := map[string]any{}
		for name, part := range parts {
			if kind.Is(tftypes.Map{}) || !part.IsNull() {
				out[name] = PlainValue(t, part)
			}
		}
		return out
	default:
		var parts []tftypes.Value
		as(&parts)
		out := []any{}
		for _, part := range parts {
			out = append(out, PlainValue(t, part))
		}
		return out
	}
}
