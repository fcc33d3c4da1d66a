// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package contract_test tests the reference server against the API contract, rule by rule. Files
// are named after the sections of CONTRACT.md. A rule names its section and says how well it is
// known; literal requests and replies on a server of its own show it. SUPPORTED.md lists the rules.
package contract_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// tenant is the server that a rule is tested on.
type tenant = servertest.Tenant

// observed tests a rule that recorded traffic of real tenants shows.
func observed(t *testing.T, section, sentence string, holds func(t *testing.T, x *tenant)) {
	t.Helper()
	rule(t, section, sentence, holds)
}

// documented tests a rule that official documents, the SDKs or several public reports state.
func documented(t *testing.T, section, sentence string, holds func(t *testing.T, x *tenant)) {
	t.Helper()
	rule(t, section, sentence, holds)
}

// assumed tests a rule that no source describes.
func assumed(t *testing.T, section, sentence string, holds func(t *testing.T, x *tenant)) {
	t.Helper()
	rule(t, section, sentence, holds)
}

func rule(t *testing.T, section, sentence string, holds func(t *testing.T, x *tenant)) {
	t.Helper()
	t.Run(section+" "+sentence, func(t *testing.T) {
		t.Parallel()
		holds(t, servertest.New(t))
	})
}
