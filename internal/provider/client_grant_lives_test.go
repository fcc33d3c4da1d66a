// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestAccClientGrant_lives(t *testing.T) { clientGrantLives().run(t) }

// grantWrite has no scopes unless all are granted.
func grantWrite(key string, creating bool, properties map[string]any) string {
	if !creating {
		return "PATCH client-grants/{id} " + acctest.Encoded(properties)
	}
	created := map[string]any{"client_id": testserver.MachineClientID, "audience": key, "scope": []any{}}
	maps.Copy(created, properties)
	maps.DeleteFunc(created, func(_ string, value any) bool { return value == nil })
	return "POST client-grants " + acctest.Encoded(created)
}

func clientGrantLives() *lives {
	table := &lives{
		test: "TestAccClientGrant_lives", typeName: "m2m_client_grant",
		least: func(key string) []string {
			return []string{fmt.Sprintf("client_id = %q", testserver.MachineClientID), fmt.Sprintf("audience = %q", key)}
		},
		write: grantWrite, destroy: "DELETE client-grants/{id}",
		prepare: (*acctest.Tenant).AddAPIs,
		ids:     func(n *acctest.Tenant) map[string]string { return n.IDsOf("client-grants", "audience") },
	}
	table.rows = []life{
		table.keyLife("audience", fmt.Sprintf("client_id = %q", testserver.MachineClientID), "The audience must not be empty."),
		table.clientLife(), table.groupLife(),
		{
			attribute: "scopes", property: "scope", first: `["a"]`, second: `["a","b"]`, empty: "[]", without: "[]",
		},
		{
			attribute: "scopes", variant: "elements", first: `"a"`, second: `"b"`, required: true, config: "scopes = [%s]", bare: true, at: "scopes",
			holds:  func(value string) string { return "[" + value + "]" },
			bodyOf: func(_, value string) string { return `{"scope":[` + value + `]}` },
			refused: []refusal{
				refused(stageEmptied, `scopes = [""]`, "A scope must not be empty."), refused(stageNull, "scopes = [null]", "This attribute contains a null value"),
			},
		},
		{
			// The list of scopes goes while all are granted, and comes back empty.
			attribute: "allow_all_scopes", first: "true", second: "false", without: "false",
			bodyOf: func(prior, value string) string {
				switch {
				case value == "true" && prior == "":
					return `{"allow_all_scopes":true,"scope":null}`
				case value == "true":
					return `{"allow_all_scopes":true}`
				case prior == "":
					return "{}"
				default:
					return `{"allow_all_scopes":false,"scope":[]}`
				}
			},
		},
		{
			// Which of the two is given shows only at apply.
			attribute: "allow_all_scopes", variant: "or_scopes",
			moments: func(key string) []moment {
				either := func(all, scopes string) []string {
					return append(table.least(key), "allow_all_scopes = "+all, "scopes = "+scopes)
				}
				update := func(body string) []string { return []string{"PATCH client-grants/{id} " + body} }
				const someScopes = `["a"]`
				return []moment{
					{
						stage: stageUnknown, unknown: true, lines: either(later("true"), laterNull(someScopes)), action: plancheck.ResourceActionCreate,
						sent: []string{grantWrite(key, true, map[string]any{"allow_all_scopes": true, "scope": nil})}, at: "scopes", holds: null,
					},
					{
						stage: stageUnknown, unknown: true, lines: either(laterNull("true"), later(someScopes)), action: plancheck.ResourceActionUpdate,
						sent: update(`{"allow_all_scopes":false,"scope":["a"]}`), at: "scopes", holds: someScopes,
					},
					{
						stage: stageChanged, lines: either("true", null), action: plancheck.ResourceActionUpdate,
						sent: update(`{"allow_all_scopes":true}`), at: "scopes", holds: null,
					},
					{
						stage: stageUnknown, unknown: true, lines: either(laterNull("true"), laterNull(someScopes)), action: plancheck.ResourceActionUpdate,
						sent: update(`{"allow_all_scopes":false,"scope":[]}`), at: "scopes", holds: "[]",
					},
				}
			},
			refused: []refusal{{
				stage: stageUnknown, phase: applying, lines: "allow_all_scopes = " + later("true") + "\nscopes = " + later(`["a"]`), says: "allow_all_scopes = true grants every scope of the API.",
			}},
		},
		{
			attribute: "subject_type", first: `"user"`, second: `"anonymous_user"`, without: `"client"`, replaces: true,
			// Tenants that do not know the property know no other type.
			bodyOf: func(_, value string) string {
				if value == `"client"` {
					return "{}"
				}
				return `{"subject_type":` + value + `}`
			},
			refused: []refusal{refused(stageEmptied, `subject_type = ""`, "Attribute subject_type value must be one of")},
		},
		{
			attribute: "organization_usage", first: `"allow"`, second: `"deny"`,
			refused: []refusal{refused(stageEmptied, `organization_usage = ""`, "Attribute organization_usage value must be one of")},
		},
		{attribute: "allow_any_organization", first: "false", second: "true"},
		{
			// The API cannot go back to none, so an empty list stands for it.
			attribute: "authorization_details_types", first: `["a"]`, second: `["a","b"]`, empty: "[]", without: "[]",
			bodyOf: func(prior, value string) string {
				if prior == "" && value == "[]" {
					return "{}"
				}
				return `{"authorization_details_types":` + value + `}`
			},
		},
		{
			attribute: "authorization_details_types", variant: "elements", first: `"a"`, second: `"b"`, required: true, bare: true,
			config: "authorization_details_types = [%s]", at: "authorization_details_types",
			holds:  func(value string) string { return "[" + value + "]" },
			bodyOf: func(_, value string) string { return `{"authorization_details_types":[` + value + `]}` },
			refused: []refusal{
				refused(stageEmptied, `authorization_details_types = [""]`, "UTF-8 character count must be between 1 and 255"),
				refused(stageNull, "authorization_details_types = [null]", "This attribute contains a null value"),
			},
		},
		{attribute: "use_existing", first: "true", second: "false", bodyOf: func(string, string) string { return "{}" }},

		computedLife(table, "id", "ID", "organization_usage", `"allow"`, `"require"`),
		computedLife(table, "is_system", "false", "organization_usage", `"allow"`, `"require"`),
	}
	return table
}

