// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// What is there where examples are applied.
const (
	ExampleOrganization = "org_Ab12Cd34Ef56Gh78"
	ExamplePlatformAPI  = "https://platform.example.com"
)

// ExampleTenant has what the variables of examples refer to.
func ExampleTenant(t *testing.T) *Tenant {
	t.Helper()
	return StartTenant(t, testserver.Config{Tenant: []byte("organizations:\n  - {id: " + ExampleOrganization + ", name: acme}\n" +
		"resource_servers:\n  - {identifier: " + ExamplePlatformAPI + "}\n")})
}

// AwkwardTenant has the answers that a client has to put up with.
func AwkwardTenant(t *testing.T, seed uint64) *Tenant {
	t.Helper()
	return StartTenant(t, testserver.Config{Awkward: &seed})
}

// KeyedTenant is one whose Management API client logs in with privateKey.
func KeyedTenant(t *testing.T, alg string) *Tenant {
	t.Helper()
	n := NewTenant(t)
	n.SetPublicKey(testserver.ManagementClientID, alg, "", &testkeys.Signing()[0].PublicKey)
	return n
}
