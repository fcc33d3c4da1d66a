// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"

	fwprovider "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
)

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
	f := provider.New(provider.Options{})().(fwprovider.ProviderWithFunctions).Functions(t.Context())[0]()
	var definition function.DefinitionResponse
	f.Definition(t.Context(), function.DefinitionRequest{}, &definition)
	result, funcErr := definition.Definition.Return.NewResultData(t.Context())
	if funcErr != nil {
		t.Fatal(funcErr)
	}
	resp := function.RunResponse{Result: result}
	f.Run(t.Context(), function.RunRequest{
		Arguments: function.NewArgumentsData([]attr.Value{types.StringValue(token)}),
	}, &resp)
	return resp.Result.Value(), resp.Error
}

func TestDecodeJWT_claimsKeepTheirTypes(t *testing.T) {
	t.Parallel()
	for claims, want := range map[string]attr.Value{
		`{}`:                                object(nil),
		`{"scope":"read:orders"}`:           object(map[string]attr.Value{"scope": types.StringValue("read:orders")}),
		`{"a":true,"b":false}`:              object(map[string]attr.Value{"a": types.BoolValue(true), "b": types.BoolValue(false)}),
		`{"exp":1767225600}`:                object(map[string]attr.Value{"exp": number(t, "1767225600")}),
		`{"n":9007199254740993}`:            object(map[string]attr.Value{"n": number(t, "9007199254740993")}),
		`{"n":123456789012345678901234567}`: object(map[string]attr.Value{"n": number(t, "123456789012345678901234567")}),
		`{"n":-0.1e-3}`:                     object(map[string]attr.Value{"n": number(t, "-0.0001")}),
		`{"n":0}`:                           object(map[string]attr.Value{"n": number(t, "0")}),
		`{"n":null}`:                        object(map[string]attr.Value{"n": types.DynamicNull()}),
		`{"aud":[]}`:                        object(map[string]attr.Value{"aud": tuple()}),
		`{"aud":["a",1,null,{"b":[]}]}`: object(map[string]attr.Value{"aud": tuple(
			types.StringValue("a"), number(t, "1"), types.DynamicNull(), object(map[string]attr.Value{"b": tuple()}),
		)}),
		`{"a":1,"a":"the last one counts"}`:        object(map[string]attr.Value{"a": types.StringValue("the last one counts")}),
		`{"https://x.example/roles":"\u00e9\n\""}`: object(map[string]attr.Value{"https://x.example/roles": types.StringValue("é\n\"")}),
	} {
		got, err := runDecodeJWT(t, acctest.JWTOf(claims))
		whole := object(map[string]attr.Value{
			"header": types.DynamicValue(object(map[string]attr.Value{"alg": types.StringValue("RS256"), "kid": types.StringValue("k1")})),
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
		"opaque":      {"hush", "The token is opaque: a JSON Web Token has three parts with dots between them, this has 1"},
		"encrypted":   {"hush.h.h.h.h", "The token is encrypted (JWE, five parts), so that only the API that it is for can read it"},
		"not JSON":    {acctest.JWTOf("hush"), "The payload of the token is not a JSON object"},
		"too deep":    {acctest.JWTOf(nested(60)), "The token has a value nested deeper than 50 levels in its claims"},
		"too many":    {acctest.JWTOf(`{"hush":[` + strings.Repeat("0,", 20_000) + `0]}`), "The token has more than 10000 values in its claims"},
		"huge":        {acctest.JWTOf(`{"hush":1e999999999}`), "The token has a number that is out of range in its claims"},
		"huge digits": {acctest.JWTOf(`{"hush":1e99999999999999999999}`), "The token has a number that is out of range in its claims"},
		"tiny":        {acctest.JWTOf(`{"hush":1e-999999}`), "The token has a number that is out of range in its claims"},
	} {
		_, err := runDecodeJWT(t, c.token)
		if err == nil || err.Text != c.want || err.FunctionArgument == nil || *err.FunctionArgument != 0 {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := runDecodeJWT(t, acctest.JWTOf(nested(49))); err != nil {
		t.Errorf("49 levels: %v", err)
	}
}

// functionTest runs steps on a CLI that knows functions of providers; it needs no
// tenant and no credentials.
func functionTest(t *testing.T, oldest tfversion.TerraformVersionCheck, steps ...resource.TestStep) {
	t.Helper()
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{oldest},
		ProtoV6ProviderFactories: acctest.ProviderWith(nil),
		Steps:                    steps,
	})
}

func output(name, expression string) string {
	return fmt.Sprintf("output %q {\n  value = %s\n}\n", name, expression)
}

func TestAccDecodeJWT_headerAndClaims(t *testing.T) {
	token := acctest.JWTOf(`{"iss":"https://acme.example.com/","aud":["a","b"],"n":12345678901234567890,"none":null,` +
		`"https://x.example/deep":{"list":[1,"x",{"y":[true]}]},"small":0.1,"mixed":[null,1]}`)
	decoded := "locals {\n  jwt = provider::m2m::decode_jwt(" + strconv.Quote(token) + ")\n}\n"
	want := map[string]struct {
		expression string
		check      knownvalue.Check
	}{
		"alg":     {`local.jwt.header.alg`, knownvalue.StringExact("RS256")},
		"iss":     {`local.jwt.claims.iss`, knownvalue.StringExact("https://acme.example.com/")},
		"aud":     {`contains(local.jwt.claims.aud, "b")`, knownvalue.Bool(true)},
		"number":  {`tostring(local.jwt.claims.n)`, knownvalue.StringExact("12345678901234567890")},
		"small":   {`local.jwt.claims.small == 0.1`, knownvalue.Bool(true)},
		"null":    {`local.jwt.claims.none == null`, knownvalue.Bool(true)},
		"nulls":   {`local.jwt.claims.mixed[0] == null`, knownvalue.Bool(true)},
		"deep":    {`local.jwt.claims["https://x.example/deep"].list[2].y[0]`, knownvalue.Bool(true)},
		"missing": {`try(local.jwt.claims.scope, "none")`, knownvalue.StringExact("none")},
		"json":    {`jsonencode(local.jwt.claims.aud)`, knownvalue.StringExact(`["a","b"]`)},
	}
	config := decoded
	var checks []statecheck.StateCheck
	for name, c := range want {
		config += output(name, c.expression)
		checks = append(checks, statecheck.ExpectKnownOutputValue(name, c.check))
	}
	functionTest(t, acctest.NeedsFunctions, resource.TestStep{Config: config, ConfigStateChecks: checks})
}

func TestAccDecodeJWT_unknownStaysUnknown(t *testing.T) {
	later := fmt.Sprintf("resource \"terraform_data\" \"later\" {\n  input = %q\n}\n", acctest.JWTOf(`{"scope":"read:orders"}`))
	functionTest(t, acctest.NeedsFunctions, resource.TestStep{
		Config: later + output("scope", "provider::m2m::decode_jwt(terraform_data.later.output).claims.scope"),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectUnknownOutputValue("scope"),
		}},
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("scope", knownvalue.StringExact("read:orders"))},
	})
}

