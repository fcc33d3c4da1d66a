// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"slices"
)

// resourceServerTable has no rows yet.
func resourceServerTable(test string) *Lives {
	return &Lives{
		Test: test, Type: "m2m_resource_server",
		Least: `identifier = "THIS_API"`, Created: `{"identifier":"THIS_API"}`,
		List: "resource-servers", Object: "resource-servers/{id}",
		IDs: func(n *Tenant) map[string]string { return n.IDsOf("resource-servers", "identifier") },
	}
}

func resourceServerLives() *Lives {
	table := resourceServerTable("TestAccResourceServer_lives")
	table.Names = encryptionKeys()
	table.Rows = slices.Concat(
		resourceServerRows, subjectTypeRows, tokenEncryptionRows, proofOfPossessionRows,
	)
	return table
}

var resourceServerRows = []Life{
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
		Attribute: "signing_alg",
		Steps: `
		created   | signing_alg = "PS256" | create | POST {"signing_alg":"PS256"}  | "PS256"
		changed   | signing_alg = "HS256" | update | PATCH {"signing_alg":"HS256"} | "HS256"
		null      | signing_alg = null    | no-op  |                               | "HS256"
		null      | signing_alg = null    | no-op  |                               | "HS256"

		unknown   | signing_alg = LATER ? "PS256" : null | create, unknown
		          | POST {"signing_alg":"PS256"} | "PS256"
		unknown   | signing_alg = LATER ? "HS256" : null | update, unknown
		          | PATCH {"signing_alg":"HS256"} | "HS256"
		unknown   | signing_alg = LATER ? null : "PS256" | update, unknown | | "HS256"
		taken_out | | no-op | | "HS256"

		unknown   | signing_alg = LATER ? null : "PS256" | create, unknown | POST | "RS256"
		null      | signing_alg = null | no-op | | "RS256"
		changed   | signing_alg = "PS256" | update | PATCH {"signing_alg":"PS256"} | "PS256"
		taken_out | | no-op | | "PS256"

		emptied   | signing_alg = "" | refused | Attribute signing_alg value must be one of
		`,
	},
	{
		Attribute: "signing_secret",
		Config:    `signing_secret = …`,
		Body:      `{"signing_secret":…}`,
		Steps: `
		created   | "0123456789abcdef" | create | POST "0123456789abcdef"  | "0123456789abcdef"
		changed   | "fedcba9876543210" | update | PATCH "fedcba9876543210" | "fedcba9876543210"
		null      | null               | no-op  |                          | "fedcba9876543210"
		null      | null               | no-op  |                          | "fedcba9876543210"

		unknown   | LATER ? "0123456789abcdef" : null | create, unknown
		          | POST "0123456789abcdef" | "0123456789abcdef"
		unknown   | LATER ? "fedcba9876543210" : null | update, unknown
		          | PATCH "fedcba9876543210" | "fedcba9876543210"
		unknown   | LATER ? null : "0123456789abcdef" | update, unknown | | "fedcba9876543210"
		taken_out | | no-op | | "fedcba9876543210"

		unknown   | LATER ? null : "0123456789abcdef" | create, unknown | POST | null
		null      | null | no-op | | null
		changed   | "0123456789abcdef" | update | PATCH "0123456789abcdef" | "0123456789abcdef"
		taken_out | | no-op | | "0123456789abcdef"

		emptied   | "" | refused | signing_secret has 0 characters; the API requires at least 16.
		`,
	},
	{
		Attribute: "token_lifetime",
		Steps: `
		created   | token_lifetime = 7200 | create | POST {"token_lifetime":7200}  | 7200
		changed   | token_lifetime = 7201 | update | PATCH {"token_lifetime":7201} | 7201
		null      | token_lifetime = null | no-op  |                               | 7201
		null      | token_lifetime = null | no-op  |                               | 7201

		unknown   | token_lifetime = LATER ? 7200 : null | create, unknown
		          | POST {"token_lifetime":7200} | 7200
		unknown   | token_lifetime = LATER ? 7201 : null | update, unknown
		          | PATCH {"token_lifetime":7201} | 7201
		unknown   | token_lifetime = LATER ? null : 7200 | update, unknown | | 7201
		taken_out | | no-op | | 7201

		unknown   | token_lifetime = LATER ? null : 7200 | create, unknown | POST | 86400
		null      | token_lifetime = null | no-op | | 86400
		changed   | token_lifetime = 7200 | update | PATCH {"token_lifetime":7200} | 7200
		taken_out | | no-op | | 7200
		`,
	},
	{
		Attribute: "token_lifetime_for_web",
		Config:    `token_lifetime_for_web = …`,
		Body:      `{"token_lifetime_for_web":…}`,
		Steps: `
		created   | 600  | create | POST 600  | 600
		changed   | 601  | update | PATCH 601 | 601
		emptied   | 0    | update | PATCH 0   | 0
		null      | null | no-op  |           | 0

		unknown   | LATER ? 600 : null | create, unknown | POST 600  | 600
		unknown   | LATER ? 601 : null | update, unknown | PATCH 601 | 601
		unknown   | LATER ? null : 600 | update, unknown |           | 601
		taken_out |                    | no-op           |           | 601

		unknown   | LATER ? null : 600 | create, unknown | POST      | 7200
		null      | null               | no-op           |           | 7200
		changed   | 600                | update          | PATCH 600 | 600
		taken_out |                    | no-op           |           | 600

		emptied   | 0                | create          | POST 0    | 0
		changed   | 601              | update          | PATCH 601 | 601
		unknown   | LATER ? 0 : null | update, unknown | PATCH 0   | 0
		taken_out |                  | no-op           |           | 0
		`,
	},
	{
		Attribute: "token_dialect",
		Config:    `token_dialect = …`,
		Body:      `{"token_dialect":…}`,
		Steps: `
		created   | "rfc9068_profile" | create | POST "rfc9068_profile" | "rfc9068_profile"
		changed   | "access_token"    | update | PATCH "access_token"   | "access_token"
		null      | null              | no-op  |                        | "access_token"
		null      | null              | no-op  |                        | "access_token"

		unknown   | LATER ? "rfc9068_profile" : null | create, unknown
		          | POST "rfc9068_profile" | "rfc9068_profile"
		unknown   | LATER ? "access_token" : null | update, unknown
		          | PATCH "access_token" | "access_token"
		unknown   | LATER ? null : "rfc9068_profile" | update, unknown | | "access_token"
		taken_out | | no-op | | "access_token"

		unknown   | LATER ? null : "rfc9068_profile" | create, unknown | POST | null
		null      | null | no-op | | null
		changed   | "rfc9068_profile" | update | PATCH "rfc9068_profile" | "rfc9068_profile"
		taken_out | | no-op | | "rfc9068_profile"

		emptied   | "" | refused | Attribute token_dialect value must be one of
		`,
	},
	{
		Attribute: "enforce_policies",
		Steps: `
		created   | enforce_policies = false | create | POST {"enforce_policies":false} | false
		changed   | enforce_policies = true  | update | PATCH {"enforce_policies":true} | true
		null      | enforce_policies = null  | no-op  |                                 | true
		null      | enforce_policies = null  | no-op  |                                 | true

		unknown   | enforce_policies = LATER ? false : null | create, unknown
		          | POST {"enforce_policies":false} | false
		unknown   | enforce_policies = LATER ? true : null | update, unknown
		          | PATCH {"enforce_policies":true} | true
		unknown   | enforce_policies = LATER ? null : false | update, unknown | | true
		taken_out | | no-op | | true

		unknown   | enforce_policies = LATER ? null : false | create, unknown | POST | null
		null      | enforce_policies = null | no-op | | null
		changed   | enforce_policies = false | update | PATCH {"enforce_policies":false} | false
		taken_out | | no-op | | false
		`,
	},
	{
		Attribute: "allow_offline_access",
		Config:    `allow_offline_access = …`,
		Body:      `{"allow_offline_access":…}`,
		Steps: `
		created   | true  | create | POST true   | true
		changed   | false | update | PATCH false | false
		null      | null  | no-op  |             | false
		null      | null  | no-op  |             | false

		unknown   | LATER ? true : null  | create, unknown | POST true   | true
		unknown   | LATER ? false : null | update, unknown | PATCH false | false
		unknown   | LATER ? null : true  | update, unknown |             | false
		taken_out |                      | no-op           |             | false

		unknown   | LATER ? null : true | create, unknown | POST       | false
		null      | null                | no-op           |            | false
		changed   | true                | update          | PATCH true | true
		taken_out |                     | no-op           |            | true
		`,
	},
	{
		Attribute: "allow_online_access",
		Config:    `allow_online_access = …`,
		Body:      `{"allow_online_access":…}`,
		Steps: `
		created   | false | create | POST false | false
		changed   | true  | update | PATCH true | true
		null      | null  | no-op  |            | true
		null      | null  | no-op  |            | true

		unknown   | LATER ? false : null | create, unknown | POST false | false
		unknown   | LATER ? true : null  | update, unknown | PATCH true | true
		unknown   | LATER ? null : false | update, unknown |            | true
		taken_out |                      | no-op           |            | true

		unknown   | LATER ? null : false | create, unknown | POST        | null
		null      | null                 | no-op           |             | null
		changed   | false                | update          | PATCH false | false
		taken_out |                      | no-op           |             | false
		`,
	},
	{
		Attribute: "allow_online_access_with_ephemeral_sessions",
		Config:    `allow_online_access_with_ephemeral_sessions = …`,
		Body:      `{"allow_online_access_with_ephemeral_sessions":…}`,
		Steps: `
		created   | false | create | POST false | false
		changed   | true  | update | PATCH true | true
		null      | null  | no-op  |            | true
		null      | null  | no-op  |            | true

		unknown   | LATER ? false : null | create, unknown | POST false | false
		unknown   | LATER ? true : null  | update, unknown | PATCH true | true
		unknown   | LATER ? null : false | update, unknown |            | true
		taken_out |                      | no-op           |            | true

		unknown   | LATER ? null : false | create, unknown | POST        | null
		null      | null                 | no-op           |             | null
		changed   | false                | update          | PATCH false | false
		taken_out |                      | no-op           |             | false
		`,
	},
	{
		Attribute: "skip_consent_for_verifiable_first_party_clients",
		Config:    `skip_consent_for_verifiable_first_party_clients = …`,
		Body:      `{"skip_consent_for_verifiable_first_party_clients":…}`,
		Steps: `
		created   | true  | create | POST true   | true
		changed   | false | update | PATCH false | false
		null      | null  | no-op  |             | false
		null      | null  | no-op  |             | false

		unknown   | LATER ? true : null  | create, unknown | POST true   | true
		unknown   | LATER ? false : null | update, unknown | PATCH false | false
		unknown   | LATER ? null : true  | update, unknown |             | false
		taken_out |                      | no-op           |             | false

		unknown   | LATER ? null : true | create, unknown | POST       | false
		null      | null                | no-op           |            | false
		changed   | true                | update          | PATCH true | true
		taken_out |                     | no-op           |            | true
		`,
	},
	{
		Attribute: "consent_policy",
		Config:    `consent_policy = …`,
		Body:      `{"consent_policy":…}`,
		Steps: `
		created   | "transactional-authorization-with-mfa" | create
		          | POST "transactional-authorization-with-mfa" |
		              "transactional-authorization-with-mfa"
		changed   | "transactional-authorization-with-mfa" | no-op
		          |  | "transactional-authorization-with-mfa"
		null      | null | update | PATCH null | null
		null      | null | no-op | | null

		unknown   | LATER ? "transactional-authorization-with-mfa" : null | create, unknown
		          | POST "transactional-authorization-with-mfa" |
		              "transactional-authorization-with-mfa"
		unknown   | LATER ? "transactional-authorization-with-mfa" : null | update, unknown
		          |  | "transactional-authorization-with-mfa"
		unknown   | LATER ? null : "transactional-authorization-with-mfa" | update, unknown
		          | PATCH null | null
		taken_out | | no-op | | null

		unknown   | LATER ? null : "transactional-authorization-with-mfa" | create, unknown
		          | POST | null
		null      | null | no-op | | null
		changed   | "transactional-authorization-with-mfa" | update
		          | PATCH "transactional-authorization-with-mfa" |
		              "transactional-authorization-with-mfa"
		taken_out | | update | PATCH null | null

		emptied   | "" | refused | Attribute consent_policy value must be one of
		`,
	},
	{
		Attribute: "authorization_details",
		Names: map[string]string{
			"ONE": `[{"type":"a"}]`,
			"TWO": `[{"type":"a"},{"type":"b"}]`,
		},
		Config: `authorization_details = …`,
		Body:   `{"authorization_details":…}`,
		Steps: `
		created   | ONE  | create | POST ONE   | ONE
		changed   | TWO  | update | PATCH TWO  | TWO
		emptied   | []   | update | PATCH null | []
		null      | null | no-op  |            | []

		unknown   | LATER ? ONE : null | create, unknown | POST ONE   | ONE
		unknown   | LATER ? TWO : null | update, unknown | PATCH TWO  | TWO
		unknown   | LATER ? null : ONE | update, unknown | PATCH null | []
		taken_out |                    | no-op           |            | []

		unknown   | LATER ? null : ONE | create, unknown | POST       | []
		null      | null               | no-op           |            | []
		changed   | ONE                | update          | PATCH ONE  | ONE
		taken_out |                    | update          | PATCH null | []

		emptied   | []                | create          | POST       | []
		changed   | TWO               | update          | PATCH TWO  | TWO
		unknown   | LATER ? [] : null | update, unknown | PATCH null | []
		taken_out |                   | no-op           |            | []
		`,
	},
	{
		Attribute: "authorization_details.type",
		Config:    `authorization_details = [{ … }]`,
		Body:      `{"authorization_details":[{…}]}`,
		Steps: `
		created   | type = "a" | create | POST "type":"a"  | "a"
		changed   | type = "b" | update | PATCH "type":"b" | "b"
		changed   | type = "a" | update | PATCH "type":"a" | "a"
		changed   | type = "a" | no-op  |                  | "a"

		unknown   | type = LATER ? "a" : null | create, unknown | POST "type":"a"  | "a"
		unknown   | type = LATER ? "b" : null | update, unknown | PATCH "type":"b" | "b"
		unknown   | type = LATER ? "a" : null | update, unknown | PATCH "type":"a" | "a"
		changed   | type = "b"                | update          | PATCH "type":"b" | "b"

		emptied   | type = "" | refused | string length must be at least 1
		null      | type = null | refused
		          | Must set a configuration value for the authorization_details[0].type attribute
		              as the provider has marked it as required.
		taken_out | - | refused | attribute "type" is required
		unknown   | type = LATER ? null : "a" | refused at apply
		          | Must set a configuration value for the … attribute as the provider has marked it
		              as required.
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
		unknown   | name = "A" | create, unknown | POST {"name":"A"}  | false
		changed   | name = "B" | update          | PATCH {"name":"B"} | false
		changed   | name = "A" | update          | PATCH {"name":"A"} | false
		changed   | name = "B" | update          | PATCH {"name":"B"} | false

		created   | is_system = "true" | refused | Invalid Configuration for Read-Only Attribute
		`,
	},
	{
		Attribute: "client_id",
		Steps: `
		unknown   | name = "A" | create, unknown | POST {"name":"A"}  | null
		changed   | name = "B" | update          | PATCH {"name":"B"} | null
		changed   | name = "A" | update          | PATCH {"name":"A"} | null
		changed   | name = "B" | update          | PATCH {"name":"B"} | null

		created   | client_id = "true" | refused | Invalid Configuration for Read-Only Attribute
		`,
	},
}
