// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver_test

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

// hasDefault in tfstate/confirm.go knows no other kind of attribute with a default. Without it, an
// apply would not notice that the tenant stored something other than the default.
func TestSchema_onlyListNestedAttributesHaveDefaults(t *testing.T) {
	t.Parallel()
	defaults := 0
	for name, attribute := range protocol.ResourceSchemas(t)["m2m_resource_server"].Attributes {
		value := reflect.ValueOf(attribute).FieldByName("Default")
		if !value.IsValid() || value.IsNil() {
			continue
		}
		defaults++
		if _, known := attribute.(schema.ListNestedAttribute); !known {
			t.Errorf("%s has a default, which hasDefault does not know", name)
		}
	}
	if defaults == 0 {
		t.Error("no attribute has a default, so hasDefault is not needed")
	}
}
