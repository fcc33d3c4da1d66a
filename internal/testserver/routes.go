// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"

// routeTable lists what the server answers, and SUPPORTED.md is made from it. The scopes are those
// of API contract 2.
func (s *Server) routeTable() routing.Table {
	return routing.NewTable(s.tokens.Routes(), s.management.Routes(), s.tokens.SampleRoutes())
}