func TestAccDecodeJWT_sensitiveToken(t *testing.T) {
	call := fmt.Sprintf("provider::m2m::decode_jwt(sensitive(%q)).claims.scope", acctest.JWTOf(`{"scope":"read:orders"}`))
	functionTest(t, acctest.NeedsFunctions,
		resource.TestStep{Config: output("scope", call), ExpectError: acctest.Says("Output refers to sensitive values")},
		resource.TestStep{
			Config:            output("scope", "nonsensitive("+call+")"),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("scope", knownvalue.StringExact("read:orders"))},
		},
	)
}

func TestAccDecodeJWT_ephemeralToken(t *testing.T) {
	variable := fmt.Sprintf("variable \"token\" {\n  ephemeral = true\n  default = %q\n}\n", acctest.JWTOf(`{"scope":"read:orders"}`))
	functionTest(t, tfversion.SkipBelow(tfversion.Version1_10_0), resource.TestStep{
		Config:      variable + output("scope", "provider::m2m::decode_jwt(var.token).claims.scope"),
		ExpectError: acctest.Says("Ephemeral value not allowed"),
	})
}

func TestAccDecodeJWT_badArguments(t *testing.T) {
	var steps []resource.TestStep
	for argument, want := range map[string]string{
		`null`:                             `Invalid value for "token" parameter: argument must not be null`,
		`"opaque"`:                         `Invalid value for "token" parameter: The token is opaque`,
		strconv.Quote("e.e.e.e.e"):         `The token is encrypted (JWE, five parts), so that only the API that it is for can read it.`,
		strconv.Quote(acctest.JWTOf(`[]`)): `The payload of the token is not a JSON object.`,
		strconv.Quote("=.e30.c2ln"):        `The header of the token is not base64url.`,
		strconv.Quote("e30.e30.=="):        `The signature of the token is not base64url.`,
		strconv.Quote("e30.e30.a.b"):       `this has 4.`,
	} {
		steps = append(steps, resource.TestStep{
			Config: output("x", "provider::m2m::decode_jwt("+argument+").claims"), ExpectError: acctest.Says(want),
		})
	}
	functionTest(t, acctest.NeedsFunctions, steps...)
}
