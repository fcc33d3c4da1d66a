// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

import (
	"strconv"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// ClientGrant is the table of m2m_client_grant.
func ClientGrant() *Table {
	return &Table{
		Test: "TestAccClientGrant_lives", Type: "m2m_client_grant",
		Least:   `client_id = MACHINE; audience = "THIS_API"`,
		Created: `{"client_id":MACHINE,"audience":"THIS_API","scope":[]}`,
		List:    "client-grants", Object: "client-grants/{id}",
		Names: map[string]string{
			"MACHINE": strconv.Quote(testserver.MachineClientID),
			"WEB":     strconv.Quote(testserver.WebClientID),
			"GROUP":   `"third_party_clients"`,
		},
		Key: "audience", Prepare: addAPIs,
		Rows: clientGrantRows,
	}
}

var clientGrantRows = []Row{
	{
		Attribute: "audience", Whole: true,
		Steps: `
		created   | client_id = MACHINE; audience = "THIS_API" | create | POST | "THIS_API"
		changed   | client_id = MACHINE; audience = "THIS_API/" | replace
		          | DELETE then POST {"audience":"THIS_API/"} | "THIS_API/"
		unknown   | client_id = MACHINE; audience = LATER ? "THIS_API" : null | replace, unknown
		          | DELETE then POST | "THIS_API"
		unknown   | client_id = MACHINE; audience = LATER ? "THIS_API" : null | replace, unknown
		          | DELETE then POST | "THIS_API"

		emptied   | client_id = MACHINE; audience = "" | refused | The audience must not be empty.
		null      | client_id = MACHINE; audience = null | refused
		          | Must set a configuration value for the audience attribute as the provider has
		              marked it as required.
		taken_out | client_id = MACHINE | refused
		          | The argument "audience" is required, but no definition was found.
		unknown   | client_id = MACHINE; audience = LATER ? null : "a" | refused at apply
		          | Must set a configuration value for the audience attribute as the provider has
		              marked it as required.
		`,
	},
	{
		Attribute: "client_id", Whole: true,
		Steps: `
		created   | audience = "THIS_API"; client_id = MACHINE; default_for = null | create
		          | POST | MACHINE
		changed   | audience = "THIS_API"; client_id = WEB; default_for = null | replace
		          | DELETE then POST {"client_id":WEB} | WEB
		null      | audience = "THIS_API"; client_id = null; default_for = GROUP | replace
		          | DELETE then POST {"client_id":null,"default_for":GROUP} | null
		unknown   | audience = "THIS_API"; client_id = LATER ? MACHINE : null; default_for = LATER ?
		              null : GROUP | replace, unknown
		          | DELETE then POST | MACHINE

		emptied   | audience = "a"; client_id = "" | refused
		          | client_id is empty. If a variable sets it, check whether the variable is unset.
		null      | audience = "a"; client_id = null | refused
		          | A grant is for one client or for a group of clients. Set client_id or
		              default_for.
		taken_out | audience = "a" | refused
		          | A grant is for one client or for a group of clients. Set client_id or
		              default_for.
		unknown   | audience = "a"; client_id = LATER ? null : MACHINE | refused at apply
		          | A grant is for one client or for a group of clients. Set client_id or
		              default_for.
		`,
	},
	{
		Attribute: "default_for", Whole: true,
		Steps: `
		created   | audience = "THIS_API"; default_for = GROUP | create
		          | POST {"client_id":null,"default_for":GROUP} | GROUP
		taken_out | audience = "THIS_API"; client_id = MACHINE | replace | DELETE then POST | null
		unknown   | audience = "THIS_API"; client_id = LATER ? null : MACHINE; default_for = LATER ?
		              GROUP : null | replace, unknown
		          | DELETE then POST {"client_id":null,"default_for":GROUP} | GROUP
		null      | audience = "THIS_API"; client_id = MACHINE; default_for = null | replace
		          | DELETE then POST | null

		emptied   | audience = "a"; default_for = "" | refused
		          | "" is not known; use
		changed   | audience = "a"; default_for = "everyone" | refused
		          | "everyone" is not known; use third_party_clients.
		null      | audience = "a"; default_for = null | refused
		          | A grant is for one client or for a group of clients. Set client_id or
		              default_for.
		unknown   | audience = "a"; client_id = MACHINE; default_for = LATER ? GROUP : null |
		              refused at apply
		          | Set client_id or default_for, not both.
		`,
	},
	{
		Attribute: "scopes",
		Steps: `
		created   | scopes = ["a"]     | create | POST {"scope":["a"]}      | ["a"]
		changed   | scopes = ["a","b"] | update | PATCH {"scope":["a","b"]} | ["a","b"]
		emptied   | scopes = []        | update | PATCH {"scope":[]}        | []
		null      | scopes = null      | no-op  |                           | []

		unknown   | scopes = LATER ? ["a"] : null | create, unknown | POST {"scope":["a"]} | ["a"]
		unknown   | scopes = LATER ? ["a","b"] : null | update, unknown
		          | PATCH {"scope":["a","b"]} | ["a","b"]
		unknown   | scopes = LATER ? null : ["a"] | update, unknown | PATCH {"scope":[]} | []
		taken_out | | no-op | | []

		unknown   | scopes = LATER ? null : ["a"] | create, unknown | POST                  | []
		null      | scopes = null                 | no-op           |                       | []
		changed   | scopes = ["a"]                | update          | PATCH {"scope":["a"]} | ["a"]
		taken_out |                               | update          | PATCH {"scope":[]}    | []

		emptied   | scopes = [] | create | POST | []
		changed   | scopes = ["a","b"] | update | PATCH {"scope":["a","b"]} | ["a","b"]
		unknown   | scopes = LATER ? [] : null | update, unknown | PATCH {"scope":[]} | []
		taken_out | | no-op | | []
		`,
	},
	{
		Attribute: "scopes", Variant: "elements",
		Steps: `
		created   | scopes = ["a"] | create | POST {"scope":["a"]}  | ["a"]
		changed   | scopes = ["b"] | update | PATCH {"scope":["b"]} | ["b"]
		changed   | scopes = ["a"] | update | PATCH {"scope":["a"]} | ["a"]
		changed   | scopes = ["a"] | no-op  |                       | ["a"]

		unknown   | scopes = [LATER ? "a" : null] | create, unknown | POST {"scope":["a"]}  | ["a"]
		unknown   | scopes = [LATER ? "b" : null] | update, unknown | PATCH {"scope":["b"]} | ["b"]
		unknown   | scopes = [LATER ? "a" : null] | update, unknown | PATCH {"scope":["a"]} | ["a"]
		changed   | scopes = ["b"]                | update          | PATCH {"scope":["b"]} | ["b"]

		emptied   | scopes = [""]   | refused | A scope must not be empty.
		null      | scopes = [null] | refused | This attribute contains a null value
		`,
	},
	{
		Attribute: "allow_all_scopes",
		Steps: `
		created   | allow_all_scopes = true | create
		          | POST {"allow_all_scopes":true,"scope":null} | true
		changed   | allow_all_scopes = false | update
		          | PATCH {"allow_all_scopes":false,"scope":[]} | false
		null      | allow_all_scopes = null | no-op | | false
		null      | allow_all_scopes = null | no-op | | false

		unknown   | allow_all_scopes = LATER ? true : null | create, unknown
		          | POST {"allow_all_scopes":true,"scope":null} | true
		unknown   | allow_all_scopes = LATER ? false : null | update, unknown
		          | PATCH {"allow_all_scopes":false,"scope":[]} | false
		unknown   | allow_all_scopes = LATER ? null : true | update, unknown | | false
		taken_out | | no-op | | false

		unknown   | allow_all_scopes = LATER ? null : true | create, unknown | POST | false
		null      | allow_all_scopes = null | no-op | | false
		changed   | allow_all_scopes = true | update | PATCH {"allow_all_scopes":true} | true
		taken_out | | update | PATCH {"allow_all_scopes":false,"scope":[]} | false
		`,
	},
	{
		Attribute: "allow_all_scopes", Variant: "or_scopes",
		Steps: `
		unknown   | allow_all_scopes = LATER ? true : null; scopes = LATER ? null : ["a"] | create,
		              unknown
		          | POST {"allow_all_scopes":true,"scope":null} | scopes = null
		unknown   | allow_all_scopes = LATER ? null : true; scopes = LATER ? ["a"] : null | update,
		              unknown
		          | PATCH {"allow_all_scopes":false,"scope":["a"]} | scopes = ["a"]
		changed   | allow_all_scopes = true; scopes = null | update
		          | PATCH {"allow_all_scopes":true} | scopes = null
		unknown   | allow_all_scopes = LATER ? null : true; scopes = LATER ? null : ["a"] | update,
		              unknown
		          | PATCH {"allow_all_scopes":false,"scope":[]} | scopes = []

		unknown   | allow_all_scopes = LATER ? true : null; scopes = LATER ? ["a"] : null |
		              refused at apply
		          | allow_all_scopes = true grants every scope of the API.
		`,
	},
	{
		Attribute: "subject_type",
		Config:    `subject_type = …`,
		Body:      `{"subject_type":…}`,
		Steps: `
		created   | "user" | create | POST "user" | "user"
		changed   | "anonymous_user" | replace
		          | DELETE then POST "anonymous_user" | "anonymous_user"
		null      | null | replace | DELETE then POST | "client"
		null      | null | no-op | | "client"

		unknown   | LATER ? "user" : null | create, unknown | POST "user" | "user"
		unknown   | LATER ? "anonymous_user" : null | replace, unknown
		          | DELETE then POST "anonymous_user" | "anonymous_user"
		unknown   | LATER ? null : "user" | replace, unknown | DELETE then POST | "client"
		taken_out | | no-op | | "client"

		unknown   | LATER ? null : "user" | create, unknown | POST                    | "client"
		null      | null                  | no-op           |                         | "client"
		changed   | "user"                | replace         | DELETE then POST "user" | "user"
		taken_out |                       | replace         | DELETE then POST        | "client"

		emptied   | "" | refused | "" is not known; use
		`,
	},
	{
		Attribute: "organization_usage",
		Config:    `organization_usage = …`,
		Body:      `{"organization_usage":…}`,
		Steps: `
		created   | "allow" | create | POST "allow" | "allow"
		changed   | "deny"  | update | PATCH "deny" | "deny"
		null      | null    | update | PATCH null   | null
		null      | null    | no-op  |              | null

		unknown   | LATER ? "allow" : null | create, unknown | POST "allow" | "allow"
		unknown   | LATER ? "deny" : null  | update, unknown | PATCH "deny" | "deny"
		unknown   | LATER ? null : "allow" | update, unknown | PATCH null   | null
		taken_out |                        | no-op           |              | null

		unknown   | LATER ? null : "allow" | create, unknown | POST          | null
		null      | null                   | no-op           |               | null
		changed   | "allow"                | update          | PATCH "allow" | "allow"
		taken_out |                        | update          | PATCH null    | null

		emptied   | "" | refused | "" is not known; use
		`,
	},
	{
		Attribute: "allow_any_organization",
		Config:    `allow_any_organization = …`,
		Body:      `{"allow_any_organization":…}`,
		Steps: `
		created   | false | create | POST false | false
		changed   | true  | update | PATCH true | true
		null      | null  | update | PATCH null | null
		null      | null  | no-op  |            | null

		unknown   | LATER ? false : null | create, unknown | POST false | false
		unknown   | LATER ? true : null  | update, unknown | PATCH true | true
		unknown   | LATER ? null : false | update, unknown | PATCH null | null
		taken_out |                      | no-op           |            | null

		unknown   | LATER ? null : false | create, unknown | POST        | null
		null      | null                 | no-op           |             | null
		changed   | false                | update          | PATCH false | false
		taken_out |                      | update          | PATCH null  | null
		`,
	},
	{
		Attribute: "authorization_details_types",
		Config:    `authorization_details_types = …`,
		Body:      `{"authorization_details_types":…}`,
		Steps: `
		created   | ["a"]     | create | POST ["a"]      | ["a"]
		changed   | ["a","b"] | update | PATCH ["a","b"] | ["a","b"]
		emptied   | []        | update | PATCH []        | []
		null      | null      | no-op  |                 | []

		unknown   | LATER ? ["a"] : null     | create, unknown | POST ["a"]      | ["a"]
		unknown   | LATER ? ["a","b"] : null | update, unknown | PATCH ["a","b"] | ["a","b"]
		unknown   | LATER ? null : ["a"]     | update, unknown | PATCH []        | []
		taken_out |                          | no-op           |                 | []

		unknown   | LATER ? null : ["a"] | create, unknown | POST        | null
		null      | null                 | no-op           |             | null
		changed   | ["a"]                | update          | PATCH ["a"] | ["a"]
		taken_out |                      | update          | PATCH []    | []

		emptied   | []                | create          | POST            | []
		changed   | ["a","b"]         | update          | PATCH ["a","b"] | ["a","b"]
		unknown   | LATER ? [] : null | update, unknown | PATCH []        | []
		taken_out |                   | no-op           |                 | []
		`,
	},
	{
		Attribute: "authorization_details_types", Variant: "elements",
		Steps: `
		created   | authorization_details_types = ["a"] | create
		          | POST {"authorization_details_types":["a"]} | ["a"]
		changed   | authorization_details_types = ["b"] | update
		          | PATCH {"authorization_details_types":["b"]} | ["b"]
		changed   | authorization_details_types = ["a"] | update
		          | PATCH {"authorization_details_types":["a"]} | ["a"]
		changed   | authorization_details_types = ["a"] | no-op | | ["a"]

		unknown   | authorization_details_types = [LATER ? "a" : null] | create, unknown
		          | POST {"authorization_details_types":["a"]} | ["a"]
		unknown   | authorization_details_types = [LATER ? "b" : null] | update, unknown
		          | PATCH {"authorization_details_types":["b"]} | ["b"]
		unknown   | authorization_details_types = [LATER ? "a" : null] | update, unknown
		          | PATCH {"authorization_details_types":["a"]} | ["a"]
		changed   | authorization_details_types = ["b"] | update
		          | PATCH {"authorization_details_types":["b"]} | ["b"]

		emptied   | authorization_details_types = [""] | refused
		          | UTF-8 character count must be between 1 and 255
		null      | authorization_details_types = [null] | refused
		          | This attribute contains a null value
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
		unknown   | organization_usage = "allow" | create, unknown
		          | POST {"organization_usage":"allow"} | "THE_ID"
		changed   | organization_usage = "require" | update
		          | PATCH {"organization_usage":"require"} | "THE_ID"
		changed   | organization_usage = "allow" | update
		          | PATCH {"organization_usage":"allow"} | "THE_ID"
		changed   | organization_usage = "require" | update
		          | PATCH {"organization_usage":"require"} | "THE_ID"

		created   | id = "true" | refused | Invalid Configuration for Read-Only Attribute
		`,
	},
	{
		Attribute: "is_system",
		Steps: `
		unknown   | use_existing = true; organization_usage = "allow" | create, unknown
		          | POST {"organization_usage":"allow"} | null
		changed   | use_existing = true; organization_usage = "require" | update
		          | PATCH {"organization_usage":"require"} | null
		changed   | use_existing = true; organization_usage = "allow" | update
		          | PATCH {"organization_usage":"allow"} | null
		changed   | use_existing = true; organization_usage = "require" | update
		          | PATCH {"organization_usage":"require"} | null

		changed   | organization_usage = "allow" | create
		          | POST {"organization_usage":"allow"} | null
		changed   | organization_usage = "require" | update
		          | PATCH {"organization_usage":"require"} | null
		changed   | organization_usage = "allow" | update
		          | PATCH {"organization_usage":"allow"} | null
		changed   | organization_usage = "require" | update
		          | PATCH {"organization_usage":"require"} | null

		created   | is_system = "true" | refused | Invalid Configuration for Read-Only Attribute
		`,
	},
}
