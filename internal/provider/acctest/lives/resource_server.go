// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

import "slices"

// resourceServerTable has no rows yet.
func resourceServerTable(test string) *Table {
	return &Table{
		Test: test, Type: "m2m_resource_server",
		Least: `identifier = "THIS_API"`, Created: `{"identifier":"THIS_API"}`,
		List: "resource-servers", Object: "resource-servers/{id}",
		Key: "identifier",
	}
}

// ResourceServer is the table of m2m_resource_server.
func ResourceServer() *Table {
	table := resourceServerTable("TestAccResourceServer_lives")
	table.Names = encryptionKeys()
	table.Rows = slices.Concat(
		resourceServerRows, tokenRows, accessRows, consentRows, subjectTypeRows,
		tokenEncryptionRows, proofOfPossessionRows,
	)
	return table
}

var resourceServerRows = []Row{
	{
		Attribute: "identifier", Whole: true,
		Steps: `
		created   | identifier = "THIS_API" | create | POST | "THIS_API"
		changed   | identifier = "THIS_API/" | replace
		          | DELETE then POST {"identifier":"THIS_API/"} | "THIS_API/"
		unknown   | identifier = LATER ? "THIS_API" : null | replace, unknown
		          | DELETE then POST | "THIS_API"
		unknown   | identifier = LATER ? "THIS_API" : null | replace, unknown
		          | DELETE then POST | "THIS_API"

		emptied   | identifier = "" | refused | The identifier of an API must not be empty.
		null      | identifier = null | refused
		          | Must set a configuration value for the identifier attribute as the provider has
		              marked it as required.
		taken_out | | refused | The argument "identifier" is required, but no definition was found.
		unknown   | identifier = LATER ? null : "a" | refused at apply
		          | Must set a configuration value for the identifier attribute as the provider has
		              marked it as required.
		`,
	},
	{
		Attribute: "name",
		Steps: `
		created   | name = "A"  | create | POST {"name":"A"}  | "A"
		changed   | name = "B"  | update | PATCH {"name":"B"} | "B"
		null      | name = null | no-op  |                    | "B"
		null      | name = null | no-op  |                    | "B"

		unknown   | name = LATER ? "A" : null | create, unknown | POST {"name":"A"}  | "A"
		unknown   | name = LATER ? "B" : null | update, unknown | PATCH {"name":"B"} | "B"
		unknown   | name = LATER ? null : "A" | update, unknown |                    | "B"
		taken_out |                           | no-op           |                    | "B"

		unknown   | name = LATER ? null : "A" | create, unknown | POST               | null
		null      | name = null               | no-op           |                    | null
		changed   | name = "A"                | update          | PATCH {"name":"A"} | "A"
		taken_out |                           | no-op           |                    | "A"

		emptied   | name = "" | refused
		          | Attribute name UTF-8 character count must be between 1 and 200
		`,
	},
	{
		Attribute: "scopes",
		Names: map[string]string{
			"ONE":      `{"a":"A"}`,
			"TWO":      `{"a":"A","b":null}`,
			"SENT_ONE": `[{"value":"a","description":"A"}]`,
			"SENT_TWO": `[{"value":"a","description":"A"},{"value":"b"}]`,
		},
		Steps: `
		created   | scopes = ONE  | create | POST {"scopes":SENT_ONE}  | ONE
		changed   | scopes = TWO  | update | PATCH {"scopes":SENT_TWO} | TWO
		emptied   | scopes = {}   | update | PATCH {"scopes":[]}       | {}
		null      | scopes = null | no-op  |                           | {}

		unknown   | scopes = LATER ? ONE : null | create, unknown | POST {"scopes":SENT_ONE}  | ONE
		unknown   | scopes = LATER ? TWO : null | update, unknown | PATCH {"scopes":SENT_TWO} | TWO
		unknown   | scopes = LATER ? null : ONE | update, unknown |                           | TWO
		taken_out |                             | no-op           |                           | TWO

		unknown   | scopes = LATER ? null : ONE | create, unknown | POST                      | {}
		null      | scopes = null               | no-op           |                           | {}
		changed   | scopes = ONE                | update          | PATCH {"scopes":SENT_ONE} | ONE
		taken_out |                             | no-op           |                           | ONE

		emptied   | scopes = {}                | create          | POST {"scopes":[]}        | {}
		changed   | scopes = TWO               | update          | PATCH {"scopes":SENT_TWO} | TWO
		unknown   | scopes = LATER ? {} : null | update, unknown | PATCH {"scopes":[]}       | {}
		taken_out |                            | no-op           |                           | {}
		`,
	},
	{
		Attribute: "scopes", Variant: "descriptions",
		Config: `scopes = { … }`,
		Body:   `{"scopes":[{"value":"a",…}]}`,
		Steps: `
		created   | a = "A"  | create | POST "description":"A"  | scopes.a = "A"
		changed   | a = "B"  | update | PATCH "description":"B" | scopes.a = "B"
		emptied   | a = ""   | update | PATCH "description":""  | scopes.a = ""
		null      | a = null | update | PATCH -                 | scopes.a = null

		unknown   | a = LATER ? "A" : null | create, unknown
		          | POST "description":"A" | scopes.a = "A"
		unknown   | a = LATER ? "B" : null | update, unknown
		          | PATCH "description":"B" | scopes.a = "B"
		unknown   | a = LATER ? null : "A" | update, unknown | PATCH - | scopes.a = null
		taken_out | a = null | no-op | | scopes.a = null

		unknown   | a = LATER ? null : "A" | create, unknown | POST - | scopes.a = null
		null      | a = null | no-op | | scopes.a = null
		changed   | a = "A" | update | PATCH "description":"A" | scopes.a = "A"
		taken_out | a = null | update | PATCH - | scopes.a = null

		emptied   | a = "" | create | POST "description":"" | scopes.a = ""
		changed   | a = "B" | update | PATCH "description":"B" | scopes.a = "B"
		unknown   | a = LATER ? "" : null | update, unknown | PATCH "description":"" | scopes.a = ""
		taken_out | a = null | update | PATCH - | scopes.a = null
		`,
	},
	{
		Attribute: "use_existing",
		Steps: `
		created   | use_existing = true  | create | POST | true
		changed   | use_existing = false | update |      | false
		null      | use_existing = null  | update |      | null
		null      | use_existing = null  | no-op  |      | null

		unknown   | use_existing = LATER ? true : null  | create, unknown | POST | true
		unknown   | use_existing = LATER ? false : null | update, unknown |      | false
		unknown   | use_existing = LATER ? null : true  | update, unknown |      | null
		taken_out |                                     | no-op           |      | null

		unknown   | use_existing = LATER ? null : true | create, unknown | POST | null
		null      | use_existing = null                | no-op           |      | null
		changed   | use_existing = true                | update          |      | true
		taken_out |                                    | update          |      | null
		`,
	},
	{
		Attribute: "id",
		Steps: `
		unknown   | name = "A" | create, unknown | POST {"name":"A"}  | "THE_ID"
		changed   | name = "B" | update          | PATCH {"name":"B"} | "THE_ID"
		changed   | name = "A" | update          | PATCH {"name":"A"} | "THE_ID"
		changed   | name = "B" | update          | PATCH {"name":"B"} | "THE_ID"

		created   | id = "true" | refused | Invalid Configuration for Read-Only Attribute
		`,
	},
	{
		Attribute: "is_system",
		Steps: `
		unknown   | use_existing = true; name = "A" | create, unknown | POST {"name":"A"}  | null
		changed   | use_existing = true; name = "B" | update          | PATCH {"name":"B"} | null
		changed   | use_existing = true; name = "A" | update          | PATCH {"name":"A"} | null
		changed   | use_existing = true; name = "B" | update          | PATCH {"name":"B"} | null

		changed   | name = "A" | create | POST {"name":"A"}  | null
		changed   | name = "B" | update | PATCH {"name":"B"} | null
		changed   | name = "A" | update | PATCH {"name":"A"} | null
		changed   | name = "B" | update | PATCH {"name":"B"} | null

		created   | is_system = "true" | refused | Invalid Configuration for Read-Only Attribute
		`,
	},
	{
		Attribute: "client_id",
		Steps: `
		unknown   | use_existing = true; name = "A" | create, unknown | POST {"name":"A"}  | null
		changed   | use_existing = true; name = "B" | update          | PATCH {"name":"B"} | null
		changed   | use_existing = true; name = "A" | update          | PATCH {"name":"A"} | null
		changed   | use_existing = true; name = "B" | update          | PATCH {"name":"B"} | null

		changed   | name = "A" | create | POST {"name":"A"}  | null
		changed   | name = "B" | update | PATCH {"name":"B"} | null
		changed   | name = "A" | update | PATCH {"name":"A"} | null
		changed   | name = "B" | update | PATCH {"name":"B"} | null

		created   | client_id = "true" | refused | Invalid Configuration for Read-Only Attribute
		`,
	},
}
