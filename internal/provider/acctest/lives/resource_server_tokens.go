// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

// How tokens of the API are made.
var tokenRows = []Row{
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

		emptied   | signing_alg = "" | refused | "" is not known; use
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

		emptied   | "" | refused | "" is not known; use
		`,
	},
}
