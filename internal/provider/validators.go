// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// described gives a validator its two descriptions.
type described string

func (d described) Description(context.Context) string         { return string(d) }
func (d described) MarkdownDescription(context.Context) string { return string(d) }

func isUnset(s types.String) bool { return s.IsNull() || s.IsUnknown() }

// domainValidator accepts what m2m.ParseDomain does.
type domainValidator struct{ described }

func (domainValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if isUnset(req.ConfigValue) {
		return
	}
	if _, err := m2m.ParseDomain(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid domain", capitalize(err.Error())+".")
	}
}

// durationValidator accepts a positive duration.
type durationValidator struct{ described }

func (durationValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if isUnset(req.ConfigValue) {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || d <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration",
			fmt.Sprintf("%q is not a positive duration such as 10s or 1m30s.", req.ConfigValue.ValueString()))
	}
}

// identifierValidator holds the rules for the identifier of an API (API contract
// 3.1) and warns of one that is no absolute URI: the documentation asks for one,
// the wire takes any string.
type identifierValidator struct{ described }

const maxIdentifier = 600

func (identifierValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if isUnset(req.ConfigValue) {
		return
	}
	value := req.ConfigValue.ValueString()
	switch length := utf8.RuneCountInString(value); {
	case length == 0:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid identifier",
			"The identifier of an API must not be empty. It is the audience of its tokens, such as https://orders.example.com.")
	case length > maxIdentifier:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid identifier",
			fmt.Sprintf("The identifier of an API may have at most %d characters; this one has %d.", maxIdentifier, length))
	case strings.TrimSpace(value) != value:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid identifier",
			fmt.Sprintf("The identifier %q starts or ends with white space. It would be part of the audience, "+
				"and no token could be asked for without it.", value))
	case !isAbsoluteURI(value):
		resp.Diagnostics.AddAttributeWarning(req.Path, "Identifier is not a URI",
			fmt.Sprintf("The identifier %q is neither an absolute URI, such as https://orders.example.com, nor a URN. "+
				"The API accepts it, but it can never be changed, and the documentation asks for a URI.", value))
	}
}

func isAbsoluteURI(value string) bool {
	u, err := url.Parse(value)
	return err == nil && u.IsAbs() && (u.Host != "" || u.Opaque != "") && !strings.ContainsFunc(value, unicode.IsSpace)
}

const (
	maxScope            = 280
	maxScopeDescription = 500
)

// reservedScopes are those of OpenID Connect; as scopes of an API they misbehave
// (API contract 3.2).
var reservedScopes = []string{
	"address", "created_at", "email", "email_verified", "family_name", "given_name", "identities", "name", "nickname",
	"offline_access", "openid", "phone", "picture", "profile",
}

// scopeMapValidator checks the scopes that an API defines.
type scopeMapValidator struct{ described }

func (scopeMapValidator) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
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
		if ok && utf8.RuneCountInString(description.ValueString()) > maxScopeDescription {
			resp.Diagnostics.AddAttributeError(at, "Invalid scope",
				fmt.Sprintf("The description of a scope may have at most %d characters.", maxScopeDescription))
		}
	}
	checkScopes(&resp.Diagnostics, scopes, req.Path.AtMapKey)
}

func warnOfReservedScope(diags *diag.Diagnostics, at path.Path, scope string) {
	if slices.Contains(reservedScopes, scope) {
		diags.AddAttributeWarning(at, "Reserved scope",
			fmt.Sprintf("The scope %q belongs to OpenID Connect and should not be a scope of an API.", scope))
	}
}

// scopeValidator checks one scope of an API.
type scopeValidator struct{ described }

func (scopeValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if isUnset(req.ConfigValue) {
		return
	}
	scope := req.ConfigValue.ValueString()
	warnOfReservedScope(&resp.Diagnostics, req.Path, scope)
	checkScopes(&resp.Diagnostics, []string{scope}, func(string) path.Path { return req.Path })
}

// scopeSetValidator checks the scopes that a grant lists or a token is asked for.
type scopeSetValidator struct{ described }

func (scopeSetValidator) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	var scopes []string
	for _, element := range req.ConfigValue.Elements() {
		if scope, ok := element.(types.String); ok && !scope.IsUnknown() {
			scopes = append(scopes, scope.ValueString())
		}
	}
	checkScopes(&resp.Diagnostics, scopes, func(scope string) path.Path { return req.Path.AtSetValue(types.StringValue(scope)) })
}

// checkScopes reports scopes that the API refuses, and those that a token cannot
// carry unharmed, as its scope claim separates them by spaces. Two that differ
// in white space only are the same scope there.
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
				fmt.Sprintf("A scope may have at most %d characters; %q… has %d.", maxScope, string([]rune(scope)[:40]), length))
		case seen[trimmed]:
			diags.AddAttributeError(at(scope), "Duplicate scope",
				fmt.Sprintf("The scope %q is there twice; the two differ in white space only.", trimmed))
		case strings.ContainsFunc(scope, unicode.IsSpace):
			diags.AddAttributeWarning(at(scope), "White space in a scope",
				fmt.Sprintf("The scope %q contains white space. A token lists its scopes separated by spaces, "+
					"so no API can tell this one apart.", scope))
		}
		seen[trimmed] = true
	}
}

// secretValidator holds the least length of a signing secret (API contract 3.3).
// Its error is on no attribute, as Terraform would print the line with the secret.
type secretValidator struct{ described }

func (secretValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if isUnset(req.ConfigValue) {
		return
	}
	if length := utf8.RuneCountInString(req.ConfigValue.ValueString()); length < minSecret {
		resp.Diagnostics.AddError("Invalid signing secret",
			fmt.Sprintf("%s has %d characters; the API takes at least %d.", req.Path, length, minSecret))
	}
}

// publicKeyValidator accepts the PEM of an RSA public key or of a certificate
// with one (API contract 3.6).
type publicKeyValidator struct{ described }

func (publicKeyValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if isUnset(req.ConfigValue) {
		return
	}
	if _, err := m2m.Thumbprint(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid encryption key", capitalize(err.Error())+".")
	}
}

// audienceValidator checks the audience of a grant or a token. It may name an
// API that is managed elsewhere, so it does not judge how it is written.
type audienceValidator struct{ described }

func (audienceValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if isUnset(req.ConfigValue) {
		return
	}
	value := req.ConfigValue.ValueString()
	switch {
	case value == "":
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid audience",
			"The audience must not be empty. It is the identifier of an API, such as https://orders.example.com.")
	case utf8.RuneCountInString(value) > maxIdentifier:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid audience",
			fmt.Sprintf("The identifier of an API has at most %d characters.", maxIdentifier))
	case strings.TrimSpace(value) != value:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid audience",
			fmt.Sprintf("The audience %q starts or ends with white space; no API has such an identifier.", value))
	}
}
