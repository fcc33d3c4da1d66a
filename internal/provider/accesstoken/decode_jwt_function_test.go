// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/steps"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
)

// functionTest runs steps with a CLI that supports provider functions. It needs no tenant and
// no credentials.
func functionTest(
	t *testing.T, needs []tfversion.TerraformVersionCheck, of ...resource.TestStep,
) {
	t.Helper()
	t.Parallel()
	steps.Run(t, resource.TestCase{
		TerraformVersionChecks:   needs,
		ProtoV6ProviderFactories: protocol.ProviderWith(nil),
		Steps:                    of,
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
		"alg":    {`local.jwt.header.alg`, knownvalue.StringExact("RS256")},
		"iss":    {`local.jwt.claims.iss`, knownvalue.StringExact("https://acme.example.com/")},
		"aud":    {`contains(local.jwt.claims.aud, "b")`, knownvalue.Bool(true)},
		"number": {`tostring(local.jwt.claims.n)`, knownvalue.StringExact("12345678901234567890")},
		"small":  {`local.jwt.claims.small == 0.1`, knownvalue.Bool(true)},
		"null":   {`local.jwt.claims.none == null`, knownvalue.Bool(true)},
		"nulls":  {`local.jwt.claims.mixed[0] == null`, knownvalue.Bool(true)},
		"deep": {
			`local.jwt.claims["https://x.example/deep"].list[2].y[0]`, knownvalue.Bool(true),
		},
		"missing": {`try(local.jwt.claims.scope, "none")`, knownvalue.StringExact("none")},
		"json":    {`jsonencode(local.jwt.claims.aud)`, knownvalue.StringExact(`["a","b"]`)},
	}
	config := decoded
	var checks []statecheck.StateCheck
	for name, c := range want {
		config += output(name, c.expression)
		checks = append(checks, statecheck.ExpectKnownOutputValue(name, c.check))
	}
	functionTest(t, acctest.NeedsFunctions(), resource.TestStep{
		Config:            config,
		ConfigStateChecks: checks,
	})
}

func TestAccDecodeJWT_unknownStaysUnknown(t *testing.T) {
	later := fmt.Sprintf(
		"resource \"terraform_data\" \"later\" {\n  input = %q\n}\n",
		acctest.JWTOf(`{"scope":"read:orders"}`),
	)
	functionTest(t, acctest.NeedsFunctions(), resource.TestStep{
		Config: later + output(
			"scope", "provider::m2m::decode_jwt(terraform_data.later.output).claims.scope",
		),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectUnknownOutputValue("scope"),
		}},
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue(
			"scope", knownvalue.StringExact("read:orders"),
		)},
	})
}

func TestAccDecodeJWT_sensitiveToken(t *testing.T) {
	call := fmt.Sprintf(
		"provider::m2m::decode_jwt(sensitive(%q)).claims.scope",
		acctest.JWTOf(`{"scope":"read:orders"}`),
	)
	functionTest(t, acctest.NeedsFunctions(),
		resource.TestStep{
			Config:      output("scope", call),
			ExpectError: text.Says("Output refers to sensitive values"),
		},
		resource.TestStep{
			Config: output("scope", "nonsensitive("+call+")"),
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue(
				"scope", knownvalue.StringExact("read:orders"),
			)},
		},
	)
}

func TestAccDecodeJWT_ephemeralToken(t *testing.T) {
	refusal := "Ephemeral value not allowed"
	if acctest.IsOpenTofu() {
		refusal = "Output does not allow ephemeral value"
	}
	variable := fmt.Sprintf(
		"variable \"token\" {\n  ephemeral = true\n  default = %q\n}\n",
		acctest.JWTOf(`{"scope":"read:orders"}`),
	)
	functionTest(t, acctest.NeedsEphemeral(), resource.TestStep{
		Config: variable + output(
			"scope", "provider::m2m::decode_jwt(var.token).claims.scope",
		),
		ExpectError: text.Says(refusal),
	})
}

func TestAccDecodeJWT_badArguments(t *testing.T) {
	var steps []resource.TestStep
	for argument, want := range map[string]string{
		`null`:                             `Invalid value for "token" parameter: argument must not be null`,
		`"opaque"`:                         `Invalid value for "token" parameter: The token is opaque`,
		strconv.Quote("e.e.e.e.e"):         `The token is encrypted (JWE, five parts), so only the API it is meant for can read it.`,
		strconv.Quote(acctest.JWTOf(`[]`)): `The payload of the token is not a JSON object.`,
		strconv.Quote("=.e30.c2ln"):        `The header of the token is not base64url.`,
		strconv.Quote("e30.e30.=="):        `The signature of the token is not base64url.`,
		strconv.Quote("e30.e30.a.b"):       `but this token has 4.`,
	} {
		steps = append(steps, resource.TestStep{
			Config:      output("x", "provider::m2m::decode_jwt("+argument+").claims"),
			ExpectError: text.Says(want),
		})
	}
	functionTest(t, acctest.NeedsFunctions(), steps...)
}
