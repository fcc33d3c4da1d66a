// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

// An update sends the policies for users and for machines, even if only one of them changes.
var subjectTypeRows = []Life{
	{
		Attribute: "subject_type_authorization",
		Names: map[string]string{
			"DENY":    `{"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}}`,
			"REQUIRE": `{"user":{"policy":"require_client_grant"},"client":{"policy":"require_client_grant"}}`,
			"DEFAULT": `{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}}`,
		},
		Config: `subject_type_authorization = …`,
		Body:   `{"subject_type_authorization":…}`,
		Steps: `
		created   | DENY    | create | POST DENY     | DENY
		changed   | REQUIRE | update | PATCH REQUIRE | REQUIRE
		emptied   | {}      | no-op  |               | REQUIRE
		null      | null    | no-op  |               | REQUIRE

		unknown   | LATER ? DENY : null    | create, unknown | POST DENY     | DENY
		unknown   | LATER ? REQUIRE : null | update, unknown | PATCH REQUIRE | REQUIRE
		unknown   | LATER ? null : DENY    | update, unknown |               | REQUIRE
		taken_out |                        | no-op           |               | REQUIRE

		unknown   | LATER ? null : DENY | create, unknown | POST       | DEFAULT
		null      | null                | no-op           |            | DEFAULT
		changed   | DENY                | update          | PATCH DENY | DENY
		taken_out |                     | no-op           |            | DENY

		emptied   | {}                | create, unknown | POST          | DEFAULT
		changed   | REQUIRE           | update          | PATCH REQUIRE | REQUIRE
		unknown   | LATER ? {} : null | update, unknown |               | REQUIRE
		taken_out |                   | no-op           |               | REQUIRE
		`,
	},
	{
		Attribute: "subject_type_authorization.user",
		Names: map[string]string{
			"DENY":    `{"policy":"deny_all"}`,
			"REQUIRE": `{"policy":"require_client_grant"}`,
			"ALLOW":   `{"policy":"allow_all"}`,
		},
		Config: `subject_type_authorization = { … }`,
		Steps: `
		created   | user = DENY | create | POST {"subject_type_authorization":{"user":DENY}} | DENY
		changed   | user = REQUIRE | update
		          | PATCH {"subject_type_authorization":{"user":REQUIRE,"client":REQUIRE}} | REQUIRE
		null      | user = null | no-op | | REQUIRE
		null      | user = null | no-op | | REQUIRE

		unknown   | user = LATER ? DENY : null | create, unknown
		          | POST {"subject_type_authorization":{"user":DENY}} | DENY
		unknown   | user = LATER ? REQUIRE : null | update, unknown
		          | PATCH {"subject_type_authorization":{"user":REQUIRE,"client":REQUIRE}} | REQUIRE
		unknown   | user = LATER ? null : DENY | update, unknown | | REQUIRE
		taken_out | - | no-op | | REQUIRE

		unknown   | user = LATER ? null : DENY | create, unknown | POST | ALLOW
		null      | user = null | no-op | | ALLOW
		changed   | user = DENY | update
		          | PATCH {"subject_type_authorization":{"user":DENY,"client":REQUIRE}} | DENY
		taken_out | - | no-op | | DENY

		emptied   | user = {} | refused | attribute "policy" is required
		`,
	},
	{
		Attribute: "subject_type_authorization.user.policy",
		Config:    `subject_type_authorization = { user = { … } }`,
		Steps: `
		created   | policy = "deny_all" | create
		          | POST {"subject_type_authorization":{"user":{"policy":"deny_all"}}} | "deny_all"
		changed   | policy = "require_client_grant" | update
		          | PATCH {"subject_type_authorization":{"user":{"policy":"require_client_grant"},
		              "client":{"policy":"require_client_grant"}}} | "require_client_grant"
		changed   | policy = "deny_all" | update
		          | PATCH {"subject_type_authorization":{"user":{"policy":"deny_all"},
		              "client":{"policy":"require_client_grant"}}} | "deny_all"
		changed   | policy = "deny_all" | no-op | | "deny_all"

		unknown   | policy = LATER ? "deny_all" : null | create, unknown
		          | POST {"subject_type_authorization":{"user":{"policy":"deny_all"}}} | "deny_all"
		unknown   | policy = LATER ? "require_client_grant" : null | update, unknown
		          | PATCH {"subject_type_authorization":{"user":{"policy":"require_client_grant"},
		              "client":{"policy":"require_client_grant"}}} | "require_client_grant"
		unknown   | policy = LATER ? "deny_all" : null | update, unknown
		          | PATCH {"subject_type_authorization":{"user":{"policy":"deny_all"},
		              "client":{"policy":"require_client_grant"}}} | "deny_all"
		changed   | policy = "require_client_grant" | update
		          | PATCH {"subject_type_authorization":{"user":{"policy":"require_client_grant"},
		              "client":{"policy":"require_client_grant"}}} | "require_client_grant"

		emptied   | policy = "" | refused | policy value must be one of
		null      | policy = null | refused
		          | Must set a configuration value for the subject_type_authorization.user.policy
		              attribute as the provider has marked it as required.
		taken_out | - | refused | attribute "policy" is required
		unknown   | policy = LATER ? null : "deny_all" | refused at apply
		          | Must set a configuration value for the … attribute as the provider has marked it
		              as required.
		`,
	},
	{
		Attribute: "subject_type_authorization.client",
		Names: map[string]string{
			"DENY":    `{"policy":"deny_all"}`,
			"REQUIRE": `{"policy":"require_client_grant"}`,
			"ALLOW":   `{"policy":"allow_all"}`,
		},
		Config: `subject_type_authorization = { … }`,
		Steps: `
		created   | client = DENY | create
		          | POST {"subject_type_authorization":{"client":DENY}} | DENY
		changed   | client = REQUIRE | update
		          | PATCH {"subject_type_authorization":{"user":ALLOW,"client":REQUIRE}} | REQUIRE
		null      | client = null | no-op | | REQUIRE
		null      | client = null | no-op | | REQUIRE

		unknown   | client = LATER ? DENY : null | create, unknown
		          | POST {"subject_type_authorization":{"client":DENY}} | DENY
		unknown   | client = LATER ? REQUIRE : null | update, unknown
		          | PATCH {"subject_type_authorization":{"user":ALLOW,"client":REQUIRE}} | REQUIRE
		unknown   | client = LATER ? null : DENY | update, unknown | | REQUIRE
		taken_out | - | no-op | | REQUIRE

		unknown   | client = LATER ? null : DENY | create, unknown | POST | REQUIRE
		null      | client = null | no-op | | REQUIRE
		changed   | client = DENY | update
		          | PATCH {"subject_type_authorization":{"user":ALLOW,"client":DENY}} | DENY
		taken_out | - | no-op | | DENY

		emptied   | client = {} | refused | attribute "policy" is required
		`,
	},
	{
		Attribute: "subject_type_authorization.client.policy",
		Config:    `subject_type_authorization = { client = { … } }`,
		Steps: `
		created   | policy = "deny_all" | create
		          | POST {"subject_type_authorization":{"client":{"policy":"deny_all"}}} |
		              "deny_all"
		changed   | policy = "require_client_grant" | update
		          | PATCH {"subject_type_authorization":{"user":{"policy":"allow_all"},
		              "client":{"policy":"require_client_grant"}}} | "require_client_grant"
		changed   | policy = "deny_all" | update
		          | PATCH {"subject_type_authorization":{"user":{"policy":"allow_all"},
		              "client":{"policy":"deny_all"}}} | "deny_all"
		changed   | policy = "deny_all" | no-op | | "deny_all"

		unknown   | policy = LATER ? "deny_all" : null | create, unknown
		          | POST {"subject_type_authorization":{"client":{"policy":"deny_all"}}} |
		              "deny_all"
		unknown   | policy = LATER ? "require_client_grant" : null | update, unknown
		          | PATCH {"subject_type_authorization":{"user":{"policy":"allow_all"},
		              "client":{"policy":"require_client_grant"}}} | "require_client_grant"
		unknown   | policy = LATER ? "deny_all" : null | update, unknown
		          | PATCH {"subject_type_authorization":{"user":{"policy":"allow_all"},
		              "client":{"policy":"deny_all"}}} | "deny_all"
		changed   | policy = "require_client_grant" | update
		          | PATCH {"subject_type_authorization":{"user":{"policy":"allow_all"},
		              "client":{"policy":"require_client_grant"}}} | "require_client_grant"

		emptied   | policy = "" | refused | policy value must be one of
		null      | policy = null | refused
		          | Must set a configuration value for the subject_type_authorization.client.policy
		              attribute as the provider has marked it as required.
		taken_out | - | refused | attribute "policy" is required
		unknown   | policy = LATER ? null : "deny_all" | refused at apply
		          | Must set a configuration value for the … attribute as the provider has marked it
		              as required.
		`,
	},
}

