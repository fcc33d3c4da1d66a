// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
)

// Routes lists the endpoints, with the scopes of API contract 2.
func (h *Handlers) Routes() []routing.Route {
	return slices.Concat(
		h.resourceServerRoutes(), h.clientGrantRoutes(), h.clientRoutes(), h.credentialRoutes(),
		h.organizationRoutes(),
		h.organizationGrantRoutes(), h.signingKeyRoutes(),
	)
}
