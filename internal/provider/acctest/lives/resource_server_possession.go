// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

var proofOfPossessionRows = []Row{
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
		emptied   | mechanism = "" | refused | "" is not known for
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

		emptied   | required_for = "" | refused | "" is not known for
		`,
	},
}
