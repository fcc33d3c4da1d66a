// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// ExampleTenant contains the objects that the variables of examples refer to.
func ExampleTenant(t *testing.T) *Tenant {
	t.Helper()
	return StartTenant(t, testserver.Config{Tenant: []byte("organizations:\n  - {id: " +
		ExampleOrganization + ", name: acme}\n" +
		"resource_servers:\n  - {identifier: " + ExamplePlatformAPI + "}\n")})
}

// AwkwardTenant sends unusual but valid responses, such as lists in any order.
func AwkwardTenant(t *testing.T, seed uint64) *Tenant {
	t.Helper()
	return StartTenant(t, testserver.Config{Awkward: &seed})
}

// KeyedTenant has a Management API client that logs in with testkeys.PrivatePEM.
func KeyedTenant(t *testing.T, alg string) *Tenant {
	t.Helper()
	n := NewTenant(t)
	n.SetPublicKey(testserver.ManagementClientID, alg, "", &testkeys.Signing()[0].PublicKey)
	return n
}
