// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
)

func TestAccResourceServer_lives(t *testing.T) { resourceServerLives().run(t) }

func TestAccResourceServer_writeOnlyLives(t *testing.T) {
	writeOnlyLives().run(t, acctest.NeedsWriteOnly()...)
}

// resourceServerTable has no rows yet.
func resourceServerTable(test string) *lives {
	return &lives{
		test:     test,
		typeName: "m2m_resource_server",
		least:    func(key string) []string { return []string{fmt.Sprintf("identifier = %q", key)} },
		write:    resourceServerWrite,
		destroy:  "DELETE resource-servers/{id}",
		ids:      func(n *acctest.Tenant) map[string]string { return n.IDsOf("resource-servers", "identifier") },
	}
}

func resourceServerWrite(key string, creating bool, properties map[string]any) string {
	if !creating {
		return "PATCH resource-servers/{id} " + acctest.Encoded(properties)
	}
	created := map[string]any{"identifier": key}
	maps.Copy(created, properties)
	maps.DeleteFunc(created, func(_ string, value any) bool { return value == nil })
	return "POST resource-servers " + acctest.Encoded(created)
}

// scopesProperty is a map of scopes as the API lists them.
func scopesProperty(_, scopes string) string {
	described := map[string]any{}
	if err := json.Unmarshal([]byte(scopes), &described); err != nil {
		panic(err)
	}
	if described == nil {
		return `{"scopes":null}`
	}
	list := []any{}
	for _, value := range slices.Sorted(maps.Keys(described)) {
		scope := map[string]any{"value": value}
		if described[value] != nil {
			scope["description"] = described[value]
		}
		list = append(list, scope)
	}
	return `{"scopes":` + acctest.Encoded(list) + `}`
}

func resourceServerLives() *lives {
	table := resourceServerTable("TestAccResourceServer_lives")
	oneOf := func(attribute string) []refusal {
		return []refusal{{stage: stageEmptied, lines: attribute + ` = ""`, says: "Attribute " + attribute + " value must be one of"}}
	}
	table.rows = slices.Concat(
		[]life{
			table.keyLife("identifier", "", "The identifier of an API must not be empty."),
			{
				attribute: "name", first: `"A"`, second: `"B"`, kept: true,
				refused: []refusal{{stage: stageEmptied, lines: `name = ""`, says: "Attribute name UTF-8 character count must be between 1 and 200"}},
			},
			{attribute: "scopes", first: `{"a":"A"}`, second: `{"a":"A","b":null}`, empty: `{}`, without: `{}`, kept: true, bodyOf: scopesProperty},
			{
				// A description that is null, one that is empty and one with text are three.
				attribute: "scopes", variant: "descriptions", first: `"A"`, second: `"B"`, empty: `""`, config: "scopes = { %s }",
				name: "a", at: "scopes.a", property: "description", body: `{"scopes":[{"value":"a",%s}]}`, member: true,
			},
			{attribute: "signing_alg", first: `"PS256"`, second: `"HS256"`, without: `"RS256"`, kept: true, refused: oneOf("signing_alg")},
			{
				attribute: "signing_secret", first: `"0123456789abcdef"`, second: `"fedcba9876543210"`, kept: true,
				refused: []refusal{{stage: stageEmptied, lines: `signing_secret = ""`, says: "signing_secret has 0 characters; the API takes at least 16."}},
			},
			{attribute: "token_lifetime", first: "7200", second: "7201", without: "86400", kept: true},
			{attribute: "token_lifetime_for_web", first: "600", second: "601", empty: "0", without: "7200", kept: true},
			{attribute: "token_dialect", first: `"rfc9068_profile"`, second: `"access_token"`, kept: true, refused: oneOf("token_dialect")},
			{attribute: "enforce_policies", first: "false", second: "true", kept: true},
			{attribute: "allow_offline_access", first: "true", second: "false", without: "false", kept: true},
			{attribute: "allow_online_access", first: "false", second: "true", kept: true},
			{attribute: "allow_online_access_with_ephemeral_sessions", first: "false", second: "true", kept: true},
			{attribute: "skip_consent_for_verifiable_first_party_clients", first: "true", second: "false", without: "false", kept: true},
			{
				attribute: "consent_policy", first: `"transactional-authorization-with-mfa"`, second: `"transactional-authorization-with-mfa"`,
				refused: oneOf("consent_policy"),
			},
			{
				attribute: "authorization_details", first: `[{"type":"a"}]`, second: `[{"type":"a"},{"type":"b"}]`, empty: "[]", without: "[]",
				bodyOf: func(prior, value string) string {
					switch {
					case value != "[]":
						return `{"authorization_details":` + value + `}`
					case prior == "":
						return "{}"
					default:
						return `{"authorization_details":null}`
					}
				},
			},
			{
				attribute: "authorization_details.type", first: `"a"`, second: `"b"`, required: true, config: "authorization_details = [{ %s }]",
				body: `{"authorization_details":[{%s}]}`,
				refused: []refusal{
					{stage: stageEmptied, lines: `authorization_details = [{ type = "" }]`, says: "string length must be at least 1"},
					{stage: stageNull, lines: `authorization_details = [{ type = null }]`, says: fmt.Sprintf(mustBeKnown, "authorization_details[0].type")},
					{stage: stageTakenOut, lines: `authorization_details = [{}]`, says: fmt.Sprintf(nested, "type")},
				},
			},
			// It concerns Terraform alone.
			{attribute: "use_existing", first: "true", second: "false", bodyOf: func(string, string) string { return "{}" }},

			computedLife(table, "id", "ID", "name", `"A"`, `"B"`),
			computedLife(table, "is_system", "false", "name", `"A"`, `"B"`),
			computedLife(table, "client_id", null, "name", `"A"`, `"B"`),
		},
		subjectLives(), encryptionLives(), proofLives(),
	)
	return table
}

