// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"
)

// TestDataSources_typesMatchResources lets a value of one stand where the
// other is expected.
func TestDataSources_typesMatchResources(t *testing.T) {
	t.Parallel()
	v := viewOf(t.Context(), newResourceServerResource(), resourceServerAttributes())
	for name, shown := range v.shown {
		if model, ok := v.model[name]; !ok || !shown.Equal(model) {
			t.Errorf("%s is %v in data sources and %v in the resource", name, shown, model)
		}
	}
	for name := range v.model {
		_, shown := v.shown[name]
		if left := strings.HasPrefix(name, "signing_secret") || name == "use_existing"; shown == left {
			t.Errorf("%s is shown: %t", name, shown)
		}
	}
}
