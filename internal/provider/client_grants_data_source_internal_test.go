// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"
)

func TestClientGrantsData_typesMatchResource(t *testing.T) {
	t.Parallel()
	v := viewOf(t.Context(), newClientGrantResource(), clientGrantAttributes())
	for name, shown := range v.shown {
		if model, ok := v.model[name]; !ok || !shown.Equal(model) {
			t.Errorf("%s is %v in data sources and %v in the resource", name, shown, model)
		}
	}
	for name := range v.model {
		if _, shown := v.shown[name]; shown == (name == "use_existing") {
			t.Errorf("%s is shown: %t", name, shown)
		}
	}
}
