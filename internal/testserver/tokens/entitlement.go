// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// entitlement is what a client is entitled to, and so the content of its token.
type entitlement struct {
	api          tenant.ResourceServer
	clientID     string
	scopes       []string
	organization tenant.Organization // Empty if the token is for no organization.
	custom       customClaims
	expired      bool // Set by a fault: the token has already expired.
}
