// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestContract6Endpoints(t *testing.T) {
	t.Parallel()
	observed(t, "6.2", "creating a client answers 201 with its secret, which works immediately",
		func(t *testing.T, x *tenant) {
			got := x.API(
				"POST", "/clients", `{"name":"Orders","grant_types":["client_credentials"]}`,
			)
			id, secret := got.Field(t, "client_id"), got.Field(t, "client_secret")
			wantClient(t, got, 201, shownClient(
				t, id, secret, `,"grant_types":["client_credentials"]`,
			))
			x.GrantTo(id, "")
			x.AskTokenAs(id, secret, "").Token(t)
		})
	observed(t, "6.2", "a client is read by its id", func(t *testing.T, x *tenant) {
		id, secret := x.MakeClient("")
		wantClient(t, x.API("GET", "/clients/"+id, ""), 200, shownClient(t, id, secret, ``))
	})
	observed(t, "6.2",
		"reading or changing a client that does not exist is a 404 inexistent_client",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/clients/nobody", "").WantJSON(t, 404, noClient)
			x.API("PATCH", "/clients/nobody", `{"name":"Somebody"}`).WantJSON(t, 404, noClient)
		})
	observed(t, "6.2", "changing a client answers 200 with the whole client and does not change "+
		"omitted properties",
		func(t *testing.T, x *tenant) {
			id, secret := x.MakeClient(
				`,"description":"Takes orders","client_metadata":{"team":"sales"}`,
			)
			const kept = `,"name":"Bills","description":"Takes orders","client_metadata":{"team":"sales"}`
			wantClient(
				t, x.API("PATCH", "/clients/"+id, `{"name":"Bills"}`), 200,
				shownClient(t, id, secret, kept),
			)
			wantClient(t, x.API("GET", "/clients/"+id, ""), 200, shownClient(t, id, secret, kept))
		})
	observed(t, "6.2", "a change of a client merges nested objects; null removes a property of a "+
		"nested object",
		func(t *testing.T, x *tenant) {
			id, _ := x.MakeClient(`,"mobile":{"ios":{"team_id":"T"}},` +
				`"native_social_login":{"google":{"enabled":true}},` +
				`"signed_request_object":{"required":false,"credentials":[{"id":"cred_1"}]},` +
				`"session_transfer":{"allow_refresh_token":true,"delegation":{"allow_delegated_access":true}}`)
			for _, step := range []struct{ sent, shown string }{
				{
					`"mobile":{"android":{"app_package_name":"p"}}`,
					`"mobile":{"android":{"app_package_name":"p"},"ios":{"team_id":"T"}}`,
				},
				{
					`"native_social_login":{"apple":{"enabled":false}}`,
					`"native_social_login":{"apple":{"enabled":false},"google":{"enabled":true}}`,
				},
				{
					`"jwt_configuration":{"alg":"RS256"}`,
					`"jwt_configuration":{"alg":"RS256","lifetime_in_seconds":36000,"secret_encoded":false}`,
				},
				{
					`"signed_request_object":{"required":true}`,
					`"signed_request_object":{"required":true,"credentials":[{"id":"cred_1"}]}`,
				},
				{
					`"session_transfer":{"delegation":null}`,
					`"session_transfer":{"can_create_session_transfer_token":false,` +
						`"allowed_authentication_methods":[],"enforce_device_binding":"ip","allow_refresh_token":true}`,
				},
			} {
				x.API("PATCH", "/clients/"+id, `{`+step.sent+`}`).
					WantProperties(t, 200, `{`+step.shown+`}`)
				x.API("GET", "/clients/"+id, "").WantProperties(t, 200, `{`+step.shown+`}`)
			}
		})
	observed(t, "6.2", "in a change of a client, an array, or an object within a nested object, "+
		"replaces the stored value as a whole",
		func(t *testing.T, x *tenant) {
			id, secret := x.MakeClient(
				`,"token_quota":{"client_credentials":{"enforce":true,"per_day":100,"per_hour":10}}`,
			)
			const changed = `,"grant_types":["client_credentials"],"token_quota":{"client_credentials":{"enforce":true,"per_day":50}}`
			wantClient(
				t, x.API("PATCH", "/clients/"+id, `{`+changed[1:]+`}`), 200,
				shownClient(t, id, secret, changed),
			)
		})
	observed(t, "6.2", "null in a change of a client clears a property",
		func(t *testing.T, x *tenant) {
			id, secret := x.MakeClient(`,"token_endpoint_auth_method":"client_secret_basic"`)
			wantClient(t, x.API(
				"PATCH", "/clients/"+id, `{"token_endpoint_auth_method":null}`,
			), 200,
				shownClient(t, id, secret, longLifetimes))
		})
	observed(t, "6.2", "deleting a client answers 204 and removes it",
		func(t *testing.T, x *tenant) {
			id, secret := x.MakeClient("")
			x.API("DELETE", "/clients/"+id, "").Want(t, 204, "")
			x.API("GET", "/clients/"+id, "").WantJSON(t, 404, noClient)
			x.AskTokenAs(id, secret, "").WantJSON(t, 401, unauthorized)
		})
	observed(t, "6.2", "deleting a client again answers 204", func(t *testing.T, x *tenant) {
		id, _ := x.MakeClient("")
		x.Must("DELETE", "/clients/"+id, "")
		x.API("DELETE", "/clients/"+id, "").Want(t, 204, "")
	})
	documented(t, "6.2", "the global client cannot be deleted", func(t *testing.T, x *tenant) {
		wantProblem(
			t, x.API("DELETE", "/clients/ReferenceAllApplications00000001", ""), 400,
			"Global client cannot be deleted.",
		)
	})
	documented(t, "6.2", "rotating a client's secret answers 200 with the new secret; the old "+
		"secret stops working immediately",
		func(t *testing.T, x *tenant) {
			id, old := x.MakeClient(`,"grant_types":["client_credentials"]`)
			x.GrantTo(id, "")
			got := x.API("POST", "/clients/"+id+"/rotate-secret", "")
			secret := got.Field(t, "client_secret")
			wantClient(t, got, 200, shownClient(
				t, id, secret, `,"grant_types":["client_credentials"]`,
			))
			if secret == old || len(secret) != 64 {
				t.Errorf("new secret %q, old secret %q", secret, old)
			}
			x.AskTokenAs(id, secret, "").Token(t)
			x.AskTokenAs(id, old, "").WantJSON(t, 401, unauthorized)
		})
	documented(t, "6.2", "rotating the secret of a client that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/clients/nobody/rotate-secret", "").WantJSON(t, 404, noClient)
		})
}

