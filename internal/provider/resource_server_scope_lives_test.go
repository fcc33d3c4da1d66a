// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
)

func TestAccResourceServerScope_lives(t *testing.T) { resourceServerScopeLives().run(t) }

// resourceServerScopeLives are scopes that are the only ones of their APIs.
func resourceServerScopeLives() *lives {
	const api, scope, patch = "resource_server_identifier", "scope", "PATCH resource-servers/{id} "
	only := func(properties map[string]any) string {
		all := map[string]any{"value": "read"}
		maps.Copy(all, properties)
		maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
		return patch + acctest.Encoded(map[string]any{"scopes": []any{all}})
	}
	table := &lives{
		test: "TestAccResourceServerScope_lives", typeName: "m2m_resource_server_scope",
		least: func(key string) []string { return []string{fmt.Sprintf("resource_server_identifier = %q", key)} },
		write: func(_ string, _ bool, properties map[string]any) string { return only(properties) }, destroy: patch + `{"scopes":[]}`,
		prepare: (*acctest.Tenant).AddAPIs,
	}
	// id is made of both, and unknown with either.
	idAt := func(stage, expression, key, holds string) moment {
		m := table.replaced(stage, append(table.least(key), "scope = "+expression), "", "id", acctest.Encoded(key+"::"+holds), map[string]any{"value": holds})
		m.unknown = true
		return m
	}
	table.rows = []life{
		table.keyLife(api, `scope = "read"`, api+" UTF-8 character count must be between 1 and 600"),
		{
			attribute: scope, property: "value", first: `"a"`, second: `"b"`, required: true, replaces: true,
			refused: []refusal{
				{stage: stageEmptied, lines: `scope = ""`, says: "A scope must not be empty."},
				{stage: stageNull, lines: "scope = null", says: fmt.Sprintf(mustBeKnown, scope)},
				{stage: stageTakenOut, lines: "", says: fmt.Sprintf(missing, scope)},
			},
		},
		{attribute: "description", first: `"A"`, second: `"B"`, empty: `""`, emptyStays: true, config: "scope = \"read\"\n%s"},
		{
			attribute: "id",
			moments: func(key string) []moment {
				described := moment{
					stage: stageChanged, lines: append(table.least(key), `scope = "b"`, `description = "B"`), action: plancheck.ResourceActionUpdate,
					sent: []string{only(map[string]any{"value": "b", "description": "B"})}, at: "id", holds: acctest.Encoded(key + "::b"),
				}
				again := described
				again.action, again.sent = plancheck.ResourceActionNoop, nil
				return []moment{idAt(stageUnknown, `"a"`, key, "a").first(), idAt(stageChanged, `"b"`, key, "b"), described, again}
			},
			refused: []refusal{{stage: stageCreated, lines: "scope = \"a\"\nid = \"a\"", says: readOnly}},
		},
	}
	return table
}
