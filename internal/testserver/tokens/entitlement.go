// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// entitlement is what a client has been found to be entitled to: what goes into a token.
type entitlement struct {
	api          tenant.ResourceServer
	clientID     string
	scopes       []string
	organization tenant.Organization // Empty when none was used.
	custom       customClaims
	expired      bool // By a fault: the token has had its time already.
}
