// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

import (
	"fmt"
	"strconv"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// ClientGrantsExclusive is the table of m2m_client_grants_exclusive. The API of each object has one
// grant, THE_GRANT.
func ClientGrantsExclusive() *Table {
	return &Table{
		Test: "TestAccClientGrantsExclusive_lives", Type: "m2m_client_grants_exclusive",
		List:   "client-grants",
		Object: "client-grants/{id}",
		Names: map[string]string{
			"MACHINE": strconv.Quote(testserver.MachineClientID),
			"WEB":     strconv.Quote(testserver.WebClientID),
			"MADE":    `"cgr_Ab12Cd34Ef56Gh78"`,
		},
		Prepare: addGranted,
		Rows:    clientGrantsExclusiveRows,
	}
}

// addGranted creates two APIs, and a grant of the first one that a client of its own has.
func addGranted(tenant Tenant, key string) map[string]string {
	apis := addAPIs(tenant, key)
	apis["THE_GRANT"] = tenant.Create("/api/v2/client-grants", fmt.Sprintf(
		`{"client_id":%q,"audience":%q,"scope":[]}`, testserver.MachineClientID, key))
	return apis
}

var clientGrantsExclusiveRows = []Row{
	{
		Attribute: "audience",
		Steps: `
		created   | audience = "THIS_API"; grant_ids = ["THE_GRANT"] | create | | "THIS_API"
		changed   | audience = "THIS_API/"; grant_ids = [] | replace | | "THIS_API/"
		null      | audience = null; client_id = WEB; grant_ids = [] | replace | | null
		unknown   | audience = LATER ? "THIS_API" : null; grant_ids = ["THE_GRANT"] |
		              replace, unknown | | "THIS_API"

		emptied   | audience = ""; grant_ids = [] | refused | The audience must not be empty.
		null      | audience = null; grant_ids = [] | refused
		          | Set audience to say which grants an API may have, or client_id
		taken_out | grant_ids = [] | refused
		          | Set audience to say which grants an API may have, or client_id
		unknown   | audience = LATER ? "a" : null; client_id = "a"; grant_ids = [] |
		              refused at apply | Set only one of audience and client_id.
		`,
	},
	{
		Attribute: "client_id",
		Steps: `
		created   | client_id = MACHINE; audience = null; grant_ids = [] | create | | MACHINE
		changed   | client_id = MANAGEMENT; audience = null; grant_ids = [] | replace
		          | | MANAGEMENT
		null      | client_id = null; audience = "THIS_API"; grant_ids = [] | replace | | null
		unknown   | client_id = LATER ? REGULAR : null; grant_ids = [] |
		              replace, unknown | | REGULAR

		emptied   | client_id = ""; grant_ids = [] | refused
		          | client_id is empty. If a variable sets it, check whether the variable is unset.
		created   | client_id = "a"; audience = "a"; grant_ids = [] | refused
		          | Set only one of audience and client_id.
		taken_out | grant_ids = [] | refused
		          | Set audience to say which grants an API may have, or client_id
		`,
		Names: map[string]string{
			"MANAGEMENT": strconv.Quote(testserver.ManagementClientID),
			"REGULAR":    strconv.Quote(testserver.WebClientID),
		},
	},
	{
		Attribute: "grant_ids",
		Steps: `
		created   | audience = "THIS_API"; grant_ids = ["THE_GRANT"] | create | | ["THE_GRANT"]
		emptied   | audience = "THIS_API"; grant_ids = [] | update | | []
		changed   | audience = "THIS_API"; grant_ids = [MADE] | update | | [MADE]
		unknown   | audience = "THIS_API"; grant_ids = LATER ? ["THE_GRANT"] : [] |
		              update, unknown | | ["THE_GRANT"]

		null      | audience = "a"; grant_ids = null | refused
		          | Must set a configuration value for the grant_ids attribute
		taken_out | audience = "a" | refused
		          | The argument "grant_ids" is required, but no definition was found.
		changed   | audience = "a"; grant_ids = ["a"] | refused
		          | must be the id of a client grant, such as cgr_Ab12Cd34Ef56Gh78
		unknown   | audience = "a"; grant_ids = LATER ? null : [] | refused at apply
		          | Must set a configuration value for the grant_ids attribute
		`,
	},
	{
		Attribute: "on_unmanaged",
		Steps: `
		created   | audience = "THIS_API"; grant_ids = ["THE_GRANT"]; on_unmanaged = "remove" |
		              create | | "remove"
		changed   | audience = "THIS_API"; grant_ids = ["THE_GRANT"]; on_unmanaged = "report" |
		              update | | "report"
		unknown   | audience = "THIS_API"; grant_ids = ["THE_GRANT"];
		              on_unmanaged = LATER ? "remove" : null | update, unknown | | "remove"
		taken_out | audience = "THIS_API"; grant_ids = ["THE_GRANT"] | update | | "report"

		emptied   | audience = "a"; grant_ids = []; on_unmanaged = "" | refused
		          | "" is not known; use report or remove.
		`,
	},
	{
		Attribute: "unmanaged_grant_ids", Variant: "reported",
		Steps: `
		unknown   | audience = "THIS_API"; grant_ids = [] | create, unknown | | ["THE_GRANT"]
		changed   | audience = "THIS_API"; grant_ids = ["THE_GRANT"] | update, unknown | | []
		changed   | audience = "THIS_API"; grant_ids = [] | update, unknown | | ["THE_GRANT"]
		changed   | audience = "THIS_API"; grant_ids = [] | no-op | | ["THE_GRANT"]

		created   | audience = "a"; grant_ids = []; unmanaged_grant_ids = [] | refused
		          | Invalid Configuration for Read-Only Attribute
		`,
	},
	{
		Attribute: "unmanaged_grant_ids", Variant: "removed",
		Steps: `
		unknown   | audience = "THIS_API"; grant_ids = []; on_unmanaged = "report" |
		              create, unknown | | ["THE_GRANT"]
		changed   | audience = "THIS_API"; grant_ids = []; on_unmanaged = "remove" | update
		          | DELETE | []
		changed   | audience = "THIS_API"; grant_ids = []; on_unmanaged = "remove" | no-op | | []
		changed   | audience = "THIS_API"; grant_ids = []; on_unmanaged = "report" | update | | []
		`,
	},
	{
		Attribute: "id",
		Steps: `
		created   | audience = "THIS_API"; grant_ids = ["THE_GRANT"] | create
		          | | "audience::THIS_API"
		changed   | audience = "THIS_API/"; grant_ids = [] | replace | | "audience::THIS_API/"
		unknown   | audience = LATER ? "THIS_API" : null; grant_ids = ["THE_GRANT"] |
		              replace, unknown | | "audience::THIS_API"
		changed   | audience = null; client_id = OTHER; grant_ids = [] | replace
		          | | "client_id::TEXT"

		created   | audience = "a"; grant_ids = []; id = "a" | refused
		          | Invalid Configuration for Read-Only Attribute
		`,
		Names: map[string]string{
			"OTHER": strconv.Quote(testserver.ManagementClientID),
			"TEXT":  testserver.ManagementClientID,
		},
	},
}
