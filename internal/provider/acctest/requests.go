// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// Requests returns the requests since the step began, or since ForgetRequests.
func (n *Tenant) Requests() []testserver.Request {
	requests, _ := n.since(n.forgotten)
	return requests
}

// ForgetRequests empties Requests. Writes among them must still be expected.
func (n *Tenant) ForgetRequests() { _, n.forgotten = n.since(n.forgotten) }

// Writes returns the changes that the provider requested at the Management API since the last call,
// without changes at the dashboard.
func (n *Tenant) Writes() []testserver.Request {
	var requests []testserver.Request
	requests, n.claimed = n.since(n.claimed)
	return slices.DeleteFunc(requests, func(r testserver.Request) bool {
		return r.Method == http.MethodGet || !isManagement(r)
	})
}

// TokenRequests returns the token requests among requests. If clients are given, it returns only
// their requests.
func TokenRequests(requests []testserver.Request, clients ...string) []testserver.Request {
	return slices.DeleteFunc(slices.Clone(requests), func(r testserver.Request) bool {
		return r.Route != "POST /oauth/token" ||
			len(clients) > 0 && !slices.Contains(clients, r.ClientID)
	})
}

// since returns the requests after the one with this number, and the number of the last request.
func (n *Tenant) since(number uint64) ([]testserver.Request, uint64) {
	var out []testserver.Request
	for _, r := range n.Server.Requests() {
		if r.Number > number {
			out, number = append(out, r), r.Number
		}
	}
	return out, number
}

func isManagement(r testserver.Request) bool { return strings.HasPrefix(r.Path, managementPath) }

const managementPath = "/api/v2/"
