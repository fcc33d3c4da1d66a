// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"
)

// grantBody is a grant of the machine client to the sample API with further settings.
func grantBody(settings string) string {
	return `{"client_id":"ReferenceMachineClient0000000001","audience":"https://sample-api.example.com"` + settings + `}`
}

// shownGrant is such a grant in an answer.
func shownGrant(settings string) string {
	return `{"id":"CGR_ID",` + strings.TrimPrefix(grantBody(settings), "{")
}

func TestClientGrant_scopeLeftOutIsEmpty(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	want(t, x.api("POST", "/client-grants", grantBody("")), 201, shownGrant(`,"scope":[],"subject_type":"client"`))
}

func TestClientGrant_everyPropertyComesBackAsSent(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const settings = `,"scope":["write:orders","not:defined"],"subject_type":"user","organization_usage":"require",` +
		`"allow_any_organization":false,"authorization_details_types":["payment"]`
	got := x.api("POST", "/client-grants", grantBody(settings))
	want(t, got, 201, shownGrant(settings))
	path := "/client-grants/" + field(t, got.body, "id")
	want(t, x.api("GET", path, ""), 200, shownGrant(settings))
	want(t, x.api("GET", path+"?fields=id", ""), 400, `{"statusCode":400,"error":"Bad Request","message":"Query validation error: `+
		`'Additional properties not allowed: fields'.","errorCode":"invalid_query_string"}`)
}

func TestClientGrant_naturalKeyIsUnique(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.must("POST", "/client-grants", grantBody(""))
	want(t, x.api("POST", "/client-grants", grantBody(`,"scope":["read:orders"]`)), 409,
		`{"statusCode":409,"error":"Conflict","message":"client_grant already exists","errorCode":"client_grant_conflict"}`)
	want(t, x.api("POST", "/client-grants", grantBody(`,"subject_type":"user"`)), 201,
		shownGrant(`,"scope":[],"subject_type":"user"`))
	const byDefault = `{"default_for":"third_party_clients","audience":"https://sample-api.example.com"}`
	want(t, x.api("POST", "/client-grants", byDefault), 201, `{"id":"CGR_ID","default_for":"third_party_clients",`+
		`"audience":"https://sample-api.example.com","scope":[],"subject_type":"client"}`)
	if got := x.api("POST", "/client-grants", byDefault); got.status != 409 {
		t.Errorf("a second default grant: %d %s", got.status, got.body)
	}
}

func TestClientGrant_createIsValidated(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const ofAudience = ` on property audience (The audience (API identifier) of this client grant).`
	for name, test := range map[string]struct{ body, message string }{
		"audience missing": {`{"client_id":"a"}`, `'Missing required property: audience'.`},
		"audience empty":   {`{"client_id":"a","audience":""}`, `'String is too short (0 chars), minimum 1'` + ofAudience},
		"client missing":   {`{"audience":"a"}`, `'Exactly one of client_id and default_for must be provided'.`},
		"client and default": {
			`{"audience":"a","client_id":"a","default_for":"third_party_clients"}`,
			`'Exactly one of client_id and default_for must be provided'.`,
		},
		"client in bad format": {
			`{"audience":"a","client_id":"a b"}`,
			`'Object didn't pass validation for format client-id: a b' on property client_id (ID of the client).`,
		},
		"empty scope": {grantBody(`,"scope":[""]`), `'String is too short (0 chars), minimum 1' on property scope[0].`},
		"duplicate scopes": {
			grantBody(`,"scope":["b","a","b"]`),
			`'Array items are not unique (indexes 0 and 2)' on property scope (Scopes allowed for this client grant).`,
		},
		"unknown subject type": {
			grantBody(`,"subject_type":"robot"`),
			`'No enum match for: robot' on property subject_type (The type of application access the client grant allows).`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, x.api("POST", "/client-grants", test.body), 400, `{"statusCode":400,"error":"Bad Request","message":`+
				`"Payload validation error: `+test.message+`","errorCode":"invalid_body"}`)
		})
	}
}

func TestClientGrant_apiAndClientMustExist(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	want(t, x.api("POST", "/client-grants", `{"client_id":"none","audience":"urn:none"}`), 404,
		`{"statusCode":404,"error":"Not Found","message":"No resource with identifier urn:none","errorCode":"inexistent_resource_server"}`)
	want(t, x.api("POST", "/client-grants", `{"client_id":"none","audience":"https://sample-api.example.com"}`), 404,
		`{"statusCode":404,"error":"Not Found","message":"The client does not exist","errorCode":"inexistent_client"}`)
}

