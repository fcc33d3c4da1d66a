// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func TestDifference(t *testing.T) {
	t.Parallel()
	text := func(value any) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }
	number := func(value int64) tftypes.Value {
		return tftypes.NewValue(tftypes.Number, big.NewFloat(float64(value)))
	}
	set := func(values ...tftypes.Value) tftypes.Value {
		return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, values)
	}
	scopes := func(values map[string]tftypes.Value) tftypes.Value {
		return tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, values)
	}
	inner := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"policy": tftypes.String}}
	outer := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"client": inner}}
	subject := func(policy string) tftypes.Value {
		return tftypes.NewValue(outer, map[string]tftypes.Value{
			"client": tftypes.NewValue(inner, map[string]tftypes.Value{"policy": text(policy)}),
		})
	}
	for name, tt := range map[string]struct {
		before, after tftypes.Value
		want          []string
	}{
		"text":   {text("a"), text("b\x1b[31m"), []string{`~ x: "a" -> "b\x1b[31m"`}},
		"number": {number(86400), number(600), []string{"~ x: 86400 -> 600"}},
		"clears": {text("a"), text(nil), []string{`~ x: "a" -> null`}},
		"set": {
			set(text("a"), text("b")), set(text("b"), text("c")),
			[]string{"~ x:", `    - "a"`, `    + "c"`},
		},
		"map": {
			scopes(map[string]tftypes.Value{"a": text("A"), "b": text("B")}),
			scopes(map[string]tftypes.Value{"b": text(nil), "c": text("C")}),
			[]string{"~ x:", `    - "a"`, `    ~ "b": "B" -> null`, `    + "c"`},
		},
		"object": {
			subject("deny_all"), subject("require_client_grant"),
			[]string{
				"~ x:", "    ~ client:", `        ~ policy: "deny_all" -> "require_client_grant"`,
			},
		},
		"new object": {
			tftypes.NewValue(outer, nil), subject("deny_all"),
			[]string{`~ x: null -> { client = { policy = "deny_all" } }`},
		},
		"long text": {
			text("a"), text(strings.Repeat("é", 100)),
			[]string{`~ x: "a" -> "` + strings.Repeat("é", 80) + `"…`},
		},
	} {
		got := difference("x", tt.before, tt.after)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
