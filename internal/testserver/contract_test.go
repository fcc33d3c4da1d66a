// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// The tests named TestContract... hold the server against the API contract, sentence by sentence.
// Each sentence says which section it is from and how well it is known, and is shown by literal
// requests and replies on a server of its own. SUPPORTED.md lists these sentences as the rules that
// the server keeps.

// tenant is the server that each rule gets.
type tenant = servertest.Tenant

// observed shows a sentence that recorded traffic of real tenants bears out.
func observed(t *testing.T, section, sentence string, holds func(t *testing.T, x *tenant)) {
	t.Helper()
	rule(t, section, sentence, holds)
}

// documented shows a sentence that official documents, the SDKs or several public reports bear out.
func documented(t *testing.T, section, sentence string, holds func(t *testing.T, x *tenant)) {
	t.Helper()
	rule(t, section, sentence, holds)
}

// assumed shows what the server does where no source says what the real API does.
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
