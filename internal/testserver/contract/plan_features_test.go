// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// newTenantWithout is a tenant with a plan that lacks features.
func newTenantWithout(t *testing.T, features ...string) *tenant {
	t.Helper()
	return servertest.NewWith(t, testserver.Config{WithoutFeatures: features})
}

func TestContractFeatures(t *testing.T) {
	t.Parallel()
	refused := func(features string) string {
		return `{"statusCode":403,"error":"Forbidden","message":"Please upgrade your subscription to use ` + features +
			`.","errorCode":"feature_not_enabled"}`
	}
	observed(t, "1.4", "one refusal lists all properties that the tenant's plan lacks",
		func(t *testing.T, _ *tenant) {
			x := newTenantWithout(t, "consent_policy", "token_encryption")
			x.API(
				"POST",
				"/resource-servers",
				`{"identifier":"https://a","consent_policy":"transactional-authorization-with-mfa",`+
					`"token_encryption":`+servertest.TokenEncryption(
					t,
					servertest.PublicPEM(t),
				)+`}`,
			).Want(t, 403, refused("consent_policy, token_encryption"))
			x.API("GET", "/resource-servers?identifiers=https://a", "").Want(t, 200, `[]`)
		})
	observed(t, "3.8", "a create with a property that the tenant's plan lacks is refused and "+
		"creates nothing",
		func(t *testing.T, _ *tenant) {
			x := newTenantWithout(t, "authorization_details", "proof_of_possession")
			x.API(
				"POST", "/resource-servers",
				`{"identifier":"https://a","authorization_details":[{"type":"payment"}]}`,
			).Want(t, 403, refused("authorization_details"))
			x.API(
				"POST",
				"/resource-servers",
				`{"identifier":"https://a","proof_of_possession":{"mechanism":"dpop","required":true}}`,
			).Want(t, 403, refused("proof_of_possession"))
			wantAPI(t, x.API(
				"POST",
				"/resource-servers",
				`{"identifier":"https://a","consent_policy":"transactional-authorization-with-mfa"}`,
			), 201,
				`"consent_policy":"transactional-authorization-with-mfa"`)
		})
	observed(t, "3.11", "a PATCH with a property that the tenant's plan lacks is refused and "+
		"changes nothing",
		func(t *testing.T, _ *tenant) {
			x := newTenantWithout(t, "consent_policy")
			makeAPI(x, "")
			x.API(
				"PATCH", aPath,
				`{"name":"A","consent_policy":"transactional-authorization-with-mfa"}`,
			).Want(t, 403, refused("consent_policy"))
			wantAPI(t, x.API("GET", aPath, ""), 200, ``)
		})
}
