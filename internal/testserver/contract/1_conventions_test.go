// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// refusedBody is the answer to a body that violates its schema or a rule.
func refusedBody(message string) string {
	return `{"statusCode":400,"error":"Bad Request","message":"` + message +
		`","errorCode":"invalid_body"}`
}

// refusedQuery is the answer to a query that violates its schema.
func refusedQuery(violation string) string {
	return `{"statusCode":400,"error":"Bad Request","message":"Query validation error: ` +
		violation +
		`","errorCode":"invalid_query_string"}`
}

func TestContract1Requests(t *testing.T) {
	t.Parallel()
	documented(t, "1.1", "the audience of a Management API token ends in a slash",
		func(t *testing.T, x *tenant) {
			token := x.ForgeToken(
				x.URL()+"/api/v2",
				func(*jwt.Token, jwt.MapClaims) any { return nil },
			)
			x.Send(
				"GET", "/api/v2/client-grants", "", "Authorization: Bearer "+token,
			).WantProperties(t, 401, x.Expand(`{"message":"Bad audience: $URL/api/v2"}`))
			token = x.ForgeToken(
				x.URL()+"/api/v2/",
				func(*jwt.Token, jwt.MapClaims) any { return nil },
			)
			x.Send("GET",
				"/api/v2/client-grants?include_totals=true&client_id=none", "",
				"Authorization: Bearer "+token).WantProperties(t, 200, `{"total":0}`)
		})
	documented(t, "1.1", "a token whose issuer is another host is refused",
		func(t *testing.T, x *tenant) {
			token := x.ForgeToken(x.URL()+"/api/v2/", servertest.Spoils["another issuer"])
			x.Send(
				"GET", "/api/v2/client-grants", "", "Authorization: Bearer "+token,
			).WantProperties(t, 401, `{"statusCode":401,"error":"Unauthorized"}`)
		})
	documented(t, "1.1", "request bodies are JSON or forms",
		func(t *testing.T, x *tenant) {
			bearer := x.Bearer("")
			const shown = `{"id":"RS_ID","identifier":"https://a","allow_offline_access":true,` +
				`"skip_consent_for_verifiable_first_party_clients":false,"subject_type_authorization":` +
				`{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}},` +
				`"token_lifetime":60,"token_lifetime_for_web":7200,"signing_alg":"RS256"}`
			x.Send("POST", "/api/v2/resource-servers",
				`identifier=https%3A%2F%2Fa&token_lifetime=60&allow_offline_access=true`,
				"Content-Type: application/x-www-form-urlencoded", bearer).Want(t, 201, shown)
			x.Send("POST", "/api/v2/resource-servers",
				`{"identifier":"https://b","token_lifetime":60,"allow_offline_access":true}`,
				"Content-Type: application/json", bearer).Want(t, 201,
				strings.Replace(shown, "https://a", "https://b", 1))
		})
	observed(t, "1.1", "the case of header names does not matter",
		func(t *testing.T, x *tenant) {
			r, err := http.NewRequestWithContext(
				t.Context(), http.MethodGet, x.URL()+"/api/v2/client-grants?client_id=none", nil,
			)
			if err != nil {
				t.Fatal(err)
			}
			// Header.Set would write the name in the usual case.
			r.Header["aUTHORIZATION"] = []string{strings.TrimPrefix(
				x.Bearer(""), "Authorization: ",
			)}
			response, err := x.Client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			got := servertest.Answer{Status: response.StatusCode, Body: string(body)}
			got.Want(t, 200, `[]`)
		})
	observed(t, "1.1", "writes ignore unknown query parameters",
		func(t *testing.T, x *tenant) {
			organization := x.Must("POST", "/organizations", `{"name":"acme"}`).Field(t, "id")
			grants := "/organizations/" + organization + "/client-grants"
			grant := x.SampleGrant(`,"organization_usage":"allow"`)
			const unknown = "?include_totals=true&per_page=100"
			x.API("POST", grants+unknown, `{"grant_id":"`+grant+`"}`).WantProperties(t, 201,
				`{"grant_id":"`+grant+`"}`)
			x.API("DELETE", grants+"/"+grant+unknown, "").Want(t, 204, "")
			x.API("DELETE", "/client-grants/"+grant+unknown, "").Want(t, 204, "")
			x.API("POST", "/client-grants"+unknown, grantBody("")).Want(t, 201,
				shownGrant(`,"scope":[],"subject_type":"client"`))
		})
	assumed(t, "1.1", "reads refuse unknown query parameters",
		func(t *testing.T, x *tenant) {
			for _, path := range []string{
				"/resource-servers", "/resource-servers/x", "/client-grants", "/client-grants/x",
			} {
				x.API("GET", path+"?include_total=true", "").Want(t, 400,
					refusedQuery(`'Additional properties not allowed: include_total'.`))
			}
		})
	observed(t, "1.1", "the last write wins: there are no ETags, and If-Match is ignored",
		func(t *testing.T, x *tenant) {
			read := x.API(
				"GET", "/resource-servers/https:%2F%2Fsample-api.example.com?fields=name", "",
			)
			read.Want(t, 200, `{"name":"Sample API"}`)
			read.WantHeader(t, "ETag", "")
			bearer := x.Bearer("")
			for _, name := range []string{"First", "Second"} {
				x.Send(
					"PATCH",
					"/api/v2/resource-servers/https:%2F%2Fsample-api.example.com",
					`{"name":"`+name+`"}`,
					servertest.AsJSON,
					bearer,
					`If-Match: "stale"`,
				).WantProperties(t, 200, `{"name":"`+name+`"}`)
			}
		})
}

