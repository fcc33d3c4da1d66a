// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

// The policies of the API, and its refresh tokens.
var accessRows = []Row{
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
		Attribute: "authorization_policy",
		Names: map[string]string{
			"P1": `{"policy_id":"p1"}`,
			"P2": `{"policy_id":"p2"}`,
		},
		Config: `authorization_policy = …`,
		Body:   `{"authorization_policy":…}`,
		Steps: `
		created   | P1   | create | POST P1    | P1
		changed   | P2   | update | PATCH P2   | P2
		null      | null | update | PATCH null | null
		null      | null | no-op  |            | null

		unknown   | LATER ? P1 : null | create, unknown | POST P1    | P1
		unknown   | LATER ? P2 : null | update, unknown | PATCH P2   | P2
		unknown   | LATER ? null : P1 | update, unknown | PATCH null | null
		taken_out |                   | no-op           |            | null

		unknown   | LATER ? null : P1 | create, unknown | POST       | null
		null      | null              | no-op           |            | null
		changed   | P1                | update          | PATCH P1   | P1
		taken_out |                   | update          | PATCH null | null

		emptied   | {} | refused | attribute "policy_id" is required
		`,
	},
	{
		Attribute: "authorization_policy.policy_id",
		Config:    `authorization_policy = { … }`,
		Body:      `{"authorization_policy":{…}}`,
		Steps: `
		created   | policy_id = "p1" | create | POST "policy_id":"p1"  | "p1"
		changed   | policy_id = "p2" | update | PATCH "policy_id":"p2" | "p2"
		changed   | policy_id = "p1" | update | PATCH "policy_id":"p1" | "p1"
		changed   | policy_id = "p1" | no-op  |                        | "p1"

		unknown   | policy_id = LATER ? "p1" : null | create, unknown | POST "policy_id":"p1" | "p1"
		unknown   | policy_id = LATER ? "p2" : null | update, unknown
		          | PATCH "policy_id":"p2" | "p2"
		unknown   | policy_id = LATER ? "p1" : null | update, unknown
		          | PATCH "policy_id":"p1" | "p1"
		changed   | policy_id = "p2" | update | PATCH "policy_id":"p2" | "p2"

		null      | policy_id = null | refused
		          | Must set a configuration value for the authorization_policy.policy_id attribute
		              as the provider has marked it as required.
		taken_out | - | refused | attribute "policy_id" is required
		emptied   | policy_id = "" | refused
		          | policy_id UTF-8 character count must be between 1 and 1024
		unknown   | policy_id = LATER ? null : "p1" | refused at apply
		          | Must set a configuration value for the … attribute as the provider has marked it
		              as required.
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
}
