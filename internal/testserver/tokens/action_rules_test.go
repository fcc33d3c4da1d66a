// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestActionRules(t *testing.T) {
	t.Parallel()
	var rules []ActionRule
	if err := json.Unmarshal([]byte(`[
		{"claims":{"tier":"basic","all":true}},
		{"client_id":"c","claims":{"tier":"gold"}},
		{"audience":"urn:a","scope":"write read","deny":{"code":"invalid_scope","reason":"Not both."}},
		{"organization":"org_1","audience":"urn:a","deny":{"code":"invalid_request","reason":"Not here."}},
		{"organization":"org_1","deny":{"code":"server_error","reason":"Too late."}}
	]`), &rules); err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		if err := rule.validate(); err != nil {
			t.Errorf("%+v: %v", rule, err)
		}
	}
	for _, test := range []struct {
		exchange Exchange
		denial   string
		claims   map[string]any
	}{
		{
			exchange: Exchange{ClientID: "d", Audience: "urn:a", Scopes: []string{"read"}},
			claims:   map[string]any{"tier": "basic", "all": true},
		},
		{
			exchange: Exchange{ClientID: "c", Audience: "urn:b"},
			claims:   map[string]any{"tier": "gold", "all": true},
		},
		{
			exchange: Exchange{
				ClientID: "c",
				Audience: "urn:a",
				Scopes:   []string{"read", "x", "write"},
			},
			denial: "Not both.",
		},
		{exchange: Exchange{Audience: "urn:a", OrganizationID: "org_1"}, denial: "Not here."},
		{exchange: Exchange{Audience: "urn:b", OrganizationID: "org_1"}, denial: "Too late."},
	} {
		verdict := actionOf(rules)(test.exchange)
		denial := ""
		if verdict.Deny != nil {
			denial = verdict.Deny.Reason
		}
		if denial != test.denial || !cmp.Equal(verdict.Claims, test.claims) {
			t.Errorf("%+v: %q %v", test.exchange, denial, verdict.Claims)
		}
	}
}

func TestActionRule_validate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rule ActionRule
		want string
	}{
		{ActionRule{ClientID: "c"}, "an action must have `deny` or `claims`"},
		{
			ActionRule{Deny: &Denial{"invalid_scope", "No."}, Claims: map[string]any{"a": 1}},
			"an action cannot have both `deny` and `claims`: a token that is denied has no claims",
		},
		{
			ActionRule{Deny: &Denial{"access_denied", "No."}},
			"the `code` of `deny` must be one of invalid_request, invalid_scope, server_error, " +
				"not \"access_denied\"",
		},
		{ActionRule{Deny: &Denial{Code: "invalid_scope"}}, "`deny` must have a `reason`"},
		{
			ActionRule{Claims: map[string]any{"a": math.Inf(1)}},
			"`claims` cannot be written as JSON: json: unsupported value: +Inf",
		},
	} {
		if err := test.rule.validate(); err == nil || err.Error() != test.want {
			t.Errorf("%+v: %v", test.rule, err)
		}
	}
}
