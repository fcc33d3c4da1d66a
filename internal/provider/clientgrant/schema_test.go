// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
)

func TestClientGrantsData_typesMatchResource(t *testing.T) {
	t.Parallel()
	var resp resource.SchemaResponse
	NewResource().Schema(t.Context(), resource.SchemaRequest{}, &resp)
	shown := shownAttributes()
	for name, attribute := range shown {
		if model, ok := resp.Schema.Attributes[name]; !ok ||
			!model.GetType().Equal(attribute.GetType()) {
			t.Errorf(
				"%s is %v in data sources and %v in the resource", name, attribute.GetType(), model,
			)
		}
	}
	for name := range resp.Schema.Attributes {
		if _, ok := shown[name]; ok == (name == "use_existing") {
			t.Errorf("%s is shown: %t", name, ok)
		}
	}
}
