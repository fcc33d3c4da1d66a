// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

// TestSchema_everyPropertyHasAField keeps a property from being accepted and then dropped.
func TestSchema_everyPropertyHasAField(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schema schema.Schema
		object any
	}{
		"create resource server":        {createResourceServerSchema, resourceServer{}},
		"update system resource server": {updateSystemResourceServerSchema, resourceServer{}},
		"update Management API":         {updateManagementAPISchema, resourceServer{}},
		"create client grant":           {createClientGrantSchema, clientGrant{}},
		"update client grant":           {updateClientGrantSchema, clientGrant{}},
		"create client":                 {createClientSchema, client{}},
		"update client":                 {updateClientSchema, client{}},
		"create organization":           {createOrganizationSchema, organization{}},
		"update organization":           {updateOrganizationSchema, organization{}},
		"update credential":             {updateCredentialSchema, credential{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fields := map[string]reflect.StructField{}
			for _, field := range reflect.VisibleFields(reflect.TypeOf(test.object)) {
				name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
				fields[name] = field
			}
			for _, p := range test.schema.Properties {
				field, ok := fields[p.Name]
				if !ok {
					t.Errorf("no field for %s", p.Name)
				}
				clearable := []reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map}
				if p.Nullable && !slices.Contains(clearable, field.Type.Kind()) {
					t.Errorf("null cannot clear %s", p.Name)
				}
			}
		})
	}
}
