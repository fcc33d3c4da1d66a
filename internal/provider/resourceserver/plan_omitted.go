// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"maps"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// clearable are the attributes that are cleared if the configuration omits them. A system API keeps
// them, because its template may set them.
var clearable = []string{
	"consent_policy", "authorization_details", "proof_of_possession", "authorization_policy",
}

// leavesToTenant returns a function that reports whether the tenant chooses the value of an
// attribute that the configuration omits.
func leavesToTenant(kind run.SystemKind) func(attribute string) bool {
	return func(attribute string) bool {
		return kind != run.NotSystem || !slices.Contains(clearable, attribute)
	}
}

// defaults are the values of a new API if its configuration omits them, as the Management API
// documents them (API contract 3.1). Null means that the API has no value. The list contains no
// value that depends on the tenant or on another attribute.
var defaults = map[string]any{
	"name":                 nil,
	"scopes":               map[string]tftypes.Value{},
	"signing_alg":          "RS256",
	"token_lifetime":       defaultTokenLifetime,
	"token_dialect":        nil,
	"enforce_policies":     nil,
	"allow_offline_access": false,
	"allow_online_access":  nil,
	"allow_online_access_with_ephemeral_sessions":     nil,
	"skip_consent_for_verifiable_first_party_clients": false,
	"is_system": nil,
	"client_id": nil,
}

// planOmitted plans the attributes that the configuration omits, if their values are known. The
// identifier of a new API tells whether it is a system API.
func planOmitted(
	kind run.SystemKind, config tfsdk.Config, state tfsdk.State, plan *tfsdk.Plan, adopts bool,
) {
	given, stored := attribute.ValuesOf(config.Raw), attribute.ValuesOf(state.Raw)
	planned := maps.Clone(attribute.ValuesOf(plan.Raw))
	set := func(name string, value any) {
		if given[name].IsNull() {
			planned[name] = tftypes.NewValue(planned[name].Type(), value)
		}
	}
	creating, system := state.Raw.IsNull(), kind != run.NotSystem
	certain := !adopts && !system && given["identifier"].IsKnown()
	for _, name := range clearable {
		switch {
		case creating && (system || !given["identifier"].IsKnown()):
			set(name, tftypes.UnknownValue)
		case creating, !system && !isEmpty(stored[name]):
			set(name, nil)
		case given[name].IsNull():
			planned[name] = stored[name]
		}
	}
	switch {
	case !creating:
	case system:
		set("scopes", nil)
	case certain:
		for name, value := range defaults {
			set(name, value)
		}
		if !exceedsLifetime(planned["token_lifetime"]) {
			set("token_lifetime_for_web", defaultTokenLifetimeForWeb)
		}
	}
	plan.Raw = tftypes.NewValue(plan.Raw.Type(), planned)
}

// defaultTokenLifetimeForWeb is the default of the Management API (API contract 3.1).
const defaultTokenLifetimeForWeb = 7200

// exceedsLifetime reports whether the default web lifetime may exceed a planned token lifetime. It
// is not documented which web lifetime an API has then.
func exceedsLifetime(lifetime tftypes.Value) bool {
	var seconds big.Float
	return !lifetime.IsKnown() || lifetime.As(&seconds) != nil ||
		seconds.Cmp(big.NewFloat(defaultTokenLifetimeForWeb)) < 0
}

// isEmpty reports whether a value is an empty list, which means the same as null.
func isEmpty(value tftypes.Value) bool {
	var elements []tftypes.Value
	return value.Type().Is(tftypes.List{}) && !value.IsNull() && value.As(&elements) == nil &&
		len(elements) == 0
}
