// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"
	"strings"
)

// What the list of clients refuses about `q` (API contract 6.2).
//
// ASSUMED: the texts, and that only one of the two documented terms can be given at a time.
var (
	errQueryWithFilter  = queryRefusal("Query validation error: '`q` cannot be combined with other filters'.")
	errQueryWithoutTake = queryRefusal("Query validation error: '`q` requires `take`'.")
	errQueryTerm        = queryRefusal("Query validation error: 'Unsupported query: %s' on property q.")
)

func queryRefusal(text string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "invalid_query_string", text: text}
}

// checkClientQuery refuses `q` beside other filters and without checkpoint paging.
func checkClientQuery(q document) error {
	switch {
	case !q.has("q"):
		return nil
	case filtersClients(q):
		return errQueryWithFilter
	case !q.has("take"):
		return errQueryWithoutTake
	}
	return nil
}

// grantsInQuery reads the two terms of Lucene's syntax that the API understands. Both are about grants of the clients
// that are looked for.
func (s *store) grantsInQuery(q string) (wanted func(clientGrant) bool, err error) {
	const byOrganization = "client_grant.organization_id:"
	if q == "client_grant.allow_any_organization:true" {
		return func(grant clientGrant) bool { return isTrue(grant.AllowAnyOrganization) }, nil
	}
	if organizationID, ok := strings.CutPrefix(q, byOrganization); ok && organizationID != "" {
		return func(grant clientGrant) bool { return s.associated(grant.ID, organizationID) }, nil
	}
	return nil, errQueryTerm.with(q)
}
