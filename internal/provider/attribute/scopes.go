// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const (
	maxScope = 280
	// MaxScopeDescription is the maximum number of characters in the description of a scope.
	MaxScopeDescription = 500
)

// reservedScopes belong to OpenID Connect and do not work reliably as scopes of an API (API
// contract 3.2).
var reservedScopes = []string{
	"address", "created_at", "email", "email_verified", "family_name", "given_name", "identities",
	"name", "nickname",
	"offline_access", "openid", "phone", "picture", "profile",
}

// ScopeMap checks the scopes that an API defines, with their descriptions.
func ScopeMap() validator.Map {
	return scopeMapValidator{"scopes of 1 to 280 characters with descriptions of at most 500"}
}

type scopeMapValidator struct{ Described }

func (scopeMapValidator) ValidateMap(
	_ context.Context, req validator.MapRequest, resp *validator.MapResponse,
) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	elements := req.ConfigValue.Elements()
	scopes := make([]string, 0, len(elements))
	for scope, element := range elements {
		scopes = append(scopes, scope)
		at := req.Path.AtMapKey(scope)
		warnOfReservedScope(&resp.Diagnostics, at, scope)
		description, ok := element.(types.String)
		if ok && utf8.RuneCountInString(description.ValueString()) > MaxScopeDescription {
			resp.Diagnostics.AddAttributeError(at, "Invalid scope",
				fmt.Sprintf("The description of the scope %q may have at most %d characters.",
					scope, MaxScopeDescription))
		}
	}
	checkScopes(&resp.Diagnostics, scopes, req.Path.AtMapKey)
}

func warnOfReservedScope(diags *diag.Diagnostics, at path.Path, scope string) {
	if slices.Contains(reservedScopes, scope) {
		diags.AddAttributeWarning(at, fmt.Sprintf("Reserved scope %q", scope),
			fmt.Sprintf(
				"The scope %q belongs to OpenID Connect and should not be a scope of an API. "+
					"Choose another name.",
				scope,
			))
	}
}

// Scope checks one scope of an API.
func Scope() validator.String { return scopeValidator{"a scope"} }

type scopeValidator struct{ Described }

func (scopeValidator) ValidateString(
	_ context.Context, req validator.StringRequest, resp *validator.StringResponse,
) {
	if IsUnset(req.ConfigValue) {
		return
	}
	scope := req.ConfigValue.ValueString()
	warnOfReservedScope(&resp.Diagnostics, req.Path, scope)
	checkScopes(&resp.Diagnostics, []string{scope}, func(string) path.Path { return req.Path })
}

// ScopeSet checks the scopes that a grant lists or a token request asks for.
func ScopeSet() validator.Set { return scopeSetValidator{"scopes of 1 to 280 characters"} }

type scopeSetValidator struct{ Described }

func (scopeSetValidator) ValidateSet(
	_ context.Context, req validator.SetRequest, resp *validator.SetResponse,
) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	var scopes []string
	for _, element := range req.ConfigValue.Elements() {
		if scope, ok := element.(types.String); ok && !scope.IsUnknown() {
			scopes = append(scopes, scope.ValueString())
		}
	}
	checkScopes(&resp.Diagnostics, scopes, func(scope string) path.Path {
		return req.Path.AtSetValue(types.StringValue(scope))
	})
}

// checkScopes reports scopes that the Management API refuses, and scopes that a token cannot
// represent: its scope claim is separated by spaces, so scopes that differ only in white space
// look the same there.
func checkScopes(diags *diag.Diagnostics, scopes []string, at func(string) path.Path) {
	slices.Sort(scopes)
	seen := make(map[string]bool, len(scopes))
	for _, scope := range scopes {
		trimmed := strings.TrimSpace(scope)
		length := utf8.RuneCountInString(scope)
		switch {
		case length == 0:
			diags.AddAttributeError(at(scope), "Invalid scope", "A scope must not be empty.")
		case length > maxScope:
			diags.AddAttributeError(at(scope), "Invalid scope",
				fmt.Sprintf(
					"A scope may have at most %d characters; %q… has %d.", maxScope,
					string([]rune(scope)[:40]), length,
				))
		case seen[trimmed]:
			diags.AddAttributeError(at(scope), "Duplicate scope",
				fmt.Sprintf(
					"The scope %q is listed twice; the two entries differ only in white space.",
					trimmed,
				))
		case strings.ContainsFunc(scope, unicode.IsSpace):
			diags.AddAttributeWarning(at(scope), fmt.Sprintf("White space in the scope %q", scope),
				fmt.Sprintf("The scope %q contains white space. A token separates its scopes "+
					"with spaces, so an API cannot recognize this scope. Rename it.", scope))
		}
		seen[trimmed] = true
	}
}
