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

// UseExisting is the attribute use_existing of a type that can adopt objects.
func UseExisting(what string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true,
		MarkdownDescription: "Whether to adopt " + what +
			" that exists already, and bring it to this configuration in the same apply, " +
			"instead of failing. The plan looks for it and names what changes. Default `false`.",
	}
}
