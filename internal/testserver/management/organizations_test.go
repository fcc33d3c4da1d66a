// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestOrganization_offsetPagingEndsAfterAThousand(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.AddOrganization("acme")
	const tooFar = `{"statusCode":400,"error":"Bad Request",` +
		`"message":"Requesting page exceeds the allowed maximum of 1000 records.","errorCode":"invalid_paging"}`
	for query, wanted := range map[string]string{
		"page=19": `[]`, "page=9&per_page=100": `[]`, "page=20": tooFar,
		"page=10&per_page=100": tooFar,
		"page=333&per_page=3":  tooFar, "page=2147483647&per_page=100&include_totals=true": tooFar,
	} {
		if got := x.API("GET", "/organizations?"+query, ""); got.Body != wanted {
			t.Errorf("%s: %d %s", query, got.Status, got.Body)
		}
	}
	// Checkpoint paging does not end there, and offsets are ignored with it.
	if got := x.API("GET", "/organizations?take=1&page=20", ""); got.Status != 200 ||
		!strings.Contains(got.Body, `"name":"acme"`) {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestOrganization_nameStaysUniqueWhenItChanges(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	acme := "/organizations/" + x.AddOrganization("acme")
	x.AddOrganization("other")
	x.API("PATCH", acme, `{"name":"other","display_name":"Taken over"}`).Want(t, 409,
		`{"statusCode":409,"error":"Conflict","message":"An organization with this name already exists.","errorCode":"organization_conflict"}`)
	x.Must("PATCH", acme, `{"name":"acme"}`)
	x.Must("PATCH", acme, `{"name":"acme-2"}`)
	if got := x.API("GET", "/organizations/name/acme", ""); got.Status != 404 {
		t.Errorf("the old name: %d %s", got.Status, got.Body)
	}
	if got := x.API("GET", "/organizations/name/acme-2", ""); got.Status != 200 ||
		strings.Contains(got.Body, "Taken over") {
		t.Errorf("the new name: %d %s", got.Status, got.Body)
	}
	x.AddOrganization("acme")
}

func TestOrganization_nameMayBePathSegment(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	id := x.AddOrganization("client-grants")
	if got := x.API("GET", "/organizations/name/client-grants", ""); got.Status != 200 ||
		got.Field(t, "id") != id {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestOrganization_settings(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	created := x.Must("POST", "/organizations", `{"name":"acme","metadata":{"a":"1","b":"2"},`+
		`"enabled_connections":[{"connection_id":"con_1","assign_membership_on_login":true}],`+
		`"token_quota":{"client_credentials":{"per_day":5}},"third_party_client_access":"allow"}`)
	path := "/organizations/" + created.Field(t, "id")
	shown := func(settings string) string {
		return `{"id":"` + strings.TrimPrefix(path, "/organizations/") + `","name":"acme"` +
			settings +
			`,"third_party_client_access":"allow","is_app_entitlement_active":false}`
	}
	created.Want(t, 201,
		shown(`,"metadata":{"a":"1","b":"2"},"token_quota":{"client_credentials":{"per_day":5}}`))
	x.API("PATCH", path, `{"metadata":{"c":""},"token_quota":null}`).Want(t, 200,
		shown(`,"metadata":{"c":""}`))
	x.API("PATCH", path, `{}`).Want(t, 200, shown(`,"metadata":{"c":""}`))
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
		got := x.API("PATCH", path, body)
		if got.Status != 400 ||
			!strings.Contains(got.Field(t, "message"), "Payload validation error: "+message) {
			t.Errorf("%s: %d %s", body, got.Status, got.Body)
		}
	}
	x.API("GET", path, "").Want(t, 200, shown(`,"metadata":{"c":""}`))
}

func TestOrganization_deletionIsRepeatable(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	path := "/organizations/" + x.AddOrganization("acme")
	for range 2 {
		x.API("DELETE", path, "").Want(t, 204, "")
	}
}

func TestOrganization_recreatedOneHasNoGrants(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	grant := x.SampleGrant(`,"organization_usage":"allow"`)
	for i := range 2 {
		id := x.AddOrganization("acme")
		if got := x.AskToken(servertest.SampleAudience + "&organization=acme"); got.Status != 403 {
			t.Errorf("life %d: %d %s", i, got.Status, got.Body)
		}
		x.Must("POST", "/organizations/"+id+"/client-grants", `{"grant_id":"`+grant+`"}`)
		x.AskToken(servertest.SampleAudience + "&organization=acme").Token(t)
		x.Must("DELETE", "/organizations/"+id, "")
	}
}

func TestClientGrantOrganizations_arePagedBothWays(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	grant := x.SampleGrant("")
	path := "/client-grants/" + grant + "/organizations"
	shown := map[string]string{}
	for _, name := range []string{"c", "a", "b"} {
		id := x.AddOrganization(name)
		x.Must("POST", "/organizations/"+id+"/client-grants", `{"grant_id":"`+grant+`"}`)
		shown[name] = fmt.Sprintf(
			`{"id":"%s","name":"%s","third_party_client_access":"block","is_app_entitlement_active":false}`,
			id,
			name,
		)
	}
	x.API("GET", path, "").Want(t, 200, `[`+shown["c"]+`,`+shown["a"]+`,`+shown["b"]+`]`)
	x.API("GET", path+"?per_page=2&page=1&include_totals=true", "").Want(t, 200,
		`{"limit":2,"organizations":[`+shown["b"]+`],"start":2,"total":3}`)
	first := x.API("GET", path+"?take=2", "")
	next := first.Field(t, "next")
	first.Want(t, 200, `{"next":"`+next+`","organizations":[`+shown["c"]+`,`+shown["a"]+`]}`)
	x.API("GET", path+"?take=2&from="+next, "").Want(t, 200, `{"organizations":[`+shown["b"]+`]}`)
	x.API("GET", "/client-grants/cgr_none/organizations", "").Want(t, 404,
		`{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`)
	// The second has the bytes of the third, but not their canonical encoding.
	for checkpoint, status := range map[string]int{
		"x": 400, "MC45OTk5OTk5OTk5OR": 400, "MC45OTk5OTk5OTk5OQ": 200,
	} {
		if got := x.API("GET", path+"?from="+checkpoint, ""); got.Status != status ||
			status == 400 && got.Field(t, "errorCode") != "invalid_paging" {
			t.Errorf("the checkpoint %s: %d %s", checkpoint, got.Status, got.Body)
		}
	}
}
