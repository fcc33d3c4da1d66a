// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
)

// Described is embedded in validators and plan modifiers and provides their description.
type Described string

// Description returns the description in plain text.
func (d Described) Description(context.Context) string { return string(d) }

// MarkdownDescription returns the description in Markdown.
func (d Described) MarkdownDescription(context.Context) string { return string(d) }

// IsUnset reports whether a string has no known value.
func IsUnset(s types.String) bool { return s.IsNull() || s.IsUnknown() }

// PrivateKeyForm says what a private key must be.
const PrivateKeyForm = "It must be the text of an RSA private key in PEM, with its line breaks, " +
	"from -----BEGIN to -----END. A public key or the name of a file is not accepted."

// Duration accepts a positive duration.
func Duration() validator.String { return durationValidator{"a positive duration"} }

type durationValidator struct{ Described }

func (durationValidator) ValidateString(
	_ context.Context, req validator.StringRequest, resp *validator.StringResponse,
) {
	if IsUnset(req.ConfigValue) {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || d <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration",
			fmt.Sprintf(
				"%q is not a positive duration such as 10s or 1m30s.",
				req.ConfigValue.ValueString(),
			))
	}
}

// MaxIdentifier is the maximum number of characters in the identifier of an API (API contract
// 3.1).
const MaxIdentifier = 600

const minSecret = 16 // API contract 3.3.

// Secret checks the minimum length of a signing secret (API contract 3.3). Its error is not on
// an attribute, because Terraform would print the line with the secret.
func Secret() validator.String { return secretValidator{"a secret of at least 16 characters"} }

type secretValidator struct{ Described }

func (secretValidator) ValidateString(
	_ context.Context, req validator.StringRequest, resp *validator.StringResponse,
) {
	if IsUnset(req.ConfigValue) {
		return
	}
	if length := utf8.RuneCountInString(req.ConfigValue.ValueString()); length < minSecret {
		resp.Diagnostics.AddError("Invalid signing secret",
			fmt.Sprintf(
				"%s has %d characters; the API requires at least %d.", req.Path, length, minSecret,
			))
	}
	if err := input.CheckEnds(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddWarning("Invisible characters in signing secret",
			fmt.Sprintf("%s %s. The API treats this as part of the secret. Remove it, if it is "+
				"not meant.", req.Path, err))
	}
}

// Audience checks the audience of a grant or a token. The API may be managed elsewhere, so the
// style of the identifier is not checked.
func Audience() validator.String { return audienceValidator{"an API identifier"} }

type audienceValidator struct{ Described }

func (audienceValidator) ValidateString(
	_ context.Context, req validator.StringRequest, resp *validator.StringResponse,
) {
	if IsUnset(req.ConfigValue) {
		return
	}
	value := req.ConfigValue.ValueString()
	switch {
	case value == "":
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid audience",
			"The audience must not be empty. It is the identifier of an API, such as "+
				"https://orders.example.com.")
	case utf8.RuneCountInString(value) > MaxIdentifier:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid audience",
			fmt.Sprintf("The audience has %d characters; the identifier of an API has at most %d.",
				utf8.RuneCountInString(value), MaxIdentifier))
	case strings.TrimSpace(value) != value:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid audience",
			fmt.Sprintf(
				"The audience %q starts or ends with white space; no API has such an identifier.",
				value,
			))
	}
}

// ClientID checks the id of a client. An empty id usually comes from a variable.
func ClientID() validator.String { return clientIDValidator{"the id of a client"} }

type clientIDValidator struct{ Described }

func (clientIDValidator) ValidateString(
	_ context.Context, req validator.StringRequest, resp *validator.StringResponse,
) {
	if !IsUnset(req.ConfigValue) && req.ConfigValue.ValueString() == "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Empty client_id",
			fmt.Sprintf("%s is empty. If a variable sets it, check whether the variable is unset.",
				req.Path))
	}
}
