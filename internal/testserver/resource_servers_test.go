// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"net/url"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestResourceServer_oddIdentifiersAreFoundInPaths(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	identifier := "https://a/b?c=d e"
	x.Must("POST", "/resource-servers", `{"identifier":"`+identifier+`"}`)
	for name, ref := range map[string]string{
		"escaped once": url.PathEscape(identifier),
		"escaped more": url.QueryEscape(url.PathEscape(identifier)),
		"twice":        url.PathEscape(url.PathEscape(identifier)),
	} {
		t.Run(name, func(t *testing.T) {
			x.API("GET", "/resource-servers/"+ref, "").Want(t, 200,
				`{"id":"RS_ID","identifier":"https://a/b?c=d e",`+servertest.MinimalAPI)
		})
	}
}

func TestResourceServer_refusedPatchChangesNothing(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	makeAPI(x, "")
	x.API(
		"PATCH", aPath, `{"name":"N","token_lifetime":60,"token_lifetime_for_web":61}`,
	).Want(t, 400, refusedBody("`token_lifetime_for_web` cannot be greater than `token_lifetime`"))
	wantAPI(t, x.API("GET", aPath, ""), 200, ``)
}

func TestResourceServer_keysThatDifferInCaseAreForeign(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	makeAPI(x, `,"subject_type_authorization":{"user":{"policy":"deny_all"}}`)
	got := x.API("PATCH", aPath, `{"subject_type_authorization":`+
		`{"USER":{"policy":"x"},"user":{"Policy":"y"},"client":{"policy":"deny_all","more":1}}}`)
	wantAPI(
		t,
		got,
		200,
		`"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}}`,
	)
}

func TestResourceServer_deleteTakesItsGrantsAlong(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	makeAPI(x, "")
	grant := x.Must(
		"POST", "/client-grants",
		`{"client_id":"ReferenceMachineClient0000000001","audience":"https://a"}`,
	)
	id := grant.Field(t, "id")
	x.API("DELETE", aPath, "").Want(t, 204, "")
	x.API("DELETE", aPath, "").Want(t, 204, "")
	if got := x.API("GET", "/client-grants/"+id, ""); got.Status != 404 {
		t.Errorf("the grant is still there: %s", got.Body)
	}
	x.API("DELETE", "/client-grants/"+id, "").Want(t, 204, "")
	x.Must("POST", "/resource-servers", `{"identifier":"https://a"}`)
	x.API("GET", "/client-grants?audience=https%3A%2F%2Fa", "").Want(t, 200, `[]`)
	x.Must(
		"POST", "/client-grants",
		`{"client_id":"ReferenceMachineClient0000000001","audience":"https://a"}`,
	)
}
