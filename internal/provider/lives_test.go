// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/lives"
)

func runLives(t *testing.T, table func() *lives.Table) {
	t.Helper()
	t.Parallel()
	table().Run(t, acctest.NewTenant(t))
}

func TestAccResourceServer_lives(t *testing.T) { runLives(t, lives.ResourceServer) }

func TestAccResourceServer_writeOnlyLives(t *testing.T) { runLives(t, lives.WriteOnlySecret) }

func TestAccResourceServerScope_lives(t *testing.T) { runLives(t, lives.ResourceServerScope) }

func TestAccClientGrant_lives(t *testing.T) { runLives(t, lives.ClientGrant) }

func TestAccOrganizationClientGrant_lives(t *testing.T) {
	runLives(t, lives.OrganizationClientGrant)
}

func TestAccClientGrantsExclusive_lives(t *testing.T) { runLives(t, lives.ClientGrantsExclusive) }