func TestClientGrant_allScopes(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	want(t, x.api("POST", "/client-grants", grantBody(`,"allow_all_scopes":true,"scope":["read:orders"]`)), 400,
		`{"statusCode":400,"error":"Bad Request","message":"`+"`scope` cannot be provided when `allow_all_scopes` is true"+
			`","errorCode":"invalid_body"}`)
	path := "/client-grants/" + x.sampleGrant(`,"scope":["read:orders"]`)
	want(t, x.api("PATCH", path, `{"allow_all_scopes":true}`), 200,
		shownGrant(`,"allow_all_scopes":true,"subject_type":"client"`))
	want(t, x.api("PATCH", path, `{"allow_all_scopes":false,"scope":[]}`), 200,
		shownGrant(`,"scope":[],"allow_all_scopes":false,"subject_type":"client"`))
	want(t, x.api("PATCH", path, `{"scope":["write:orders"]}`), 200,
		shownGrant(`,"scope":["write:orders"],"allow_all_scopes":false,"subject_type":"client"`))
	want(t, x.api("PATCH", path, `{"allow_all_scopes":true,"scope":[]}`), 200,
		shownGrant(`,"allow_all_scopes":true,"subject_type":"client"`))
	want(t, x.api("PATCH", path, `{"allow_all_scopes":null,"scope":["read:orders"]}`), 200,
		shownGrant(`,"scope":["read:orders"],"subject_type":"client"`))
}

func TestClientGrant_limitsOfDefaultGrants(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	refused := func(message string) string {
		return `{"statusCode":400,"error":"Bad Request","message":"` + message + `","errorCode":"invalid_body"}`
	}
	want(t, x.api("POST", "/client-grants", `{"default_for":"third_party_clients","audience":"$URL/api/v2/"}`), 400,
		refused("`default_for` cannot be provided when `audience` is a system API"))
	anyOrganization := refused("`allow_any_organization` cannot be true when `default_for` is provided")
	const begin = `{"default_for":"third_party_clients","audience":"https://sample-api.example.com","allow_any_organization":`
	want(t, x.api("POST", "/client-grants", begin+`true}`), 400, anyOrganization)
	made := x.api("POST", "/client-grants", begin+`false}`)
	want(t, made, 201, `{"id":"CGR_ID","default_for":"third_party_clients","audience":"https://sample-api.example.com",`+
		`"scope":[],"subject_type":"client","allow_any_organization":false}`)
	want(t, x.api("PATCH", "/client-grants/"+field(t, made.body, "id"), `{"allow_any_organization":true}`), 400, anyOrganization)
}

func TestClientGrant_nullClears(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	path := "/client-grants/" + x.sampleGrant(`,"scope":["read:orders"],"organization_usage":"allow","allow_any_organization":true`)
	want(t, x.api("PATCH", path, `{"organization_usage":null,"allow_any_organization":null}`), 200,
		shownGrant(`,"scope":["read:orders"],"subject_type":"client"`))
	want(t, x.api("PATCH", path, `{"scope":null}`), 200, shownGrant(`,"scope":[],"subject_type":"client"`))
	want(t, x.api("PATCH", path, `{"authorization_details_types":[]}`), 200,
		shownGrant(`,"scope":[],"subject_type":"client","authorization_details_types":[]`))
}

func TestClientGrant_naturalKeyIsImmutable(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	path := "/client-grants/" + x.sampleGrant("")
	want(t, x.api("PATCH", path, grantBody(`,"subject_type":"client","default_for":"third_party_clients","id":"x"`)), 400,
		`{"statusCode":400,"error":"Bad Request","message":"Payload validation error: `+
			`'Additional properties not allowed: audience,client_id,default_for,id,subject_type'.","errorCode":"invalid_body"}`)
	want(t, x.api("PATCH", path, `{}`), 400, `{"statusCode":400,"error":"Bad Request","message":"Payload validation error: `+
		`'Too few properties defined (0), minimum 1'.","errorCode":"invalid_body"}`)
}

