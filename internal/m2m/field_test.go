// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"encoding/json"
	"testing"
)

func TestField_distinguishesOmittedNullAndValue(t *testing.T) {
	t.Parallel()
	type body struct {
		Text  Field[string]            `json:"text,omitzero"`
		Flag  Field[bool]              `json:"flag,omitzero"`
		Count Field[int64]             `json:"count,omitzero"`
		List  Field[[]string]          `json:"list,omitzero"`
		Inner Field[ProofOfPossession] `json:"inner,omitzero"`
	}
	for want, in := range map[string]body{
		`{}`: {},
		`{"text":null,"flag":null,"count":null,"list":null,"inner":null}`: {
			Null[string](), Null[bool](), Null[int64](), Null[[]string](),
			Null[ProofOfPossession](),
		},
		`{"text":"","flag":false,"count":0,"list":[],"inner":{"mechanism":"","required":false}}`: {
			Set(""), Set(false), Set[int64](0), Set([]string{}), Set(ProofOfPossession{}),
		},
		// An empty set often arrives as a nil slice; null would be a different request.
		`{"list":[]}`: {List: Set[[]string](nil)},
		`{"text":"a","flag":true,"count":86400,"list":["b","a"]}`: {
			Text: Set("a"), Flag: Set(true), Count: Set[int64](86400),
			List: Set([]string{"b", "a"}),
		},
	} {
		got, err := json.Marshal(in)
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
}

func TestField_valueIsNilUnlessSet(t *testing.T) {
	t.Parallel()
	if v := (Field[string]{}).Value(); v != nil {
		t.Errorf("omitted: %q", *v)
	}
	if v := Null[string]().Value(); v != nil {
		t.Errorf("null: %q", *v)
	}
	if v := Set("x").Value(); v == nil || *v != "x" {
		t.Errorf("set: %v", v)
	}
	if (Field[string]{}).IsZero() != true || Null[string]().IsZero() || Set("").IsZero() {
		t.Error("IsZero must be true only for an omitted field")
	}
}
