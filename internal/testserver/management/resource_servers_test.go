// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management_test

import (
	"net/url"
	"strings"
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
	x.Must("POST", "/resource-servers", `{"identifier":"https://a"}`)
	x.API(
		"PATCH", apiPath, `{"name":"N","token_lifetime":60,"token_lifetime_for_web":61}`,
	).Want(t, 400, refusedBody("`token_lifetime_for_web` cannot be greater than `token_lifetime`"))
	x.API("GET", apiPath, "").Want(t, 200, `{"id":"RS_ID","identifier":"https://a",`+servertest.MinimalAPI)
}

func TestResourceServer_keysAreCaseSensitive(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Must("POST", "/resource-servers",
		`{"identifier":"https://a","subject_type_authorization":{"user":{"policy":"deny_all"}}}`)
	got := x.API("PATCH", apiPath, `{"subject_type_authorization":`+
		`{"USER":{"policy":"x"},"user":{"Policy":"y"},"client":{"policy":"deny_all","more":1}}}`)
	got.WantJSON(t, 200, `{"id":"RS_ID","identifier":"https://a",`+strings.Replace(
		servertest.MinimalAPI,
		`{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}}`,
		`{"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}}`, 1,
	))
}

func TestResourceServer_deleteRemovesItsGrants(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Must("POST", "/resource-servers", `{"identifier":"https://a"}`)
	grant := x.Must(
		"POST", "/client-grants",
		`{"client_id":"ReferenceMachineClient0000000001","audience":"https://a"}`,
	)
	id := grant.Field(t, "id")
	x.API("DELETE", apiPath, "").Want(t, 204, "")
	x.API("DELETE", apiPath, "").Want(t, 204, "")
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

func TestResourceServer_listRefusesBadQueries(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for query, message := range map[string]string{
		"per_page=many": `'Expected type integer but found type string' on property per_page (Number of results per page)`,
		"a=%zz":         `'Malformed query string'`,
		strings.Repeat("identifiers=a&", 11): `'Array is too long (11), maximum 10' on property identifiers ` +
			`(Identifiers to filter by)`,
	} {
		t.Run(query, func(t *testing.T) {
			x.API("GET", "/resource-servers?"+query, "").Want(t, 400, refusedQuery(message+"."))
		})
	}
}

func TestResourceServer_oddDocumentsAreRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for body, violation := range map[string]string{
		`["i"]`: `'Expected type object but found type array'.`,
		`{"identifier":"i","scopes":[{"value":"a","Value":"b"}]}`: `'Additional properties not allowed: Value' on property scopes[0].`,
	} {
		x.API("POST", "/resource-servers", body).Want(t, 400,
			refusedBody("Payload validation error: "+violation))
	}
}

func TestResourceServer_malformedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for name, body := range map[string]string{
		"two values":   `{"identifier":"https://a"} {}`,
		"deep nesting": strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			x.API("POST", "/resource-servers", body).Want(t, 400,
				`{"statusCode":400,"error":"Bad Request","message":"Invalid request payload JSON format"}`)
		})
	}
	big := x.API("POST", "/resource-servers", `{"identifier":"`+strings.Repeat("x", 10<<20)+`"}`)
	big.Want(t, 413, `{"statusCode":413,"error":"Request Entity Too Large",`+
		`"message":"Payload content length greater than maximum allowed: 1048576"}`)
	token := "Authorization: Bearer " + x.Token
	x.Send(
		"POST", "/api/v2/resource-servers", `identifier: a`, "Content-Type: text/yaml", token,
	).Want(t, 415,
		`{"statusCode":415,"error":"Unsupported Media Type","message":"Unsupported Media Type"}`)
}
