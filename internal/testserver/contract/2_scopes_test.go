// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestContract2Scopes(t *testing.T) {
	t.Parallel()
	needs := func(t *testing.T, x *tenant, route, scopes string) {
		t.Helper()
		method, path, _ := strings.Cut(route, " ")
		ask := func(held string) servertest.Answer {
			token := x.ForgeToken(x.URL()+"/api/v2/", func(_ *jwt.Token, claims jwt.MapClaims) any {
				claims["scope"] = held
				return nil
			})
			return x.Send(
				method,
				"/api/v2"+path,
				"{}",
				servertest.AsJSON,
				"Authorization: Bearer "+token,
			)
		}
		for held := range strings.SplitSeq(scopes, ",") {
			if got := ask(held); got.Status == 401 || got.Status == 403 ||
				strings.Contains(got.Body, `"message":"Not Found"`) {
				t.Errorf("%s with %s: %d %s", route, held, got.Status, got.Body)
			}
		}
		ask("other:scope").Want(t, 403,
			`{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: `+
				scopes+`","errorCode":"insufficient_scope"}`)
	}
	documented(t, "2", "creating, reading, updating and deleting resource servers needs create:, "+
		"read:, update: and delete:resource_servers",
		func(t *testing.T, x *tenant) {
			needs(t, x, "POST /resource-servers", "create:resource_servers")
			needs(t, x, "GET /resource-servers", "read:resource_servers")
			needs(t, x, "GET /resource-servers/x", "read:resource_servers")
			needs(t, x, "PATCH /resource-servers/x", "update:resource_servers")
			needs(t, x, "DELETE /resource-servers/x", "delete:resource_servers")
		})
	documented(t, "2", "creating, reading, updating and deleting client grants needs create:, "+
		"read:, update: and delete:client_grants",
		func(t *testing.T, x *tenant) {
			needs(t, x, "POST /client-grants", "create:client_grants")
			needs(t, x, "GET /client-grants", "read:client_grants")
			needs(t, x, "GET /client-grants/x", "read:client_grants")
			needs(t, x, "PATCH /client-grants/x", "update:client_grants")
			needs(t, x, "DELETE /client-grants/x", "delete:client_grants")
		})
	observed(t, "2", "reading the organizations of a grant, or the grants of an organization, "+
		"needs read:organization_client_grants",
		func(t *testing.T, x *tenant) {
			needs(t, x, "GET /client-grants/x/organizations", "read:organization_client_grants")
			needs(t, x, "GET /organizations/x/client-grants", "read:organization_client_grants")
		})
	documented(t, "2", "associating a grant with an organization needs "+
		"create:organization_client_grants, and removing it delete:organization_client_grants",
		func(t *testing.T, x *tenant) {
			needs(t, x, "POST /organizations/x/client-grants", "create:organization_client_grants")
			needs(
				t, x, "DELETE /organizations/x/client-grants/y",
				"delete:organization_client_grants",
			)
		})
	documented(t, "2", "creating, reading, updating and deleting organizations needs create:, "+
		"read:, update: and delete:organizations",
		func(t *testing.T, x *tenant) {
			needs(t, x, "POST /organizations", "create:organizations")
			needs(t, x, "GET /organizations", "read:organizations")
			needs(t, x, "GET /organizations/x", "read:organizations")
			needs(t, x, "PATCH /organizations/x", "update:organizations")
			needs(t, x, "DELETE /organizations/x", "delete:organizations")
		})
	observed(t, "2", "reading the connections of an organization needs "+
		"read:organization_connections, and its members read:organization_members",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + x.AddOrganization("acme")
			needs(t, x, "GET "+path+"/connections", "read:organization_connections")
			needs(t, x, "GET "+path+"/members", "read:organization_members")
		})
	documented(t, "2", "the endpoints of clients need scopes for clients, client_keys, "+
		"client_credentials or client_summary",
		func(t *testing.T, x *tenant) {
			const readers = "read:clients,read:client_keys,read:client_credentials,read:client_summary"
			needs(t, x, "POST /clients", "create:clients")
			needs(t, x, "GET /clients", readers)
			needs(t, x, "GET /clients/x", readers)
			needs(
				t, x, "PATCH /clients/x",
				"update:clients,update:client_keys,update:client_credentials",
			)
			needs(t, x, "DELETE /clients/x", "delete:clients")
			needs(t, x, "POST /clients/x/rotate-secret", "update:client_keys")
		})
	documented(t, "2", "creating, reading, updating and deleting credentials needs create:, "+
		"read:, update: and delete:client_credentials",
		func(t *testing.T, x *tenant) {
			needs(t, x, "POST /clients/x/credentials", "create:client_credentials")
			needs(t, x, "GET /clients/x/credentials", "read:client_credentials")
			needs(t, x, "GET /clients/x/credentials/y", "read:client_credentials")
			needs(t, x, "PATCH /clients/x/credentials/y", "update:client_credentials")
			needs(t, x, "DELETE /clients/x/credentials/y", "delete:client_credentials")
		})
	documented(t, "2", "reading signing keys needs read:signing_keys, and revoking one "+
		"update:signing_keys",
		func(t *testing.T, x *tenant) {
			needs(t, x, "GET /keys/signing", "read:signing_keys")
			needs(t, x, "GET /keys/signing/x", "read:signing_keys")
			needs(t, x, "PUT /keys/signing/x/revoke", "update:signing_keys")
		})
	documented(t, "2", "rotating the signing keys needs both create:signing_keys and "+
		"update:signing_keys",
		func(t *testing.T, x *tenant) {
			for scopes, status := range map[string]int{
				"create:signing_keys": 403, "update:signing_keys": 403,
				"create:signing_keys update:signing_keys": 201,
			} {
				if got := x.Send(
					"POST", "/api/v2/keys/signing/rotate", "", x.Bearer(scopes),
				); got.Status != status {
					t.Errorf("%s: status %d, want %d", scopes, got.Status, status)
				}
			}
		})
}
