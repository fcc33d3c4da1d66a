// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestResourceServer_listRefusesBadQueries(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for query, message := range map[string]string{
		"per_page=many": `'Expected type integer but found type string' on property per_page (Number of results per page)`,
		"a=%zz":         `'Malformed query string'`,
		strings.Repeat("identifiers=a&", 11): `'Array is too long (11), maximum 10' on property identifiers ` +
			`(Identifiers to filter by)`,
	} {
		t.Run(query, func(t *testing.T) {
			x.API("GET", "/resource-servers?"+query, "").Want(t, 400, refusedQuery(message+"."))
		})
	}
}
