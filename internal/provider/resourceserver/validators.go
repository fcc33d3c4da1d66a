// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// identifierValidator checks the identifier of an API (API contract 3.1). It warns if the
// identifier is not an absolute URI: the Auth0 documentation asks for one, but the tenant accepts
// any string.
type identifierValidator struct{ attribute.Described }

func (identifierValidator) ValidateString(
	_ context.Context, req validator.StringRequest, resp *validator.StringResponse,
) {
	if attribute.IsUnset(req.ConfigValue) {
		return
	}
	value := req.ConfigValue.ValueString()
	switch length := utf8.RuneCountInString(value); {
	case length == 0:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid identifier",
			"The identifier of an API must not be empty. Set it to the audience of its tokens, "+
				"such as https://orders.example.com.")
	case length > attribute.MaxIdentifier:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid identifier",
			fmt.Sprintf(
				"The identifier of an API may have at most %d characters; this one has %d.",
				attribute.MaxIdentifier, length,
			))
	case strings.TrimSpace(value) != value:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid identifier",
			fmt.Sprintf("The identifier %q starts or ends with white space, which would be part "+
				"of the audience in every token request. Remove the white space.", value))
	case !isAbsoluteURI(value):
		resp.Diagnostics.AddAttributeWarning(req.Path, fmt.Sprintf(
			"The identifier %q is not a URI", value),
			"It is neither an absolute URI, such as https://orders.example.com, nor a URN. The "+
				"tenant accepts it, but the Auth0 documentation asks for a URI, and an identifier "+
				"can never be changed.")
	}
}

func isAbsoluteURI(value string) bool {
	u, err := url.Parse(value)
	return err == nil && u.IsAbs() && (u.Host != "" ||
		u.Opaque != "") && !strings.ContainsFunc(value, unicode.IsSpace)
}

// minKeyBits is the length of the shortest RSA key that the tenant accepts.
const minKeyBits = 2048

// publicKeyValidator checks for an RSA public key, or a certificate with one, in PEM (API contract
// 3.6).
type publicKeyValidator struct{ attribute.Described }

func (publicKeyValidator) ValidateString(
	_ context.Context, req validator.StringRequest, resp *validator.StringResponse,
) {
	if attribute.IsUnset(req.ConfigValue) {
		return
	}
	bits, err := input.PublicKeyBits(req.ConfigValue.ValueString())
	switch {
	case err != nil:
		resp.Diagnostics.AddAttributeError(
			req.Path, "Invalid encryption key", report.Capitalize(err.Error())+".",
		)
	case bits < minKeyBits:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid encryption key",
			fmt.Sprintf("The key has %d bits; at least %d are needed. Create a longer key.",
				bits, minKeyBits))
	}
}
