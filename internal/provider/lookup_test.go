// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// reading is a data source with the given arguments.
func reading(typeName string, arguments ...string) string {
	return fmt.Sprintf("data %q \"it\" {\n  %s\n}\n", typeName, strings.Join(arguments, "\n  "))
}

// dataSourceSchema is the schema of a data source of the provider.
func dataSourceSchema(t *testing.T, typeName string) schema.Schema {
	t.Helper()
	for _, constructor := range New(Options{})().DataSources(t.Context()) {
		d := constructor()
		var metadata datasource.MetadataResponse
		d.Metadata(t.Context(), datasource.MetadataRequest{ProviderTypeName: "m2m"}, &metadata)
		if metadata.TypeName == typeName {
			var resp datasource.SchemaResponse
			d.Schema(t.Context(), datasource.SchemaRequest{}, &resp)
			return resp.Schema
		}
	}
	t.Fatalf("there is no data source %s", typeName)
	return schema.Schema{}
}

// at checks one value of a data source. A step is the name of an attribute or the
// index of an item.
func at(address string, check knownvalue.Check, attribute string, steps ...any) statecheck.StateCheck {
	where := tfjsonpath.New(attribute)
	for _, step := range steps {
		if index, ok := step.(int); ok {
			where = where.AtSliceIndex(index)
		} else {
			where = where.AtMapKey(fmt.Sprint(step))
		}
	}
	return statecheck.ExpectKnownValue(address, where, check)
}

// awkwardTenant has the answers that a client has to put up with.
func awkwardTenant(t *testing.T, seed uint64) *tenant {
	t.Helper()
	return startTenant(t, testserver.Config{Awkward: &seed})
}
