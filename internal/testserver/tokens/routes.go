// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
)

// Routes returns the endpoints that need no Management API token.
func (s *Service) Routes() []routing.Route {
	return slices.Concat(s.tokenRoutes(), s.discoveryRoutes())
}
