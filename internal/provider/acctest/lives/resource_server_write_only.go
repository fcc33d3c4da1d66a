// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

import "github.com/hashicorp/terraform-plugin-testing/tfversion"

// WriteOnlySecret is the table of the write-only secret and its version, which decides when the
// secret is sent, and whether the state holds the secret that the tenant has.
func WriteOnlySecret() *Table {
	table := resourceServerTable("TestAccResourceServer_writeOnlyLives")
	table.Names = map[string]string{
		"SECRET_1": `"secret-number-one-1"`,
		"SECRET_2": `"secret-number-two-2"`,
	}
	table.Versions = []tfversion.TerraformVersionCheck{
		tfversion.SkipBelow(tfversion.Version1_11_0),
	}
	table.Rows = writeOnlyRows
	return table
}

var writeOnlyRows = []Row{
	{
		Attribute: "signing_secret_wo",
		Steps: `
		created   | signing_secret_wo = SECRET_1; signing_secret_wo_version = 1 | create
		          | POST {"signing_secret":SECRET_1} | signing_secret = null
		changed   | signing_secret_wo = SECRET_2; signing_secret_wo_version = 1 | no-op | | null
		changed   | signing_secret_wo = SECRET_2; signing_secret_wo_version = 2 | update
		          | PATCH {"signing_secret":SECRET_2} | signing_secret = null
		taken_out | | update, unknown | | signing_secret = SECRET_2

		emptied   | signing_secret_wo = ""; signing_secret_wo_version = 1 | refused
		          | signing_secret_wo has 0 characters; the API requires at least 16.
		null      | signing_secret_wo = null; signing_secret_wo_version = 1 | refused
		          | signing_secret_wo_version is set, but signing_secret_wo is not. Set both, or
		              remove signing_secret_wo_version.
		`,
	},
	{
		Attribute: "signing_secret_wo", Variant: "later",
		Steps: `
		unknown   | signing_secret_wo = LATER ? SECRET_1 : null; signing_secret_wo_version = 1 |
		              create
		          | POST {"signing_secret":SECRET_1} | signing_secret = null
		unknown   | signing_secret_wo = LATER ? SECRET_2 : null; signing_secret_wo_version = 2 |
		              update
		          | PATCH {"signing_secret":SECRET_2} | null
		unknown   | signing_secret_wo = LATER ? null : SECRET_1; signing_secret_wo_version = LATER ?
		              null : 1 | update, unknown
		          |  | signing_secret = SECRET_2
		null      | signing_secret_wo = null; signing_secret_wo_version = null | no-op
		          |  | signing_secret = SECRET_2
		`,
	},
	{
		Attribute: "signing_secret_wo_version",
		Steps: `
		created   | signing_secret_wo = SECRET_1; signing_secret_wo_version = 1 | create
		          | POST {"signing_secret":SECRET_1} | 1
		changed   | signing_secret_wo = SECRET_1; signing_secret_wo_version = 0 | update
		          | PATCH {"signing_secret":SECRET_1} | 0
		taken_out | | update | | null
		null      | signing_secret_wo = null; signing_secret_wo_version = null | no-op | | null

		null      | signing_secret_wo = SECRET_1; signing_secret_wo_version = null | refused
		          | signing_secret_wo is only sent when signing_secret_wo_version changes
		`,
	},
	{
		Attribute: "signing_secret_wo_version", Variant: "later",
		Steps: `
		unknown   | signing_secret_wo = LATER ? SECRET_1 : null; signing_secret_wo_version = LATER ?
		              1 : null | create, unknown
		          | POST {"signing_secret":SECRET_1} | 1
		unknown   | signing_secret_wo = SECRET_1; signing_secret_wo_version = LATER ? 1 : null |
		              update, unknown
		          |  | 1
		unknown   | signing_secret_wo = SECRET_2; signing_secret_wo_version = LATER ? 2 : null |
		              update, unknown
		          | PATCH {"signing_secret":SECRET_2} | 2
		unknown   | signing_secret_wo = LATER ? null : SECRET_1; signing_secret_wo_version = LATER ?
		              null : 1 | update, unknown
		          |  | null
		`,
	},
	{
		Attribute: "signing_secret_wo_version", Variant: "none",
		Steps: `
		unknown   | signing_secret_wo = LATER ? null : SECRET_1; signing_secret_wo_version = LATER ?
		              null : 1 | create, unknown
		          | POST | null
		null      | signing_secret_wo = null; signing_secret_wo_version = null | no-op
		          |  | signing_secret = null
		changed   | signing_secret_wo = SECRET_1; signing_secret_wo_version = 1 | update
		          | PATCH {"signing_secret":SECRET_1} | 1
		taken_out | signing_secret_wo = null; signing_secret_wo_version = null | update, unknown
		          |  | signing_secret = SECRET_1
		`,
	},
}