// writeOnlyLives are the write-only secret and its version, which decides when the
// secret is sent, and whether the state holds it.
func writeOnlyLives() *lives {
	table := resourceServerTable("TestAccResourceServer_writeOnlyLives")
	const one, two = `"secret-number-one-1"`, `"secret-number-two-2"`
	lines := func(key, secret, version string) []string {
		return append(table.least(key), "signing_secret_wo = "+secret, "signing_secret_wo_version = "+version)
	}
	request := func(key string, creating bool, secret string) []string {
		return []string{table.write(key, creating, map[string]any{"signing_secret": acctest.Decoded(secret)})}
	}
	const create, update, noop = plancheck.ResourceActionCreate, plancheck.ResourceActionUpdate, plancheck.ResourceActionNoop
	const secretAt, versionAt, shownAt = "signing_secret_wo", "signing_secret_wo_version", "signing_secret"
	table.rows = []life{
		{
			attribute: secretAt,
			moments: func(key string) []moment {
				return []moment{
					{stage: stageCreated, lines: lines(key, one, "1"), action: create, sent: request(key, true, one), at: shownAt, holds: null},
					// A change alone is not seen, as no state holds what there was.
					{stage: stageChanged, lines: lines(key, two, "1"), action: noop, at: secretAt, holds: null},
					{stage: stageChanged, lines: lines(key, two, "2"), action: update, sent: request(key, false, two), at: shownAt, holds: null},
					// What the tenant has is shown again, as with any API.
					{stage: stageTakenOut, lines: table.least(key), action: update, unknown: true, at: shownAt, holds: two},
				}
			},
			refused: []refusal{
				refused(stageEmptied, "signing_secret_wo = \"\"\nsigning_secret_wo_version = 1", "signing_secret_wo has 0 characters; the API takes at least 16."),
				refused(stageNull, "signing_secret_wo = null\nsigning_secret_wo_version = 1", "signing_secret_wo_version is the version of signing_secret_wo, which is not set."),
			},
		},
		{
			attribute: secretAt, variant: "later",
			moments: func(key string) []moment {
				return []moment{
					{stage: stageUnknown, lines: lines(key, later(one), "1"), action: create, sent: request(key, true, one), at: shownAt, holds: null},
					{stage: stageUnknown, lines: lines(key, later(two), "2"), action: update, sent: request(key, false, two), at: secretAt, holds: null},
					{stage: stageUnknown, lines: lines(key, laterNull(one), laterNull("1")), action: update, unknown: true, at: shownAt, holds: two},
					{stage: stageNull, lines: lines(key, null, null), action: noop, at: shownAt, holds: two},
				}
			},
		},
		{
			attribute: versionAt,
			moments: func(key string) []moment {
				return []moment{
					{stage: stageCreated, lines: lines(key, one, "1"), action: create, sent: request(key, true, one), at: versionAt, holds: "1"},
					{stage: stageChanged, lines: lines(key, one, "0"), action: update, sent: request(key, false, one), at: versionAt, holds: "0"},
					{stage: stageTakenOut, lines: table.least(key), action: update, at: versionAt, holds: null},
					{stage: stageNull, lines: lines(key, null, null), action: noop, at: versionAt, holds: null},
				}
			},
			refused: []refusal{
				refused(stageNull, "signing_secret_wo = "+one+"\nsigning_secret_wo_version = null", "signing_secret_wo is only sent when signing_secret_wo_version changes"),
			},
		},
		{
			attribute: versionAt, variant: "later",
			moments: func(key string) []moment {
				return []moment{
					{stage: stageUnknown, lines: lines(key, later(one), later("1")), action: create, sent: request(key, true, one), unknown: true, at: versionAt, holds: "1"},
					{stage: stageUnknown, lines: lines(key, one, later("1")), action: update, unknown: true, at: versionAt, holds: "1"},
					{stage: stageUnknown, lines: lines(key, two, later("2")), action: update, sent: request(key, false, two), unknown: true, at: versionAt, holds: "2"},
					{stage: stageUnknown, lines: lines(key, laterNull(one), laterNull("1")), action: update, unknown: true, at: versionAt, holds: null},
				}
			},
		},
		{
			// One that is created with neither, though the plan did not know.
			attribute: versionAt, variant: "none",
			moments: func(key string) []moment {
				return []moment{
					{stage: stageUnknown, lines: lines(key, laterNull(one), laterNull("1")), action: create, sent: []string{table.write(key, true, nil)}, unknown: true, at: versionAt, holds: null},
					{stage: stageNull, lines: lines(key, null, null), action: noop, at: shownAt, holds: null},
					{stage: stageChanged, lines: lines(key, one, "1"), action: update, sent: request(key, false, one), at: versionAt, holds: "1"},
					{stage: stageTakenOut, lines: lines(key, null, null), action: update, unknown: true, at: shownAt, holds: one},
				}
			},
		},
	}
	return table
}
