// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
)

func TestAccResourceServer_lives(t *testing.T) { acctest.ResourceServer.Lives[0]().Run(t) }

func TestAccResourceServer_writeOnlyLives(t *testing.T) { acctest.ResourceServer.Lives[1]().Run(t) }

func TestAccResourceServerScope_lives(t *testing.T) {
	acctest.ResourceServerScope.Lives[0]().Run(t)
}

func TestAccClientGrant_lives(t *testing.T) { acctest.ClientGrant.Lives[0]().Run(t) }

func TestAccOrganizationClientGrant_lives(t *testing.T) {
	acctest.OrganizationClientGrant.Lives[0]().Run(t)
}
