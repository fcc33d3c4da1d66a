// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

// attributePaths returns the paths of all attributes, including nested ones.
func attributePaths(prefix string, attributes map[string]schema.Attribute) []string {
	var paths []string
	for name, attribute := range attributes {
		path := prefix + name
		paths = append(paths, path)
		switch attribute := attribute.(type) {
		case schema.SingleNestedAttribute:
			paths = append(paths, attributePaths(path+".", attribute.Attributes)...)
		case schema.ListNestedAttribute:
			paths = append(paths, attributePaths(path+".", attribute.NestedObject.Attributes)...)
		case schema.SetNestedAttribute:
			paths = append(paths, attributePaths(path+".", attribute.NestedObject.Attributes)...)
		case schema.MapNestedAttribute:
			paths = append(paths, attributePaths(path+".", attribute.NestedObject.Attributes)...)
		}
	}
	slices.Sort(paths)
	return paths
}

// stagesOf returns the stages in which each attribute of a resource is tested.
func stagesOf(r *acctest.Resource) map[string][]string {
	out := map[string][]string{}
	for _, lives := range r.Lives {
		for _, row := range lives().Rows {
			out[row.Attribute] = append(out[row.Attribute], row.Covers()...)
		}
	}
	return out
}

// Each attribute has a row. A row of a configurable attribute covers these stages: created with
// it, changed, empty or null, removed, and unknown at plan.
func TestLives_coverTheSchemas(t *testing.T) {
	t.Parallel()
	schemas := protocol.ResourceSchemas(t)
	for typeName := range schemas {
		if acctest.ResourceOf(typeName) == nil {
			t.Errorf("%s is not registered in acctest.Resources", typeName)
		}
	}
	for _, r := range acctest.Resources {
		typeName, attributes, covered := r.Type, schemas[r.Type], stagesOf(r)
		if diff := cmp.Diff(
			attributePaths("", attributes.Attributes), slices.Sorted(maps.Keys(covered)),
		); diff != "" {
			t.Errorf("attributes of %s (-schema +rows):\n%s", typeName, diff)
		}
		for _, path := range slices.Sorted(maps.Keys(covered)) {
			has := func(stage string) bool { return slices.Contains(covered[path], stage) }
			attribute := attributeAt(attributes.Attributes, path)
			switch {
			case attribute == nil:
			case !attribute.IsRequired() && !attribute.IsOptional():
				if !has("created") || !has("changed") || !has("unknown") {
					t.Errorf(
						"%s.%s is computed, and tested in %v only", typeName, path, covered[path],
					)
				}
			case !has("created") || !has("changed") || !has("null") && !has("emptied") ||
				!has("taken_out") || !has("unknown"):
				t.Errorf("%s.%s is tested in %v only", typeName, path, covered[path])
			}
		}
	}
}

func attributeAt(attributes map[string]schema.Attribute, path string) schema.Attribute {
	name, rest, nested := strings.Cut(path, ".")
	attribute := attributes[name]
	if !nested {
		return attribute
	}
	switch attribute := attribute.(type) {
	case schema.SingleNestedAttribute:
		return attributeAt(attribute.Attributes, rest)
	case schema.ListNestedAttribute:
		return attributeAt(attribute.NestedObject.Attributes, rest)
	default:
		return nil
	}
}

// The properties are in the API contract, sections 3.1 to 3.7, 4.1 and 5.2.
func TestLives_coverTheContract(t *testing.T) {
	t.Parallel()
	for _, r := range acctest.Resources {
		typeName, attributes, covered := r.Type, protocol.ResourceSchemas(
			t,
		)[r.Type].Attributes, stagesOf(r)
		for entry := range strings.FieldsSeq(r.Contract) {
			property, path, renamed := strings.Cut(entry, "=")
			if !renamed {
				path = property
			}
			attribute := attributeAt(attributes, path)
			if attribute == nil || !attribute.IsRequired() && !attribute.IsOptional() ||
				covered[path] == nil {
				t.Errorf(
					"the property %s of %s cannot be configured or has no row", property, typeName,
				)
			}
		}
	}
}

// TestLives_list prints, with -v, which tests cover the life of each attribute. The name of a
// test is the second column, a slash and the stage.
func TestLives_list(t *testing.T) {
	t.Parallel()
	var list strings.Builder
	for _, r := range acctest.Resources {
		fmt.Fprintf(
			&list,
			"\n%s\n\n| attribute | test | created | changed | emptied, null | taken out | "+
				"unknown |\n",
			r.Type,
		)
		list.WriteString("| --- | --- | --- | --- | --- | --- | --- |\n")
		for _, lives := range r.Lives {
			table := lives()
			for _, row := range table.Rows {
				fmt.Fprintf(&list, "| `%s` | %s/%s |", row.Attribute, table.Test, row.Title())
				covered := row.Covers()
				for _, column := range [][]string{
					{"created"}, {"changed"}, {"emptied", "null"}, {"taken_out"}, {"unknown"},
				} {
					tested := slices.DeleteFunc(column, func(stage string) bool {
						return !slices.Contains(covered, stage)
					})
					fmt.Fprintf(&list, " %s |", strings.Join(tested, ", "))
				}
				list.WriteString("\n")
			}
		}
	}
	t.Log(list.String())
}
