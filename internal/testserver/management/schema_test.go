// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// TestSchema_everyPropertyHasAField keeps a property from being accepted and then dropped.
func TestSchema_everyPropertyHasAField(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schema schema.Schema
		object any
	}{
		"create resource server": {createResourceServerSchema, tenant.ResourceServer{}},
		"update system resource server": {
			updateSystemResourceServerSchema, tenant.ResourceServer{},
		},
		"update Management API": {updateManagementAPISchema, tenant.ResourceServer{}},
		"create client grant":   {createClientGrantSchema, tenant.ClientGrant{}},
		"update client grant":   {updateClientGrantSchema, tenant.ClientGrant{}},
		"create client":         {createClientSchema, tenant.Client{}},
		"update client":         {updateClientSchema, tenant.Client{}},
		"create organization":   {createOrganizationSchema, tenant.Organization{}},
		"update organization":   {updateOrganizationSchema, tenant.Organization{}},
		"update credential":     {updateCredentialSchema, tenant.Credential{}},
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