func TestContract6List(t *testing.T) {
	t.Parallel()
	const all = `{"name":"All Applications"},{"name":"Management Client"},{"name":"Machine Client"},{"name":"Web Client"}`
	observed(t, "6.2", "clients are listed as an array that includes the global client All "+
		"Applications",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/clients?fields=name", "").WantJSON(t, 200, `[`+all+`]`)
			x.API("GET", "/clients?fields=name,global&is_global=true", "").WantJSON(t, 200,
				`[{"name":"All Applications","global":true}]`)
		})
	observed(t, "6.2", "is_global=false excludes the global client from the list",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/clients?fields=name&is_global=false", "").WantJSON(t, 200,
				`[{"name":"Management Client"},{"name":"Machine Client"},{"name":"Web Client"}]`)
		})
	observed(t, "6.2", "clients can be filtered by is_first_party",
		func(t *testing.T, x *tenant) {
			x.Must("POST", "/clients", `{"name":"Partner","is_first_party":false}`)
			x.API("GET", "/clients?fields=name&is_first_party=false", "").WantJSON(t, 200,
				`[{"name":"Partner"}]`)
			x.API("GET", "/clients?fields=name&is_first_party=true", "").
				WantJSON(t, 200, `[`+all+`]`)
		})
	observed(t, "6.2", "clients can be filtered by one or more application types, separated by "+
		"commas",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/clients?fields=name&app_type=regular_web", "").WantJSON(t, 200,
				`[{"name":"Web Client"}]`)
			x.API(
				"GET", "/clients?fields=name&app_type=regular_web,non_interactive", "",
			).WantJSON(t, 200,
				`[{"name":"Management Client"},{"name":"Machine Client"},{"name":"Web Client"}]`)
			x.API("GET", "/clients?fields=name&app_type=spa", "").WantJSON(t, 200, `[]`)
		})
	observed(t, "6.2", "fields selects properties of clients; with include_fields=false it "+
		"excludes them",
		func(t *testing.T, x *tenant) {
			x.API("GET", machinePath+"?fields=name,app_type", "").WantJSON(t, 200,
				`{"name":"Machine Client","app_type":"non_interactive"}`)
			x.API("GET", "/clients?fields=name,app_type&app_type=regular_web", "").WantJSON(t, 200,
				`[{"name":"Web Client","app_type":"regular_web"}]`)
			got := x.API("GET", machinePath+"?fields=name,app_type&include_fields=false", "")
			if has(t, got.Body, "name") || has(t, got.Body, "app_type") ||
				got.Field(t, "client_id") != testserver.MachineClientID {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
		})
	observed(t, "6.2", "the list of clients is paged by offset", func(t *testing.T, x *tenant) {
		x.API("GET", "/clients?fields=name&per_page=1&page=2", "").WantJSON(t, 200,
			`[{"name":"Machine Client"}]`)
		x.API(
			"GET", "/clients?fields=name&per_page=3&page=1&include_totals=true", "",
		).WantJSON(t, 200, `{"clients":[{"name":"Web Client"}],"start":3,"limit":3,"total":4}`)
	})
	documented(t, "6.2", "per_page=0 answers an empty page of clients with totals",
		func(t *testing.T, x *tenant) {
			x.API(
				"GET", "/clients?fields=name&per_page=0&include_totals=true", "",
			).WantJSON(t, 200, `{"clients":[],"start":0,"limit":0,"total":4}`)
		})
	observed(t, "6.2", "the list of clients is paged by checkpoint; the last page has no "+
		"checkpoint",
		func(t *testing.T, x *tenant) {
			first := x.API("GET", "/clients?fields=name&take=3", "")
			next := first.Field(t, "next")
			first.WantJSON(
				t,
				200,
				`{"clients":[{"name":"All Applications"},{"name":"Management Client"},{"name":"Machine Client"}],"next":"`+next+`"}`,
			)
			x.API("GET", "/clients?fields=name&take=3&from="+next, "").WantJSON(t, 200,
				`{"clients":[{"name":"Web Client"}]}`)
		})
	documented(t, "6.2", "q finds the clients whose grants allow any organization",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"organization_usage":"allow","allow_any_organization":true`)
			x.API(
				"GET", "/clients?fields=name&take=10&q=client_grant.allow_any_organization:true",
				"",
			).WantJSON(t, 200, `{"clients":[{"name":"Machine Client"}]}`)
		})
	documented(t, "6.2", "q finds the clients with a grant that is associated with an organization",
		func(t *testing.T, x *tenant) {
			acme, other := x.AddOrganization("acme"), x.AddOrganization("other")
			x.Associate(acme, x.SampleGrant(""))
			x.API(
				"GET", "/clients?fields=name&take=10&q=client_grant.organization_id:"+acme, "",
			).WantJSON(t, 200, `{"clients":[{"name":"Machine Client"}]}`)
			x.API(
				"GET", "/clients?fields=name&take=10&q=client_grant.organization_id:"+other, "",
			).WantJSON(t, 200, `{"clients":[]}`)
		})
	documented(t, "6.2", "q requires take and cannot be combined with other filters",
		func(t *testing.T, x *tenant) {
			for _, query := range []string{
				"q=client_grant.allow_any_organization:true",
				"q=client_grant.allow_any_organization:true&take=10&is_global=false",
				"q=client_grant.allow_any_organization:true&take=10&app_type=spa",
			} {
				if got := x.API("GET", "/clients?"+query, ""); got.Status != 400 {
					t.Errorf("%s: %d %s", query, got.Status, got.Body)
				}
			}
		})
}
