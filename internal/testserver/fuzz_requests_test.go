// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// The fuzz targets run their seeds as ordinary tests. To fuzz one for a minute:
//
//	go test ./internal/testserver -run '^$' -fuzz '^FuzzManagementBody$' -fuzztime 60s -parallel 2
//
// They take the routes from the route table, so that they reach endpoints that did not exist when
// they were written.

// fuzzed is the server of a fuzz target.
type fuzzed struct {
	*direct
	start []byte // The snapshot that tidy restores.
	state []byte // The current snapshot.
	// Parts of paths: ids and identifiers of objects, and others.
	segments []string
}

// maxFuzzedState is the size of a snapshot at which tidy restores the tenant, so that every input
// takes about as long.
const maxFuzzedState = 64 << 10

func newFuzzed() *fuzzed {
	x := &fuzzed{direct: newDirect()}
	x.must(
		http.MethodPost, "/resource-servers",
		`{"identifier":"urn:hs256","signing_alg":"HS256","signing_secret":"sixteen-chars-xx"}`,
	)
	x.must(
		http.MethodPost, "/resource-servers",
		`{"identifier":"https://a/b?c=d&e=%2F","token_dialect":"rfc9068_profile_authz","enforce_policies":true}`,
	)
	for _, audience := range []string{
		tenant.SampleAPIAudience, "urn:hs256", "https://a/b?c=d&e=%2F",
	} {
		x.must(
			http.MethodPost, "/client-grants",
			`{"client_id":"`+tenant.MachineClientID+`","audience":"`+audience+
				`","allow_all_scopes":true}`,
		)
	}
	x.AddOrganization("acme")
	x.start = x.Snapshot()
	x.state = x.start
	x.segments = append(idsIn(x.start), "x", "..", "a%2Fb", "\x00", "\xff", "cgr_none")
	return x
}

// savedObject is an object in a snapshot.
type savedObject struct {
	Table string
	Value json.RawMessage
}

func recordsIn(taken []byte) []savedObject {
	var tenant struct{ Records []savedObject }
	if err := json.Unmarshal(taken, &tenant); err != nil {
		panic(err)
	}
	return tenant.Records
}

// apisIn counts the APIs in a snapshot, and their ids.
func apisIn(taken []byte) (rows, ids int) {
	known := map[string]bool{}
	for _, saved := range recordsIn(taken) {
		if saved.Table != "resource_servers" {
			continue
		}
		var api struct{ ID string }
		if err := json.Unmarshal(saved.Value, &api); err != nil {
			panic(err)
		}
		rows++
		known[api.ID] = true
	}
	return rows, len(known)
}

