// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
)

// headers are extra headers for every request. A header with a null value is not sent.
type headers struct {
	values  map[string]string
	unknown bool // The map or one of its values is unknown.
}

func headersOf(config types.Map) headers {
	h := headers{unknown: config.IsUnknown()}
	for name, element := range config.Elements() {
		value, ok := element.(types.String)
		switch {
		case element.IsUnknown():
			h.unknown = true
		case ok && !value.IsNull():
			if h.values == nil {
				h.values = make(map[string]string)
			}
			h.values[name] = value.ValueString()
		}
	}
	return h
}

// check reports invalid headers. Its errors are not on the attribute, because Terraform would
// print the lines with the secrets.
func (h headers) check(diags *diag.Diagnostics) {
	seen := make(map[string]string, len(h.values))
	for _, name := range slices.Sorted(maps.Keys(h.values)) {
		if err := input.CheckHeader(name, h.values[name]); err != nil {
			diags.AddError("Invalid header", "The provider's headers: "+err.Error()+".")
			continue
		}
		same := http.CanonicalHeaderKey(name)
		if other, ok := seen[same]; ok {
			diags.AddError("Duplicate header", fmt.Sprintf("The provider's headers: %s and %s "+
				"are the same header, because header names are not case-sensitive.", other, name))
		}
		seen[same] = name
	}
}
