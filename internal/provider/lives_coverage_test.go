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
)

// allLives are the tables of all resources.
func allLives() map[string][]*acctest.Lives {
	return map[string][]*acctest.Lives{
		"m2m_resource_server":           {resourceServerLives(), writeOnlyLives()},
		"m2m_resource_server_scope":     {resourceServerScopeLives()},
		"m2m_client_grant":              {clientGrantLives()},
		"m2m_organization_client_grant": {organizationClientGrantLives()},
	}
}

// attributePaths are the paths of all attributes, nested ones included.
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

// stagesOf are the stages that each attribute of a resource is tested in.
func stagesOf(tables []*acctest.Lives) map[string][]string {
	out := map[string][]string{}
	for _, table := range tables {
		for _, row := range table.Rows {
			out[row.Attribute] = append(out[row.Attribute], row.Covers(table)...)
		}
	}
	return out
}

// Each attribute has a row, and one that can be configured has its four stages: it
// is created with, changed, empty or null, taken out, and unknown at plan.
func TestLives_coverTheSchemas(t *testing.T) {
	t.Parallel()
	resources := acctest.ResourceSchemas(t)
	if len(resources) != len(allLives()) {
		t.Errorf("there are tables for %d resources of %d", len(allLives()), len(resources))
	}
	for typeName, tables := range allLives() {
		attributes := acctest.ResourceSchemas(t)[typeName]
		covered := stagesOf(tables)
		if diff := cmp.Diff(attributePaths("", attributes.Attributes), slices.Sorted(maps.Keys(covered))); diff != "" {
			t.Errorf("attributes of %s (-schema +rows):\n%s", typeName, diff)
		}
		for _, path := range slices.Sorted(maps.Keys(covered)) {
			has := func(stage string) bool { return slices.Contains(covered[path], stage) }
			attribute := attributeAt(attributes.Attributes, path)
			switch {
			case attribute == nil:
			case !attribute.IsRequired() && !attribute.IsOptional():
				if !has("created") || !has("changed") || !has("unknown") {
					t.Errorf("%s.%s is computed, and tested in %v only", typeName, path, covered[path])
				}
			case !has("created") || !has("changed") || !has("null") && !has("emptied") || !has("taken_out") || !has("unknown"):
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

// contract are the properties that a tenant takes (API contract 3.1 to 3.7, 4.1 and
// 5.2), each with the attribute that it is in the configuration if that has another
// name.
var contract = map[string]string{
	"m2m_resource_server": `
		identifier name scopes scopes.value=scopes scopes.description=scopes signing_alg signing_secret
		allow_offline_access allow_online_access allow_online_access_with_ephemeral_sessions
		token_lifetime token_lifetime_for_web token_dialect enforce_policies skip_consent_for_verifiable_first_party_clients
		subject_type_authorization subject_type_authorization.user subject_type_authorization.user.policy
		subject_type_authorization.client subject_type_authorization.client.policy
		token_encryption token_encryption.format token_encryption.encryption_key token_encryption.encryption_key.alg
		token_encryption.encryption_key.pem token_encryption.encryption_key.name token_encryption.encryption_key.kid
		consent_policy authorization_details authorization_details.type
		proof_of_possession proof_of_possession.mechanism proof_of_possession.required proof_of_possession.required_for
		authorization_policy authorization_policy.policy_id`,
	"m2m_resource_server_scope": `scopes.value=scope scopes.description=description`,
	"m2m_client_grant": `client_id default_for audience scope=scopes allow_all_scopes subject_type organization_usage
		allow_any_organization authorization_details_types`,
	"m2m_organization_client_grant": `grant_id`,
}

func TestLives_coverTheContract(t *testing.T) {
	t.Parallel()
	for typeName, properties := range contract {
		attributes, covered := acctest.ResourceSchemas(t)[typeName].Attributes, stagesOf(allLives()[typeName])
		for entry := range strings.FieldsSeq(properties) {
			property, path, renamed := strings.Cut(entry, "=")
			if !renamed {
				path = property
			}
			attribute := attributeAt(attributes, path)
			if attribute == nil || !attribute.IsRequired() && !attribute.IsOptional() || covered[path] == nil {
				t.Errorf("the property %s of %s cannot be configured or has no row", property, typeName)
			}
		}
	}
}

// TestLives_list prints, with -v, which tests cover the life of each attribute. The
// name of a test is what the second column says, a slash, and the stage.
func TestLives_list(t *testing.T) {
	t.Parallel()
	var list strings.Builder
	for _, typeName := range slices.Sorted(maps.Keys(allLives())) {
		fmt.Fprintf(&list, "\n%s\n\n| attribute | test | created | changed | emptied, null | taken out | unknown |\n", typeName)
		list.WriteString("| --- | --- | --- | --- | --- | --- | --- |\n")
		for _, table := range allLives()[typeName] {
			for _, row := range table.Rows {
				fmt.Fprintf(&list, "| `%s` | %s/%s |", row.Attribute, table.Test, row.Title())
				covered := row.Covers(table)
				for _, column := range [][]string{{"created"}, {"changed"}, {"emptied", "null"}, {"taken_out"}, {"unknown"}} {
					tested := slices.DeleteFunc(column, func(stage string) bool { return !slices.Contains(covered, stage) })
					fmt.Fprintf(&list, " %s |", strings.Join(tested, ", "))
				}
				list.WriteString("\n")
			}
		}
	}
	t.Log(list.String())
}
