// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestOrganization_pagingByOffsetEndsAfterAThousand(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.AddOrganization("acme")
	const tooFar = `{"statusCode":400,"error":"Bad Request",` +
		`"message":"Requesting page exceeds the allowed maximum of 1000 records.","errorCode":"invalid_paging"}`
	for query, wanted := range map[string]string{
		"page=19": `[]`, "page=9&per_page=100": `[]`, "page=20": tooFar,
		"page=10&per_page=100": tooFar,
		"page=333&per_page=3":  tooFar, "page=2147483647&per_page=100&include_totals=true": tooFar,
	} {
		if got := x.api("GET", "/organizations?"+query, ""); got.body != wanted {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	// Checkpoint paging has no such end, and offsets beside it do not matter.
	if got := x.api("GET", "/organizations?take=1&page=20", ""); got.status != 200 ||
		!strings.Contains(got.body, `"name":"acme"`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestOrganization_nameStaysUniqueWhenItChanges(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	acme := "/organizations/" + x.AddOrganization("acme")
	x.AddOrganization("other")
	want(t, x.api("PATCH", acme, `{"name":"other","display_name":"Taken over"}`), 409,
		`{"statusCode":409,"error":"Conflict","message":"An organization with this name already exists.","errorCode":"organization_conflict"}`)
	x.must("PATCH", acme, `{"name":"acme"}`)
	x.must("PATCH", acme, `{"name":"acme-2"}`)
	if got := x.api("GET", "/organizations/name/acme", ""); got.status != 404 {
		t.Errorf("the old name: %d %s", got.status, got.body)
	}
	if got := x.api("GET", "/organizations/name/acme-2", ""); got.status != 200 ||
		strings.Contains(got.body, "Taken over") {
		t.Errorf("the new name: %d %s", got.status, got.body)
	}
	x.AddOrganization("acme")
}

func TestOrganization_nameMayBeAWordOfAPath(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	id := x.AddOrganization("client-grants")
	if got := x.api("GET", "/organizations/name/client-grants", ""); got.status != 200 ||
		field(t, got.body, "id") != id {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestOrganization_settings(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	created := x.must("POST", "/organizations", `{"name":"acme","metadata":{"a":"1","b":"2"},`+
		`"enabled_connections":[{"connection_id":"con_1","assign_membership_on_login":true}],`+
		`"token_quota":{"client_credentials":{"per_day":5}},"third_party_client_access":"allow"}`)
	path := "/organizations/" + field(t, created.body, "id")
	shown := func(settings string) string {
		return `{"id":"` + strings.TrimPrefix(path, "/organizations/") + `","name":"acme"` +
			settings +
			`,"third_party_client_access":"allow","is_app_entitlement_active":false}`
	}
	want(
		t, created, 201,
		shown(`,"metadata":{"a":"1","b":"2"},"token_quota":{"client_credentials":{"per_day":5}}`),
	)
	want(
		t, x.api("PATCH", path, `{"metadata":{"c":""},"token_quota":null}`), 200,
		shown(`,"metadata":{"c":""}`),
	)
	want(t, x.api("PATCH", path, `{}`), 200, shown(`,"metadata":{"c":""}`))
	for body, message := range map[string]string{
		`{"metadata":{"c":{"d":1}}}`:           `'Expected type string but found type object' on property metadata.c`,
		`{"metadata":{"c":null}}`:              `'Expected type string but found type null' on property metadata.c`,
		`{"metadata":["c"]}`:                   `'Expected type object but found type array' on property metadata`,
		`{"branding":{"colors":{"a":1}}}`:      `'Expected type string but found type integer' on property branding.colors.a`,
		`{"branding":{"colours":{}}}`:          `'Additional properties not allowed: colours' on property branding`,
		`{"enabled_connections":[]}`:           `'Additional properties not allowed: enabled_connections'`,
		`{"id":"org_0000000000000000"}`:        `'Additional properties not allowed: id'`,
		`{"token_quota":{}}`:                   `'Missing required property: client_credentials' on property token_quota`,
		`{"name":"acme\n"}`:                    `'String does not match pattern`,
		`{"third_party_client_access":"deny"}`: `'No enum match for: deny' on property third_party_client_access`,
	} {
		got := x.api("PATCH", path, body)
		if got.status != 400 ||
			!strings.Contains(field(t, got.body, "message"), "Payload validation error: "+message) {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
	want(t, x.api("GET", path, ""), 200, shown(`,"metadata":{"c":""}`))
}

func TestOrganization_deletionIsRepeatable(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	path := "/organizations/" + x.AddOrganization("acme")
	for range 2 {
		want(t, x.api("DELETE", path, ""), 204, "")
	}
}

func TestOrganization_newOneOfTheNameHasNoneOfTheOldGrants(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	grant := x.sampleGrant(`,"organization_usage":"allow"`)
	for i := range 2 {
		id := x.AddOrganization("acme")
		if got := x.askToken(sampleAudience + "&organization=acme"); got.status != 403 {
			t.Errorf("life %d: %d %s", i, got.status, got.body)
		}
		x.must("POST", "/organizations/"+id+"/client-grants", `{"grant_id":"`+grant+`"}`)
		tokenIn(t, x.askToken(sampleAudience+"&organization=acme"))
		x.must("DELETE", "/organizations/"+id, "")
	}
}

func TestClientGrantOrganizations_arePagedBothWays(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	grant := x.sampleGrant("")
	path := "/client-grants/" + grant + "/organizations"
	shown := map[string]string{}
	for _, name := range []string{"c", "a", "b"} {
		id := x.AddOrganization(name)
		x.must("POST", "/organizations/"+id+"/client-grants", `{"grant_id":"`+grant+`"}`)
		shown[name] = fmt.Sprintf(
			`{"id":"%s","name":"%s","third_party_client_access":"block","is_app_entitlement_active":false}`,
			id, name,
		)
	}
	want(t, x.api("GET", path, ""), 200, `[`+shown["c"]+`,`+shown["a"]+`,`+shown["b"]+`]`)
	want(t, x.api("GET", path+"?per_page=2&page=1&include_totals=true", ""), 200,
		`{"limit":2,"organizations":[`+shown["b"]+`],"start":2,"total":3}`)
	first := x.api("GET", path+"?take=2", "")
	next := field(t, first.body, "next")
	want(t, first, 200, `{"next":"`+next+`","organizations":[`+shown["c"]+`,`+shown["a"]+`]}`)
	want(t, x.api("GET", path+"?take=2&from="+next, ""), 200, `{"organizations":[`+shown["b"]+`]}`)
	want(t, x.api("GET", "/client-grants/cgr_none/organizations", ""), 404,
		`{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`)
	if got := x.api("GET", path+"?from=x", ""); got.status != 400 ||
		field(t, got.body, "errorCode") != "invalid_paging" {
		t.Errorf("a made-up checkpoint: %d %s", got.status, got.body)
	}
}
