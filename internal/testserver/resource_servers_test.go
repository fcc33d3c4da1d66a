// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"net/url"
	"testing"
)

func TestResourceServer_oddIdentifiersAreFoundInPaths(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	identifier := "https://a/b?c=d e"
	x.must("POST", "/resource-servers", `{"identifier":"`+identifier+`"}`)
	for name, ref := range map[string]string{
		"escaped once": url.PathEscape(identifier),
		"escaped more": url.QueryEscape(url.PathEscape(identifier)),
		"twice":        url.PathEscape(url.PathEscape(identifier)),
	} {
		t.Run(name, func(t *testing.T) {
			want(
				t, x.api("GET", "/resource-servers/"+ref, ""), 200,
				`{"id":"RS_ID","identifier":"https://a/b?c=d e",`+minimal,
			)
		})
	}
}

func TestResourceServer_refusedPatchChangesNothing(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	makeAPI(x, "")
	want(t, x.api(
		"PATCH", aPath, `{"name":"N","token_lifetime":60,"token_lifetime_for_web":61}`,
	), 400,
		refusedBody("`token_lifetime_for_web` cannot be greater than `token_lifetime`"))
	wantAPI(t, x.api("GET", aPath, ""), 200, ``)
}

func TestResourceServer_keysThatDifferInCaseAreForeign(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	makeAPI(x, `,"subject_type_authorization":{"user":{"policy":"deny_all"}}`)
	got := x.api("PATCH", aPath, `{"subject_type_authorization":`+
		`{"USER":{"policy":"x"},"user":{"Policy":"y"},"client":{"policy":"deny_all","more":1}}}`)
	wantAPI(
		t, got, 200,
		`"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}}`,
	)
}

func TestResourceServer_deleteTakesItsGrantsAlong(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	makeAPI(x, "")
	grant := x.must(
		"POST", "/client-grants",
		`{"client_id":"ReferenceMachineClient0000000001","audience":"https://a"}`,
	)
	id := field(t, grant.body, "id")
	want(t, x.api("DELETE", aPath, ""), 204, "")
	want(t, x.api("DELETE", aPath, ""), 204, "")
	if got := x.api("GET", "/client-grants/"+id, ""); got.status != 404 {
		t.Errorf("the grant is still there: %s", got.body)
	}
	want(t, x.api("DELETE", "/client-grants/"+id, ""), 204, "")
	x.must("POST", "/resource-servers", `{"identifier":"https://a"}`)
	want(t, x.api("GET", "/client-grants?audience=https%3A%2F%2Fa", ""), 200, `[]`)
	x.must(
		"POST", "/client-grants",
		`{"client_id":"ReferenceMachineClient0000000001","audience":"https://a"}`,
	)
}