var proofOfPossessionRows = []Life{
	{
		Attribute: "proof_of_possession",
		Names: map[string]string{
			"MTLS":        `{"mechanism":"mtls","required":true}`,
			"DPOP":        `{"mechanism":"dpop","required":false}`,
			"STORED_MTLS": `{"mechanism":"mtls","required":true,"required_for":null}`,
			"STORED_DPOP": `{"mechanism":"dpop","required":false,"required_for":null}`,
		},
		Config: `proof_of_possession = …`,
		Body:   `{"proof_of_possession":…}`,
		Steps: `
		created   | MTLS | create | POST MTLS  | STORED_MTLS
		changed   | DPOP | update | PATCH DPOP | STORED_DPOP
		null      | null | update | PATCH null | null
		null      | null | no-op  |            | null

		unknown   | LATER ? MTLS : null | create, unknown | POST MTLS  | STORED_MTLS
		unknown   | LATER ? DPOP : null | update, unknown | PATCH DPOP | STORED_DPOP
		unknown   | LATER ? null : MTLS | update, unknown | PATCH null | null
		taken_out |                     | no-op           |            | null

		unknown   | LATER ? null : MTLS | create, unknown | POST       | null
		null      | null                | no-op           |            | null
		changed   | MTLS                | update          | PATCH MTLS | STORED_MTLS
		taken_out |                     | update          | PATCH null | null

		emptied   | {} | refused | attributes "mechanism" and "required" are required
		`,
	},
	{
		Attribute: "proof_of_possession.mechanism",
		Config:    `proof_of_possession = { required = true, … }`,
		Body:      `{"proof_of_possession":{"required":true,…}}`,
		Steps: `
		created   | mechanism = "mtls" | create | POST "mechanism":"mtls"  | "mtls"
		changed   | mechanism = "dpop" | update | PATCH "mechanism":"dpop" | "dpop"
		changed   | mechanism = "mtls" | update | PATCH "mechanism":"mtls" | "mtls"
		changed   | mechanism = "mtls" | no-op  |                          | "mtls"

		unknown   | mechanism = LATER ? "mtls" : null | create, unknown
		          | POST "mechanism":"mtls" | "mtls"
		unknown   | mechanism = LATER ? "dpop" : null | update, unknown
		          | PATCH "mechanism":"dpop" | "dpop"
		unknown   | mechanism = LATER ? "mtls" : null | update, unknown
		          | PATCH "mechanism":"mtls" | "mtls"
		changed   | mechanism = "dpop" | update | PATCH "mechanism":"dpop" | "dpop"

		null      | mechanism = null | refused
		          | Must set a configuration value for the proof_of_possession.mechanism attribute
		              as the provider has marked it as required.
		taken_out | - | refused | attribute "mechanism" is required
		emptied   | mechanism = "" | refused | mechanism value must be one of
		unknown   | mechanism = LATER ? null : "mtls" | refused at apply
		          | Must set a configuration value for the … attribute as the provider has marked it
		              as required.
		`,
	},
	{
		Attribute: "proof_of_possession.required",
		Config:    `proof_of_possession = { mechanism = "mtls", … }`,
		Body:      `{"proof_of_possession":{"mechanism":"mtls",…}}`,
		Steps: `
		created   | required = false | create | POST "required":false  | false
		changed   | required = true  | update | PATCH "required":true  | true
		changed   | required = false | update | PATCH "required":false | false
		changed   | required = false | no-op  |                        | false

		unknown   | required = LATER ? false : null | create, unknown
		          | POST "required":false | false
		unknown   | required = LATER ? true : null | update, unknown | PATCH "required":true | true
		unknown   | required = LATER ? false : null | update, unknown
		          | PATCH "required":false | false
		changed   | required = true | update | PATCH "required":true | true

		null      | required = null | refused
		          | Must set a configuration value for the proof_of_possession.required attribute as
		              the provider has marked it as required.
		taken_out | - | refused | attribute "required" is required
		unknown   | required = LATER ? null : false | refused at apply
		          | Must set a configuration value for the … attribute as the provider has marked it
		              as required.
		`,
	},
	{
		Attribute: "proof_of_possession.required_for",
		Config:    `proof_of_possession = { mechanism = "mtls", required = true, … }`,
		Body:      `{"proof_of_possession":{"mechanism":"mtls","required":true,…}}`,
		Steps: `
		created   | required_for = "public_clients" | create
		          | POST "required_for":"public_clients" | "public_clients"
		changed   | required_for = "all_clients" | update
		          | PATCH "required_for":"all_clients" | "all_clients"
		null      | required_for = null | update | PATCH - | null
		null      | required_for = null | no-op | | null

		unknown   | required_for = LATER ? "public_clients" : null | create, unknown
		          | POST "required_for":"public_clients" | "public_clients"
		unknown   | required_for = LATER ? "all_clients" : null | update, unknown
		          | PATCH "required_for":"all_clients" | "all_clients"
		unknown   | required_for = LATER ? null : "public_clients" | update, unknown
		          | PATCH - | null
		taken_out | - | no-op | | null

		unknown   | required_for = LATER ? null : "public_clients" | create, unknown | POST - | null
		null      | required_for = null | no-op | | null
		changed   | required_for = "public_clients" | update
		          | PATCH "required_for":"public_clients" | "public_clients"
		taken_out | - | update | PATCH - | null

		emptied   | required_for = "" | refused | required_for value must be one of
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
}
