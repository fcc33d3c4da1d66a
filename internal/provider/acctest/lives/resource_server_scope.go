// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

// ResourceServerScope is the table of scopes. Each is the only scope of its API.
func ResourceServerScope() *Table {
	return &Table{
		Test: "TestAccResourceServerScope_lives", Type: "m2m_resource_server_scope",
		Least: `resource_server_identifier = "THIS_API"`, Object: "resource-servers/{id}",
		Prepare: addAPIs,
		Rows:    resourceServerScopeRows,
	}
}

var resourceServerScopeRows = []Row{
	{
		Attribute: "resource_server_identifier", Whole: true,
		Steps: `
		created   | scope = "read"; resource_server_identifier = "THIS_API" | create
		          | PATCH {"scopes":[{"value":"read"}]} | "THIS_API"
		changed   | scope = "read"; resource_server_identifier = "THIS_API/" | replace
		          | PATCH {"scopes":[]} then PATCH {"scopes":[{"value":"read"}]} | "THIS_API/"
		unknown   | scope = "read"; resource_server_identifier = LATER ? "THIS_API" : null |
		              replace, unknown
		          | PATCH {"scopes":[]} then PATCH {"scopes":[{"value":"read"}]} | "THIS_API"
		unknown   | scope = "read"; resource_server_identifier = LATER ? "THIS_API" : null |
		              replace, unknown
		          | PATCH {"scopes":[]} then PATCH {"scopes":[{"value":"read"}]} | "THIS_API"

		emptied   | scope = "read"; resource_server_identifier = "" | refused
		          | resource_server_identifier UTF-8 character count must be between 1 and 600
		null      | scope = "read"; resource_server_identifier = null | refused
		          | Must set a configuration value for the resource_server_identifier attribute as
		              the provider has marked it as required.
		taken_out | scope = "read" | refused
		          | The argument "resource_server_identifier" is required,
		              but no definition was found.
		unknown   | scope = "read"; resource_server_identifier = LATER ? null : "a" |
		              refused at apply
		          | Must set a configuration value for the resource_server_identifier attribute as
		              the provider has marked it as required.
		`,
	},
	{
		Attribute: "scope",
		Config:    `scope = …`,
		Steps: `
		created   | "a" | create  | PATCH {"scopes":[{"value":"a"}]}                          | "a"
		changed   | "b" | replace | PATCH {"scopes":[]} then PATCH {"scopes":[{"value":"b"}]} | "b"
		changed   | "a" | replace | PATCH {"scopes":[]} then PATCH {"scopes":[{"value":"a"}]} | "a"
		changed   | "a" | no-op   |                                                           | "a"

		unknown   | LATER ? "a" : null | create, unknown | PATCH {"scopes":[{"value":"a"}]} | "a"
		unknown   | LATER ? "b" : null | replace, unknown
		          | PATCH {"scopes":[]} then PATCH {"scopes":[{"value":"b"}]} | "b"
		unknown   | LATER ? "a" : null | replace, unknown
		          | PATCH {"scopes":[]} then PATCH {"scopes":[{"value":"a"}]} | "a"
		changed   | "b" | replace | PATCH {"scopes":[]} then PATCH {"scopes":[{"value":"b"}]} | "b"

		emptied   | "" | refused | A scope must not be empty.
		null      | null | refused
		          | Must set a configuration value for the scope attribute as the provider has
		              marked it as required.
		taken_out | | refused | The argument "scope" is required, but no definition was found.
		unknown   | LATER ? null : "a" | refused at apply
		          | Must set a configuration value for the … attribute as the provider has marked it
		              as required.
		`,
	},
	{
		Attribute: "description",
		Steps: `
		created   | scope = "read"; description = "A" | create
		          | PATCH {"scopes":[{"value":"read","description":"A"}]} | "A"
		changed   | scope = "read"; description = "B" | update
		          | PATCH {"scopes":[{"value":"read","description":"B"}]} | "B"
		emptied   | scope = "read"; description = "" | update
		          | PATCH {"scopes":[{"value":"read","description":""}]} | ""
		null      | scope = "read"; description = null | no-op | | ""

		unknown   | scope = "read"; description = LATER ? "A" : null | create, unknown
		          | PATCH {"scopes":[{"value":"read","description":"A"}]} | "A"
		unknown   | scope = "read"; description = LATER ? "B" : null | update, unknown
		          | PATCH {"scopes":[{"value":"read","description":"B"}]} | "B"
		unknown   | scope = "read"; description = LATER ? null : "A" | update, unknown
		          | PATCH {"scopes":[{"value":"read"}]} | null
		taken_out | scope = "read" | no-op | | null

		unknown   | scope = "read"; description = LATER ? null : "A" | create, unknown
		          | PATCH {"scopes":[{"value":"read"}]} | null
		null      | scope = "read"; description = null | no-op | | null
		changed   | scope = "read"; description = "A" | update
		          | PATCH {"scopes":[{"value":"read","description":"A"}]} | "A"
		taken_out | scope = "read" | update | PATCH {"scopes":[{"value":"read"}]} | null

		emptied   | scope = "read"; description = "" | create
		          | PATCH {"scopes":[{"value":"read","description":""}]} | ""
		changed   | scope = "read"; description = "B" | update
		          | PATCH {"scopes":[{"value":"read","description":"B"}]} | "B"
		unknown   | scope = "read"; description = LATER ? "" : null | update, unknown
		          | PATCH {"scopes":[{"value":"read","description":""}]} | ""
		taken_out | scope = "read" | no-op | | ""
		`,
	},
	{
		Attribute: "id",
		Steps: `
		unknown   | scope = "a" | create, unknown | PATCH {"scopes":[{"value":"a"}]} | "THIS_API::a"
		changed   | scope = "b" | replace, unknown
		          | PATCH {"scopes":[]} then PATCH {"scopes":[{"value":"b"}]} | "THIS_API::b"
		changed   | scope = "b"; description = "B" | update
		          | PATCH {"scopes":[{"value":"b","description":"B"}]} | "THIS_API::b"
		changed   | scope = "b"; description = "B" | no-op | | "THIS_API::b"

		created   | scope = "a"; id = "a" | refused | Invalid Configuration for Read-Only Attribute
		`,
	},
}