func TestContract1Responses(t *testing.T) {
	t.Parallel()
	observed(t, "1.1", "the content type of every answer is JSON in UTF-8, even of an empty 204",
		func(t *testing.T, x *tenant) {
			for _, request := range []struct {
				method, path, body string
				status             int
			}{
				{"POST", "/resource-servers", `{"identifier":"https://a"}`, 201},
				{"GET", aPath, "", 200},
				{"PATCH", aPath, `{"name":"A"}`, 200},
				{"PATCH", aPath, `{"name":"<"}`, 400},
				{"DELETE", aPath, "", 204},
				{"GET", aPath, "", 404},
			} {
				got := x.API(request.method, request.path, request.body)
				if got.Status != request.status {
					t.Errorf("%s: status %d, want %d", request.method, got.Status, request.status)
				}
				got.WantHeader(t, "Content-Type", "application/json; charset=utf-8")
			}
		})
	observed(t, "1.1", "answers must not be cached and vary by origin and encoding",
		func(t *testing.T, x *tenant) {
			got := x.Must("GET", "/resource-servers", "")
			got.WantHeader(t, "Cache-Control", "no-cache")
			got.WantHeader(t, "Vary", "origin,accept-encoding")
		})
	observed(t, "1.1", "answers have a Strict-Transport-Security header",
		func(t *testing.T, x *tenant) {
			header := x.Must("GET", "/resource-servers", "").Header.Get("Strict-Transport-Security")
			if !regexp.MustCompile(`^max-age=[1-9]\d*`).MatchString(header) {
				t.Errorf("Strict-Transport-Security is %q", header)
			}
		})
	observed(t, "1.1", "if there is a rate limit, successful answers report its state",
		func(t *testing.T, _ *tenant) {
			x := servertest.NewWith(t, testserver.Config{RateLimit: testserver.RateLimit{
				PerSecond: 2,
				Burst:     10,
			}})
			got := x.Must("GET", "/resource-servers", "")
			number := func(name string) int64 {
				value, err := strconv.ParseInt(got.Header.Get(name), 10, 64)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				return value
			}
			limit, remaining := number("x-ratelimit-limit"), number("x-ratelimit-remaining")
			if remaining < 0 || remaining >= limit {
				t.Errorf("%d of %d remain after a request", remaining, limit)
			}
			if reset, now := number("x-ratelimit-reset"), x.Clock().Now().Unix(); reset < now ||
				reset > now+60 {
				t.Errorf("reset at %d, now it is %d", reset, now)
			}
		})
	observed(t, "1.1", "answers are compressed only if the client accepts gzip",
		func(t *testing.T, x *tenant) {
			bearer := x.Bearer("")
			const path = "/api/v2/resource-servers?include_totals=true"
			plain := x.Send("GET", path, "", bearer, "Accept-Encoding: identity")
			plain.WantHeader(t, "Content-Encoding", "")
			packed := x.Send("GET", path, "", bearer, "Accept-Encoding: gzip")
			packed.WantHeader(t, "Content-Encoding", "gzip")
			reader, err := gzip.NewReader(bytes.NewReader([]byte(packed.Body)))
			if err != nil {
				t.Fatal(err)
			}
			unpacked, err := io.ReadAll(reader)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plain.Body, string(unpacked)); diff != "" {
				t.Errorf("the compressed answer differs (-plain +unpacked):\n%s", diff)
			}
		})
	observed(t, "1.1", "resource servers, client grants and clients have no timestamps",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/resource-servers", `{"identifier":"https://a"}`).Want(t, 201,
				`{"id":"RS_ID","identifier":"https://a",`+servertest.MinimalAPI)
			x.API("POST", "/client-grants", grantBody("")).Want(t, 201,
				shownGrant(`,"scope":[],"subject_type":"client"`))
			x.API(
				"GET",
				"/clients/ReferenceMachineClient0000000001?fields=client_id,created_at,updated_at",
				"",
			).Want(t, 200, `{"client_id":"ReferenceMachineClient0000000001"}`)
		})
}

