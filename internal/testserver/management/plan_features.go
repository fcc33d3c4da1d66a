// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

// checkPlan refuses a body that sets what the plan lacks, and names all of it. Null sets nothing.
func (h *Handlers) checkPlan(given schema.Document) error {
	var lacking []string
	for _, name := range planFeatures {
		if given[name] != nil && slices.Contains(h.withoutFeatures, name) {
			lacking = append(lacking, name)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	return errFeatureNotEnabled.With(strings.Join(lacking, ", "))
}
