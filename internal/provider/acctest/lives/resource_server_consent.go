// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

// What users consent to.
var consentRows = []Row{
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

		emptied   | "" | refused | "" is not known; use
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
		unknown   | LATER ? null : ONE | update, unknown | PATCH null | null
		taken_out |                    | no-op           |            | null

		unknown   | LATER ? null : ONE | create, unknown | POST       | null
		null      | null               | no-op           |            | null
		changed   | ONE                | update          | PATCH ONE  | ONE
		taken_out |                    | update          | PATCH null | null

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
}
