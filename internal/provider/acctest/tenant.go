// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package acctest is the harness of the provider's tests: a tenant for each test, the provider in
// an environment of its own, and checks of plans, requests and state.
//
// A test starts a tenant and runs Terraform steps against it. Each step checks the plan, the sent
// requests and the state:
//
//	n := acctest.NewTenant(t)
//	n.Test(resource.TestStep{
//		Config:           acctest.OrdersConfig(`name = "Orders"`),
//		ConfigPlanChecks: acctest.Planned(acctest.OrdersName, plancheck.ResourceActionCreate),
//		ConfigStateChecks: []statecheck.StateCheck{
//			n.Expect(acctest.Writes(acctest.OrdersPost(`,"name":"Orders"`))),
//			acctest.OrdersValue("name", knownvalue.StringExact("Orders")),
//		},
//	})
//
// A write that no step expects fails the test, and so does an object that remains after the final
// destroy.
package acctest

import (
	"slices"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// Tenant is a reference server that belongs to one test. The test must expect every write that
// Terraform sends to it.
type Tenant struct {
	*testserver.Server
	T         *testing.T
	claimed   uint64   // The number of the last request that was checked for writes.
	forgotten uint64   // The number of the last request that Requests omits.
	owed      Expected // The writes of a step that fails.
}

// NewTenant starts a tenant with a client for the Management API, a machine client and a sample
// API.
func NewTenant(t *testing.T) *Tenant {
	t.Helper()
	return StartTenant(t, testserver.Config{})
}

// StartTenant starts a tenant that differs from the usual one.
func StartTenant(t *testing.T, cfg testserver.Config) *Tenant {
	t.Helper()
	cfg.Addr, cfg.SigningKeys = "127.0.0.1:0", testkeys.Signing()
	srv, err := testserver.Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	n := &Tenant{Server: srv, T: t, owed: Writes()}
	t.Cleanup(func() {
		n.settle("the test")
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// Env returns the environment of a provider that uses the tenant. Changes are pairs of name and
// value; an empty value unsets the variable.
func (n *Tenant) Env(changes ...string) map[string]string {
	env := map[string]string{
		"AUTH0_DOMAIN":        n.URL(),
		"AUTH0_CLIENT_ID":     testserver.ManagementClientID,
		"AUTH0_CLIENT_SECRET": testserver.ManagementClientSecret,
	}
	for pair := range slices.Chunk(changes, 2) {
		env[pair[0]] = pair[1]
	}
	return env
}
