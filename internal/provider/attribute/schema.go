// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// OrList lists alternatives for a description: `a`, `b` or `c`.
func OrList(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "`" + v + "`"
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

// UseExisting returns the attribute use_existing, for types that can adopt objects.
func UseExisting(what string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true,
		MarkdownDescription: "Whether to adopt " + what +
			" that already exists, and update it to match this configuration in the same " +
			"apply, instead of failing. The plan looks for it and lists what will change. " +
			"Default `false`.",
	}
}