const (
	clientMissing = "A grant is for one client or for a group of them: set client_id or default_for."
	groupValue    = `"third_party_clients"`
)

// clientLife is taken out where default_for takes its place.
func (table *lives) clientLife() life {
	const attribute = "client_id"
	machine, web := acctest.Encoded(testserver.MachineClientID), acctest.Encoded(testserver.WebClientID)
	of := func(client string) map[string]any { return map[string]any{attribute: acctest.Decoded(client)} }
	group := map[string]any{attribute: nil, "default_for": acctest.Decoded(groupValue)}
	lines := func(key, client, group string) []string {
		return []string{fmt.Sprintf("audience = %q", key), "client_id = " + client, "default_for = " + group}
	}
	return life{
		attribute: attribute,
		moments: func(key string) []moment {
			return []moment{
				table.replaced(stageCreated, lines(key, machine, null), key, attribute, machine, of(machine)).first(),
				table.replaced(stageChanged, lines(key, web, null), key, attribute, web, of(web)),
				table.replaced(stageNull, lines(key, null, groupValue), key, attribute, null, group),
				table.replaced(stageUnknown, lines(key, later(machine), laterNull(groupValue)), key, attribute, machine, of(machine)),
			}
		},
		refused: []refusal{
			{stage: stageEmptied, whole: true, lines: "audience = \"a\"\nclient_id = \"\"", says: "Attribute client_id string length must be at least 1"},
			{stage: stageNull, whole: true, lines: "audience = \"a\"\nclient_id = null", says: clientMissing},
			{stage: stageTakenOut, whole: true, lines: "audience = \"a\"", says: clientMissing},
			{stage: stageUnknown, whole: true, lines: "audience = \"a\"\nclient_id = " + laterNull(machine), phase: applying, says: clientMissing},
		},
	}
}

// groupLife has one value, and is taken out where client_id takes its place.
func (table *lives) groupLife() life {
	const attribute = "default_for"
	client := acctest.Encoded(testserver.MachineClientID)
	group := map[string]any{"client_id": nil, attribute: acctest.Decoded(groupValue)}
	return life{
		attribute: attribute,
		moments: func(key string) []moment {
			audience := fmt.Sprintf("audience = %q", key)
			return []moment{
				table.replaced(stageCreated, []string{audience, "default_for = " + groupValue}, key, attribute, groupValue, group).first(),
				table.replaced(stageTakenOut, []string{audience, "client_id = " + client}, key, attribute, null, nil),
				table.replaced(stageUnknown, []string{audience, "client_id = " + laterNull(client), "default_for = " + later(groupValue)}, key, attribute, groupValue, group),
				table.replaced(stageNull, []string{audience, "client_id = " + client, "default_for = null"}, key, attribute, null, nil),
			}
		},
		refused: []refusal{
			{stage: stageEmptied, whole: true, lines: "audience = \"a\"\ndefault_for = \"\"", says: "Attribute default_for value must be one of"},
			{stage: stageChanged, whole: true, lines: "audience = \"a\"\ndefault_for = \"everyone\"", says: "Attribute default_for value must be one of"},
			{stage: stageNull, whole: true, lines: "audience = \"a\"\ndefault_for = null", says: clientMissing},
			{
				stage: stageUnknown, phase: applying, whole: true, lines: "audience = \"a\"\nclient_id = " + client + "\ndefault_for = " + later(groupValue),
				says: "set client_id or default_for, not both.",
			},
		},
	}
}