func TestClientGrant_missingOne(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const missing = `{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`
	want(t, x.api("GET", "/client-grants/cgr_none", ""), 404, missing)
	want(t, x.api("PATCH", "/client-grants/cgr_none", `{"scope":[]}`), 404, missing)
	want(t, x.api("DELETE", "/client-grants/cgr_none", ""), 204, "")
}

func TestClientGrant_listFiltersCombine(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.must("POST", "/resource-servers", `{"identifier":"urn:b"}`)
	for _, body := range []string{
		`{"client_id":"ReferenceMachineClient0000000001","audience":"urn:b","scope":["1"]}`,
		`{"client_id":"ReferenceMachineClient0000000001","audience":"urn:b","scope":["2"],"subject_type":"user"}`,
		`{"client_id":"ReferenceWebClient00000000000001","audience":"urn:b","scope":["3"],"allow_any_organization":true}`,
		`{"client_id":"ReferenceMachineClient0000000001","audience":"https://sample-api.example.com","scope":["4"]}`,
		`{"default_for":"third_party_clients","audience":"urn:b","scope":["5"]}`,
	} {
		x.must("POST", "/client-grants", body)
	}
	for query, scopes := range map[string]string{
		"audience=urn:b": "1 2 3 5",
		"client_id=ReferenceMachineClient0000000001":                                    "1 2 4",
		"client_id=ReferenceMachineClient0000000001&audience=urn:b":                     "1 2",
		"client_id=ReferenceMachineClient0000000001&audience=urn:b&subject_type=client": "1",
		"allow_any_organization=true":                                                   "3",
		"default_for=third_party_clients":                                               "5",
		"subject_type=user":                                                             "2",
		"audience=none":                                                                 "",
		"client_id=none":                                                                "",
	} {
		t.Run(query, func(t *testing.T) {
			got := x.api("GET", "/client-grants?"+query, "")
			var found []string
			for _, part := range strings.Split(got.body, `"scope":["`)[1:] {
				found = append(found, part[:1])
			}
			if strings.Join(found, " ") != scopes {
				t.Errorf("found %v, want %s", found, scopes)
			}
		})
	}
	for query, message := range map[string]string{
		"allow_any_organization=false":                `'No enum match for: false' on property allow_any_organization (Optional filter on allow_any_organization)`,
		"client_id=a&default_for=third_party_clients": `'client_id and default_for cannot be provided together'`,
	} {
		want(t, x.api("GET", "/client-grants?"+query, ""), 400, `{"statusCode":400,"error":"Bad Request","message":`+
			`"Query validation error: `+message+`.","errorCode":"invalid_query_string"}`)
	}
}

func TestClientGrant_listPagesByCheckpoint(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	var ids []string
	for _, audience := range []string{"urn:a", "urn:b", "urn:c"} {
		x.must("POST", "/resource-servers", `{"identifier":"`+audience+`"}`)
		grant := x.must("POST", "/client-grants", `{"client_id":"ReferenceMachineClient0000000001","audience":"`+audience+`"}`)
		ids = append(ids, field(t, grant.body, "id"))
	}
	const ours = "/client-grants?client_id=ReferenceMachineClient0000000001"
	shown := func(audience string) string {
		return `{"id":"CGR_ID","client_id":"ReferenceMachineClient0000000001","audience":"` + audience + `","scope":[],"subject_type":"client"}`
	}
	// Checkpoint paging wins over offset paging.
	first := x.api("GET", ours+"&take=1&per_page=50&include_totals=true", "")
	next := field(t, first.body, "next")
	want(t, first, 200, `{"client_grants":[`+shown("urn:a")+`],"next":"`+next+`"}`)

	// Objects that go in the meantime do not shift what follows.
	x.must("DELETE", "/client-grants/"+ids[0], "")
	want(t, x.api("GET", ours+"&take=2&from="+next, ""), 200, `{"client_grants":[`+shown("urn:b")+","+shown("urn:c")+`]}`)
	want(t, x.api("GET", ours+"&take=100", ""), 200, `{"client_grants":[`+shown("urn:b")+","+shown("urn:c")+`]}`)
	want(t, x.api("GET", ours+"&include_totals=true&per_page=1", ""), 200,
		`{"client_grants":[`+shown("urn:b")+`],"limit":1,"start":0,"total":2}`)
}