func TestContract1ErrorBody(t *testing.T) {
	t.Parallel()
	observed(t, "1.2", "an error has the status, its phrase and a message, and mostly an errorCode",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/resource-servers/nope", "").Want(t, 404,
				`{"statusCode":404,"error":"Not Found",`+
					`"message":"The resource server does not exist","errorCode":"inexistent_resource_server"}`)
		})
	observed(t, "1.2", "an error may have no errorCode",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/nowhere", "").Want(t, 404,
				`{"statusCode":404,"error":"Not Found","message":"Not Found"}`)
		})
	observed(t, "1.2", "errors of the token endpoint have another format",
		func(t *testing.T, x *tenant) {
			x.AskToken("client_id=nobody").Want(t, 401,
				`{"error":"access_denied","error_description":"Unauthorized"}`)
		})
}

func TestContract1NullEmptyAbsent(t *testing.T) {
	t.Parallel()
	observed(t, "1.7", "answers omit a property without a value, and never contain null",
		func(t *testing.T, x *tenant) {
			makeAPI(x, `,"consent_policy":"transactional-authorization-with-mfa"`)
			wantAPI(
				t, x.API("PATCH", aPath, `{"consent_policy":null,"authorization_details":null}`),
				200, ``,
			)
			wantAPI(t, x.API("GET", aPath, ""), 200, ``)
		})
	observed(t, "1.7", "an empty array that was sent is returned; an array that was never sent "+
		"is omitted",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			wantAPI(t, x.API("GET", aPath, ""), 200, ``)
			wantAPI(t, x.API("PATCH", aPath, `{"scopes":[]}`), 200, `"scopes":[]`)
			wantAPI(t, x.API("GET", aPath, ""), 200, `"scopes":[]`)
		})
	observed(t, "1.7", "a PATCH does not change properties that it omits",
		func(t *testing.T, x *tenant) {
			makeAPI(x, `,"name":"N","token_lifetime":60,"scopes":[{"value":"a"}]`)
			wantAPI(
				t, x.API("PATCH", aPath, `{"name":"M"}`), 200,
				`"name":"M","token_lifetime":60,"scopes":[{"value":"a"}]`,
			)
		})
	observed(t, "1.7", "null in a PATCH clears a nullable property; clearing it again changes "+
		"nothing",
		func(t *testing.T, x *tenant) {
			makeAPI(x, `,"proof_of_possession":{"mechanism":"mtls","required":true}`)
			for range 2 {
				wantAPI(t, x.API("PATCH", aPath, `{"proof_of_possession":null}`), 200, ``)
			}
		})
	observed(t, "1.7", "a PATCH merges the top level only: an array or object replaces the "+
		"stored one as a whole",
		func(t *testing.T, x *tenant) {
			makeAPI(
				x,
				`,"name":"N","scopes":[{"value":"a","description":"A"},{"value":"b","description":"B"}],`+
					`"proof_of_possession":{"mechanism":"mtls","required":true,"required_for":"public_clients"}`,
			)
			wantAPI(
				t,
				x.API(
					"PATCH",
					aPath,
					`{"scopes":[{"value":"b"}],"proof_of_possession":{"mechanism":"dpop","required":false}}`,
				),
				200,
				`"name":"N","scopes":[{"value":"b"}],"proof_of_possession":{"mechanism":"dpop","required":false}`,
			)
		})
	documented(t, "1.7", "null is refused unless the schema allows it",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			x.API("PATCH", aPath, `{"name":null}`).Want(t, 400,
				refusedBody(`Payload validation error: `+
					`'Expected type string but found type null' on property name (Friendly name for this resource server).`))
		})
}
