// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"context"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// jwtWith returns a token with the given claims and a dummy signature.
func jwtWith(claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256","kid":"k1"}`)) + "." + encode([]byte(claims)) + ".c2ln"
}

func object(members map[string]attr.Value) attr.Value {
	kinds := map[string]attr.Type{}
	for name, member := range members {
		kinds[name] = member.Type(context.Background())
	}
	return types.ObjectValueMust(kinds, members)
}

func tuple(items ...attr.Value) attr.Value {
	kinds := make([]attr.Type, len(items))
	for i, item := range items {
		kinds[i] = item.Type(context.Background())
	}
	return types.TupleValueMust(kinds, items)
}

func number(t *testing.T, text string) attr.Value {
	t.Helper()
	n, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	return types.NumberValue(n)
}

// runDecodeJWT calls the function as Terraform does.
func runDecodeJWT(t *testing.T, token string) (attr.Value, *function.FuncError) {
	t.Helper()
	resp := function.RunResponse{Result: function.NewResultData(types.ObjectUnknown(decodedJWT))}
	NewDecodeJWT().Run(t.Context(), function.RunRequest{
		Arguments: function.NewArgumentsData([]attr.Value{types.StringValue(token)}),
	}, &resp)
	return resp.Result.Value(), resp.Error
}

func TestDecodeJWT_claimsKeepTheirTypes(t *testing.T) {
	t.Parallel()
	for claims, want := range map[string]attr.Value{
		`{}`: object(nil),
		`{"scope":"read:orders"}`: object(map[string]attr.Value{
			"scope": types.StringValue("read:orders"),
		}),
		`{"a":true,"b":false}`: object(map[string]attr.Value{
			"a": types.BoolValue(true),
			"b": types.BoolValue(false),
		}),
		`{"exp":1767225600}`: object(map[string]attr.Value{"exp": number(
			t, "1767225600",
		)}),
		`{"n":9007199254740993}`: object(map[string]attr.Value{"n": number(
			t, "9007199254740993",
		)}),
		`{"n":123456789012345678901234567}`: object(map[string]attr.Value{"n": number(
			t, "123456789012345678901234567",
		)}),
		`{"n":-0.1e-3}`: object(map[string]attr.Value{"n": number(t, "-0.0001")}),
		`{"n":0}`:       object(map[string]attr.Value{"n": number(t, "0")}),
		`{"n":null}`:    object(map[string]attr.Value{"n": types.DynamicNull()}),
		`{"aud":[]}`:    object(map[string]attr.Value{"aud": tuple()}),
		`{"aud":["a",1,null,{"b":[]}]}`: object(map[string]attr.Value{"aud": tuple(
			types.StringValue("a"), number(t, "1"), types.DynamicNull(),
			object(map[string]attr.Value{"b": tuple()}),
		)}),
		`{"a":1,"a":"the last one counts"}`: object(map[string]attr.Value{
			"a": types.StringValue("the last one counts"),
		}),
		`{"https://x.example/roles":"\u00e9\n\""}`: object(map[string]attr.Value{
			"https://x.example/roles": types.StringValue("é\n\""),
		}),
	} {
		got, err := runDecodeJWT(t, jwtWith(claims))
		whole := types.ObjectValueMust(decodedJWT, map[string]attr.Value{
			"header": types.DynamicValue(object(map[string]attr.Value{
				"alg": types.StringValue("RS256"),
				"kid": types.StringValue("k1"),
			})),
			"claims": types.DynamicValue(want),
		})
		if err != nil || !got.Equal(whole) {
			t.Errorf("%s: %s %v, want %s", claims, got, err, whole)
		}
	}
}

func TestDecodeJWT_errorsAreOnTheArgument(t *testing.T) {
	t.Parallel()
	nested := func(levels int) string {
		return `{"hush":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `}`
	}
	for name, c := range map[string]struct{ token, want string }{
		"opaque": {
			"hush",
			"The token is opaque: a JSON Web Token has three parts separated by dots, but this " +
				"token has 1",
		},
		"encrypted": {
			"hush.h.h.h.h",
			"The token is encrypted (JWE, five parts), so only the API it is meant for can read " +
				"it",
		},
		"not JSON": {jwtWith("hush"), "The payload of the token is not a JSON object"},
		"too deep": {
			jwtWith(nested(60)), "The token has a value nested deeper than 50 levels in its claims",
		},
		"too many": {
			jwtWith(`{"hush":[` + strings.Repeat("0,", 20_000) + `0]}`),
			"The token has more than 10000 values in its claims",
		},
		"huge": {
			jwtWith(`{"hush":1e999999999}`),
			"The token has a number that is out of range in its claims",
		},
		"huge digits": {
			jwtWith(`{"hush":1e99999999999999999999}`),
			"The token has a number that is out of range in its claims",
		},
		"tiny": {
			jwtWith(`{"hush":1e-999999}`),
			"The token has a number that is out of range in its claims",
		},
	} {
		_, err := runDecodeJWT(t, c.token)
		if err == nil || err.Text != c.want || err.FunctionArgument == nil ||
			*err.FunctionArgument != 0 {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := runDecodeJWT(t, jwtWith(nested(49))); err != nil {
		t.Errorf("49 levels: %v", err)
	}
}