// idsIn collects the ids and identifiers of all objects in a snapshot.
func idsIn(taken []byte) []string {
	var ids []string
	for _, saved := range recordsIn(taken) {
		var properties map[string]any
		if err := json.Unmarshal(saved.Value, &properties); err != nil {
			panic(err)
		}
		for name, value := range properties {
			text, ok := value.(string)
			name = strings.ToLower(name)
			if ok && (strings.HasSuffix(name, "id") || name == "identifier" ||
				name == "kid") && !slices.Contains(ids, text) {
				ids = append(ids, text)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// target is a path that matches the route's pattern. Even choices pick ids that may exist; odd
// choices use the text.
func (x *fuzzed) target(r *routing.Route, choice uint8, text string) string {
	if choice%2 == 0 || text == "" {
		text = x.segments[int(choice/2)%len(x.segments)]
	}
	segments := strings.Split(r.Pattern, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = url.PathEscape(text)
		}
	}
	return x.url + strings.Join(segments, "/")
}

// routesWhere lists the routes that match.
func (x *fuzzed) routesWhere(fits func(*routing.Route) bool) []*routing.Route {
	var found []*routing.Route
	for i := range x.routes {
		if fits(&x.routes[i]) {
			found = append(found, &x.routes[i])
		}
	}
	return found
}

// try sends a request and checks what must hold for every answer: it is not a server error, a
// refusal changes nothing and has the format of the endpoint, the body is JSON, and the tenant is
// consistent.
func (x *fuzzed) try(t *testing.T, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	got := x.send(r)
	after := x.Snapshot()
	switch {
	case got.Code >= 500 && got.Code != http.StatusNotImplemented:
		t.Fatalf("%s %s: %d %s", r.Method, r.URL, got.Code, got.Body)
	case got.Code >= 300 && !bytes.Equal(x.state, after):
		t.Fatalf(
			"%s %s: refused with %d %s, but the tenant has changed:\n%s\n%s", r.Method, r.URL,
			got.Code, got.Body, x.state, after,
		)
	case got.Code >= 300:
		wantRefusal(t, r, got)
	case got.Code == http.StatusNoContent:
	case !json.Valid(got.Body.Bytes()) || !utf8.Valid(got.Body.Bytes()):
		t.Fatalf("%s %s: the answer is not JSON: %q", r.Method, r.URL, got.Body)
	}
	if !bytes.Equal(x.state, after) {
		if err := x.Restore(after); err != nil {
			t.Fatalf("%s %s: the tenant does not pass its own checks: %v", r.Method, r.URL, err)
		}
		x.state = after
	}
	x.tidy(t)
	return got
}

// tidy restores the tenant if it has grown, or if the token is no longer valid because a key was
// revoked.
func (x *fuzzed) tidy(t *testing.T) {
	t.Helper()
	alive := x.send(x.api(http.MethodGet, "/client-grants?per_page=1", "")).Code == http.StatusOK
	if alive && len(x.state) < maxFuzzedState {
		return
	}
	if err := x.Restore(x.start); err != nil {
		t.Fatal(err)
	}
	x.state = x.Snapshot()
	x.authenticateAnew()
}

// wantRefusal checks the error body of the token endpoint (API contract 9.4), the sample API or the
// Management API (API contract 1.2).
func wantRefusal(t *testing.T, r *http.Request, got *httptest.ResponseRecorder) {
	t.Helper()
	var body struct {
		StatusCode  int    `json:"statusCode"`
		Error       string `json:"error"`
		Message     string `json:"message"`
		Description string `json:"error_description"`
	}
	err := json.Unmarshal(got.Body.Bytes(), &body)
	good := err == nil && body.StatusCode == got.Code && body.Error == http.StatusText(got.Code) &&
		body.Message != ""
	switch path := r.URL.EscapedPath(); {
	case path == routing.TokenPath, got.Code == http.StatusNotImplemented:
		good = good || err == nil && body.Error != "" && body.Description != ""
	case strings.HasPrefix(path, "/sample-api/"):
		good = good || err == nil && body.Message != ""
	}
	if r.Method != http.MethodHead && !good {
		t.Fatalf("%s %s: %d with the body %q (%v)", r.Method, r.URL, got.Code, got.Body, err)
	}
}

const formMediaType = "application/x-www-form-urlencoded"

func FuzzManagementBody(f *testing.F) {
	x := newFuzzed()
	routes := x.routesWhere(func(r *routing.Route) bool { return r.Body != nil })
	for number := range routes {
		for _, body := range []string{
			`{}`, `[]`, `null`, `""`, `{`, `{"":null}`, `{"name":"n","name":1}`,
			"{\"name\":\"\\ud800\"}", "\xef\xbb\xbf{}",
			`{"identifier":"urn:new","scopes":[{"value":"a","description":null}],"token_lifetime":1e400}`,
			`{"identifier":"urn:new","token_lifetime":-0.0,"token_lifetime_for_web":1E2}`,
			`{"identifier":"urn:new","token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","pem":"-----BEGIN"}}}`,
			`{"identifier":"urn:new","authorization_details":[{"type":"t","":[[]]}],"authorization_policy":{"policy_id":"p"}}`,
			`{"subject_type_authorization":{"client":{"policy":"deny_all","Policy":0}},"consent_policy":null}`,
			`{"client_id":"` + tenant.MachineClientID + `","audience":"` +
				tenant.SampleAPIAudience + `","scope":[],"subject_type":"user"}`,
			`{"default_for":"third_party_clients","audience":"urn:hs256","allow_any_organization":true}`,
			`{"scope":["read:orders","read:orders"],"allow_all_scopes":null,"organization_usage":"require"}`,
			`{"name":"n","display_name":"d","metadata":{"a":"b"},"credential_type":"public_key","pem":"p"}`,
			`{"name":"n","grant_types":["client_credentials"],"app_type":"non_interactive","client_metadata":{"k":null}}`,
			strings.Repeat(`{"a":`, 100) + strings.Repeat(`}`, 100),
		} {
			f.Add(uint8(number), uint8(2*number), "", "application/json", []byte(body))
		}
		f.Add(
			uint8(number), uint8(1), "urn:hs256", formMediaType,
			[]byte(`name=n&name=m&scope=a&scope=b&%zz`),
		)
		f.Add(uint8(number), uint8(1), "%ff/..;", "text/html; charset", []byte(`{}`))
	}
	f.Fuzz(func(t *testing.T, number, choice uint8, text, mediaType string, body []byte) {
		chosen := routes[int(number)%len(routes)]
		r := newRequest(chosen.Method, x.target(chosen, choice, text), string(body))
		r.Header.Set("Authorization", "Bearer "+x.token)
		r.Header.Set("Content-Type", mediaType)
		x.try(t, r)
	})
}

func FuzzQuery(f *testing.F) {
	x := newFuzzed()
	routes := x.routesWhere(func(r *routing.Route) bool { return r.Method == http.MethodGet })
	for number := range routes {
		for _, query := range []string{
			"", "?", "page=0&per_page=100&include_totals=true", "page=-1",
			"page=2147483647&per_page=100", "per_page=0",
			"page=9223372036854775807", "page=1&page=2", "take=1", "from=&take=100",
			"from=MS4x&take=50", "from=OTk5OTk5OTk5OTk5OTk5OTk5OS4x",
			"from=%00", "fields=id,,name&include_fields=false", "fields=%ff",
			"fields=scopes&include_fields=maybe", "a;b", "%zz", "&&=&",
			"identifiers=a&identifiers=urn%3Ahs256", "client_id=%F0%9F%98%80&audience=",
			"subject_type=user&default_for=third_party_clients",
			"allow_any_organization=true", "is_global=false&app_type=a,b", "audience=urn%3Ahs256",
			"q=name:%22", "sort=name:1",
		} {
			f.Add(uint8(number), uint8(2*number), "", query)
		}
	}
	f.Fuzz(func(t *testing.T, number, choice uint8, text, query string) {
		chosen := routes[int(number)%len(routes)]
		r := newRequest(chosen.Method, x.target(chosen, choice, text), "")
		r.URL.RawQuery = query
		r.Header.Set("Authorization", "Bearer "+x.token)
		before := x.state
		x.try(t, r)
		if !bytes.Equal(before, x.state) && !bytes.Equal(x.start, x.state) {
			t.Fatalf("%s has changed the tenant", r.URL)
		}
	})
}

// FuzzPath sends requests with any request line.
func FuzzPath(f *testing.F) {
	x := newFuzzed()
	for _, line := range []string{
		"GET /api/v2/resource-servers/urn:hs256",
		"GET /api/v2/resource-servers/https:%2F%2Fa%2Fb%3Fc=d&e=%252F",
		"GET /api/v2/resource-servers/https%253A%252F%252Fa%252Fb%253Fc%253Dd%2526e%253D%25252F",
		"GET /api/v2/resource-servers/..%2Fclient-grants",
		"GET /api/v2/resource-servers/../client-grants", "GET /api/v2/./clients",
		"GET //api/v2/clients", "GET /api/v2/clients/", "GET /api/v2/clients;a=b",
		"GET /api%2Fv2%2Fclients", "GET /api/v2/clients%00",
		"GET /api/v2/resource-servers/%00", "GET /api/v2/resource-servers/%c0%af",
		"GET /api/v2/resource-servers/%ff%fe",
		"GET http://evil.example.com/api/v2/clients", "GET /api/v2/%63lients", "OPTIONS *",
		"HEAD /api/v2/clients", "CONNECT a:443",
		"DELETE /api/v2/resource-servers/%2e%2e", "PATCH /api/v2/client-grants/.",
		"POST /oauth/token/..", "TRACE /oauth/token",
		"GET /sample-api/orders?audience=urn:hs256", "GET /sample-api/..%2f",
		"GET /api/v2/clients#fragment", "get /api/v2/clients",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(line +
			" HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + x.token + "\r\n\r\n")))
		if err != nil {
			return // The HTTP server refuses the request line.
		}
		got := x.try(t, r)
		const one = "/api/v2/resource-servers/"
		asked, single := strings.CutPrefix(r.URL.EscapedPath(), one)
		if r.Method != http.MethodGet || !single || got.Code != http.StatusOK ||
			r.URL.RawQuery != "" {
			return
		}
		var api tenant.ResourceServer
		if err := json.Unmarshal(got.Body.Bytes(), &api); err != nil {
			t.Fatal(err)
		}
		once, _ := url.PathUnescape(asked)
		twice, _ := url.PathUnescape(once)
		if strings.Contains(asked, "/") ||
			!slices.Contains([]string{once, twice}, api.ID) &&
				!slices.Contains([]string{once, twice}, api.Identifier) {
			t.Fatalf("%q reads the API %s %s", asked, api.ID, api.Identifier)
		}
	})
}

// FuzzRestore restores any bytes. If they are accepted, the tenant must work and its snapshot must
// be restorable. Otherwise, the tenant must not change.
func FuzzRestore(f *testing.F) {
	x := newFuzzed()
	start := string(x.start)
	for _, change := range []*strings.Replacer{
		strings.NewReplacer(), strings.NewReplacer(`"number":2`, `"number":1`),
		strings.NewReplacer(`"number":2`, `"number":18446744073709551615`),
		strings.NewReplacer(`"value":{`, `"value":null,"old":{`),
		strings.NewReplacer(tenant.SampleAPIAudience, ""),
		strings.NewReplacer(`"scopes":[`, `"scopes":null,"old":[`),
		strings.NewReplacer(`"is_system":true`, `"is_system":false`),
		strings.NewReplacer(tenant.MachineClientID, tenant.ManagementClientID),
		strings.NewReplacer(`"table":"clients"`, `"table":"client_grants"`),
		strings.NewReplacer(`http://127.0.0.1:1`, `http://127.0.0.1:2`),
		strings.NewReplacer(`"signing_alg":"HS256"`, `"signing_alg":""`),
		strings.NewReplacer(`"subject_type":"client"`, `"subject_type":""`),
	} {
		f.Add([]byte(change.Replace(start)))
	}
	for _, text := range []string{
		"", "null", "{}", "[]", `{"records":null}`, `{"records":[null]}`,
		`{"issuer":"","records":[{"table":"clients","number":1}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, taken []byte) {
		if err := x.Restore(taken); err != nil {
			if after := x.Snapshot(); !bytes.Equal(x.state, after) {
				t.Fatalf(
					"refused with %v, but the tenant has changed:\n%s\n%s", err, x.state, after,
				)
			}
			return
		}
		x.state = x.Snapshot()
		for _, list := range x.routesWhere(func(r *routing.Route) bool {
			return r.Method == http.MethodGet && r.Query != nil
		}) {
			for choice := range x.segments {
				r := newRequest(list.Method, x.target(list, uint8(2*choice), ""), "")
				r.Header.Set("Authorization", "Bearer "+x.token)
				x.try(t, r)
			}
		}
		rows, _ := apisIn(x.Snapshot())
		x.try(t, x.api(http.MethodPost, "/resource-servers", `{"identifier":"urn:fresh"}`))
		if after, ids := apisIn(x.Snapshot()); after != ids || after < rows {
			t.Fatalf("an API takes the place of another: %d rows, %d ids", after, ids)
		}
		if err := x.Restore(x.start); err != nil {
			t.Fatal(err)
		}
		x.state = x.Snapshot()
	})
}
