// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

func filtersClients(q schema.Document) bool {
	return slices.ContainsFunc(clientFilters, func(filter schema.Property) bool {
		return q.Has(filter.Name)
	})
}

// fitsFilters applies the filters of the list; they combine with and (API contract 6.2).
func fitsFilters(c tenant.Client, q schema.Document) bool {
	return (!q.Has("is_global") || q.IsTrue("is_global") == c.IsGlobal) &&
		(!q.Has("is_first_party") || q.IsTrue("is_first_party") == c.IsFirstParty) &&
		(!q.Has("app_type") || slices.Contains(
			strings.Split(q.Text("app_type"), ","), c.AppType,
		)) &&
		!q.Has("external_client_id")
}

// checkClientQuery refuses `q` beside other filters and without checkpoint paging (API contract
// 6.2).
func checkClientQuery(q schema.Document) error {
	switch {
	case !q.Has("q"):
		return nil
	case filtersClients(q):
		return errQueryWithFilter
	case !q.Has("take"):
		return errQueryWithoutTake
	}
	return nil
}

// grantsInQuery reads the two terms of Lucene's syntax that the API understands (API contract 6.2).
// Both are about grants of the clients that are looked for.
//
// ASSUMED: only one of them can be given at a time.
func grantsInQuery(q string) (tenant.GrantQuery, error) {
	if q == "client_grant.allow_any_organization:true" {
		return tenant.GrantQuery{AnyOrganization: true}, nil
	}
	if organizationID, ok := strings.CutPrefix(q, "client_grant.organization_id:"); ok &&
		organizationID != "" {
		return tenant.GrantQuery{OrganizationID: organizationID}, nil
	}
	return tenant.GrantQuery{}, errQueryTerm.With(q)
}
