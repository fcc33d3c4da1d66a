// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

// An update sends the policies for users and for machines, even if only one of them changes.
var subjectTypeRows = []Row{
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

		emptied   | policy = "" | refused | "" is not known for
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

		emptied   | policy = "" | refused | "" is not known for
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
