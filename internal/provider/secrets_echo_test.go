// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
)

// canary is a secret with every awkward character. Its middle is the same in every encoding but
// base64, so that it can be searched for.
func canary(name string) string {
	return `&<a>"'\/b+ %41=?#:;c` + "core-of-the-" + name + `~d&amp;\u003c{}[]|^!@$*,.` + "`"
}

// leaks returns how a canary may look in a text: as it is, or in base64, or in base64 twice, with
// any number of bytes before it.
func leaks(name string) []string {
	once := func(text string) []string {
		var found []string
		for before := range 3 {
			encoded := base64.StdEncoding.EncodeToString([]byte("xx"[:before] + text))
			// Without the digits that depend on the neighbors.
			found = append(found, encoded[(before*8+5)/6:len(text)*8/6+before-2])
		}
		return found
	}
	core := "core-of-the-" + name
	found := append([]string{core}, once(core)...)
	for _, encoded := range once(core) {
		found = append(found, once(encoded)...)
	}
	return found
}

// quotations are the ways in which a tenant quotes a request.
var quotations = map[string]func(string) string{
	"plain":        func(s string) string { return s },
	"Go":           strconv.Quote,
	"JSON":         func(s string) string { return jsonOf(s) },
	"HTML":         html.EscapeString,
	"path":         url.PathEscape,
	"query":        url.QueryEscape,
	"base64":       func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64url":    func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"JSON twice":   func(s string) string { return jsonOf(jsonOf(s)) },
	"HTML in JSON": func(s string) string { return jsonOf(html.EscapeString(s)) },
	"base64 twice": func(s string) string {
		once := base64.StdEncoding.EncodeToString([]byte(s))
		return base64.StdEncoding.EncodeToString([]byte(once))
	},
	"query of base64": func(s string) string {
		return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s)))
	},
}

func jsonOf(text string) string {
	encoded, _ := json.Marshal(text)
	return string(encoded)
}

// faulty are the answers of a tenant that quotes the request.
var faulty = map[string]func(w http.ResponseWriter, quoted string){
	"malformed": func(w http.ResponseWriter, quoted string) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, quoted+"\r\n\r\n")
		_ = conn.Close()
	},
	"malformed header": func(w http.ResponseWriter, quoted string) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+quoted+"\r\n\r\n")
		_ = conn.Close()
	},
	"redirect": func(w http.ResponseWriter, quoted string) {
		w.Header().Set("Location", "https://login.example/"+quoted)
		w.WriteHeader(http.StatusFound)
	},
	"page": func(w http.ResponseWriter, quoted string) {
		w.Header().Set("Content-Type", "text/"+quoted)
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<html>"+quoted)
	},
	"wrong object": func(w http.ResponseWriter, quoted string) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"id": quoted, "client_id": quoted, "identifier": quoted, "total": quoted,
		})
	},
}

// refusal is an answer in the formats of both APIs.
func refusal(status int) func(w http.ResponseWriter, quoted string) {
	return func(w http.ResponseWriter, quoted string) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Auth0-RequestId", quoted)
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"error": quoted, "message": "Bad: " + quoted, "errorCode": quoted, "statusCode": status,
			"error_description": quoted,
		})
	}
}

// echoing starts a tenant whose Management API, or login, answers each request with a quotation
// of it. It returns the way to the tenant.
func echoing(
	t *testing.T, login bool, quote func(string) string,
	answer func(w http.ResponseWriter, quoted string),
) http.RoundTripper {
	t.Helper()
	return protocol.InMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := httputil.DumpRequest(r, true)
		if err != nil {
			t.Error(err)
		}
		if r.URL.Path == "/oauth/token" && !login {
			_ = json.NewEncoder(w).Encode(map[string]any{
				"access_token": canary("issued-token"), "expires_in": 86400,
				"token_type": "Bearer",
			})
			return
		}
		// Both what was sent, and what it means.
		form, _ := url.ParseQuery(string(request[strings.Index(string(request), "\r\n\r\n")+4:]))
		for _, values := range form {
			request = append(request, strings.Join(values, " ")...)
		}
		var body map[string]any
		_ = json.NewDecoder(strings.NewReader(
			string(request[strings.Index(string(request), "\r\n\r\n")+4:]),
		)).Decode(&body)
		if secret, ok := body["signing_secret"].(string); ok {
			request = append(request, secret...)
		}
		// An error is bounded, so the secrets must come first.
		_, headers, _ := strings.Cut(string(request), "X-Secret")
		answer(w, quote("X-Secret"+headers))
	}))
}

// operate does everything that the provider can do.
func operate(p *protocol.Protocol) {
	p.T.Helper()
	of := protocol.Text
	strings := func(t tftypes.Type) tftypes.Value {
		return tftypes.NewValue(t, []tftypes.Value{of("read:orders")})
	}
	set := tftypes.Set{ElementType: tftypes.String}
	const id = "68f0a1b2c3d4e5f607182931"
	for typeName, values := range map[string][]map[string]tftypes.Value{
		"m2m_resource_server": {
			{
				"identifier": of("urn:a"), "signing_alg": of("HS256"),
				"signing_secret": of(canary("signing-secret")),
			},
			{
				"identifier": of("urn:a"), "signing_alg": of("HS256"),
				"signing_secret_wo":         of(canary("write-only-secret")),
				"signing_secret_wo_version": tftypes.NewValue(tftypes.Number, 1),
			},
		},
		"m2m_resource_server_scope": {{
			"resource_server_identifier": of("urn:a"),
			"scope":                      of("read:orders"),
		}},
		"m2m_client_grant": {{
			"client_id": of("c"), "audience": of("urn:a"),
			"scopes": strings(set),
		}},
		"m2m_organization_client_grant": {{
			"grant_id":        of("cgr_1"),
			"organization_id": of("org_0123456789abcdef"),
		}},
		"m2m_client_grants_exclusive": {{
			"audience":  of("urn:a"),
			"grant_ids": tftypes.NewValue(set, []tftypes.Value{of("cgr_1")}),
		}},
	} {
		schema := p.Schema.ResourceSchemas[typeName]
		for _, config := range values {
			configured := p.Value(schema, config)
			null, err := tfprotov6.NewDynamicValue(
				schema.ValueType(), tftypes.NewValue(schema.ValueType(), nil),
			)
			if err != nil {
				p.T.Fatal(err)
			}
			state := maps.Clone(config)
			state["id"] = of(id)
			delete(state, "signing_secret_wo")
			existing := p.Value(schema, state)
			state = maps.Clone(state)
			for name, other := range map[string]tftypes.Value{
				"name": of("Orders"), "description": of("d"),
				"allow_all_scopes": tftypes.NewValue(tftypes.Bool, true),
			} {
				if kind, ok := schema.ValueType().(tftypes.Object).AttributeTypes[name]; ok {
					state[name] = tftypes.NewValue(kind, nil)
					if kind.Is(other.Type()) {
						state[name] = other
					}
				}
			}
			changed := p.Value(schema, state)
			for _, change := range []struct{ prior, plan *tfprotov6.DynamicValue }{
				{&null, configured}, {existing, changed}, {existing, &null},
			} {
				planned, err := p.Server.PlanResourceChange(
					p.Context(), &tfprotov6.PlanResourceChangeRequest{
						TypeName: typeName, PriorState: change.prior,
						ProposedNewState: change.plan, Config: change.plan,
					})
				p.Say(planned.Diagnostics, err)
				applied, err := p.Server.ApplyResourceChange(
					p.Context(), &tfprotov6.ApplyResourceChangeRequest{
						TypeName: typeName, PriorState: change.prior, Config: configured,
						PlannedState: change.plan,
					})
				p.Say(applied.Diagnostics, err)
			}
			read, err := p.Server.ReadResource(p.Context(), &tfprotov6.ReadResourceRequest{
				TypeName: typeName, CurrentState: existing,
			})
			p.Say(read.Diagnostics, err)
			imported, err := p.Server.ImportResourceState(
				p.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id},
			)
			p.Say(imported.Diagnostics, err)
		}
	}
	for typeName, config := range map[string]map[string]tftypes.Value{
		"m2m_resource_server":  {"identifier": of("urn:a")},
		"m2m_resource_servers": nil,
		"m2m_client": {
			"client_id":   of("c"),
			"with_secret": tftypes.NewValue(tftypes.Bool, true),
		},
		"m2m_clients":       nil,
		"m2m_client_grants": nil,
		"m2m_organization":  {"name": of("acme")},
		"m2m_organizations": nil,
		"m2m_access_token": protocol.TokenArguments(map[string]tftypes.Value{
			"client_secret": of(canary("client-secret")),
		}),
	} {
		read, err := p.Server.ReadDataSource(p.Context(), &tfprotov6.ReadDataSourceRequest{
			TypeName: typeName, Config: p.Value(p.Schema.DataSourceSchemas[typeName], config),
		})
		p.Say(read.Diagnostics, err)
	}
	opened, err := p.Server.OpenEphemeralResource(
		p.Context(), &tfprotov6.OpenEphemeralResourceRequest{
			TypeName: "m2m_access_token",
			Config: p.Value(p.Schema.EphemeralResourceSchemas["m2m_access_token"],
				protocol.TokenArguments(map[string]tftypes.Value{
					"client_secret": of(canary("client-secret")),
				})),
		})
	p.Say(opened.Diagnostics, err)
}

// Whatever a tenant quotes of a request, in which encoding and where: no log and no diagnostic
// contains a secret.
func TestSecrets_noEchoShowsThem(t *testing.T) {
	t.Parallel()
	type run struct {
		quotation string
		answer    func(w http.ResponseWriter, quoted string)
	}
	runs := map[string]run{}
	for name := range quotations {
		runs["400 with "+name] = run{name, refusal(http.StatusBadRequest)}
	}
	for name, answer := range faulty {
		runs[name+" with path"] = run{"path", answer}
		runs[name+" with base64"] = run{"base64", answer}
	}
	for _, status := range []int{401, 403, 404, 409, 429, 503} {
		runs[fmt.Sprint(status, " with JSON")] = run{"JSON", refusal(status)}
	}
	token := strings.ReplaceAll(canary("api-token"), " ", "")
	logins := []string{"API token", "login", "key", "issued token"}
	configs := map[string]map[string]tftypes.Value{
		"API token":    {"api_token": protocol.Text(token)},
		"login":        {"client_secret": protocol.Text(canary("client-secret"))},
		"key":          {"client_assertion_private_key": protocol.Text(testkeys.PrivatePEM())},
		"issued token": {"client_secret": protocol.Text(canary("client-secret"))},
	}
	for i, name := range slices.Sorted(maps.Keys(runs)) {
		run := runs[name]
		// The tests of the redaction itself cover all combinations.
		for _, login := range logins[i%4 : i%4+1] {
			t.Run(login+", "+name, func(t *testing.T) {
				t.Parallel()
				given := maps.Clone(configs[login])
				given["domain"] = protocol.Text("http://127.0.0.1")
				if login != "API token" {
					given["client_id"] = protocol.Text("c")
				}
				given["retry_timeout"] = protocol.Text("40ms")
				given["headers"] = tftypes.NewValue(
					tftypes.Map{ElementType: tftypes.String},
					map[string]tftypes.Value{"X-Secret": protocol.Text(canary("header"))},
				)
				// Lookups after a lost reply take long.
				synctest.Test(t, func(t *testing.T) {
					transport := echoing(
						t, login == "login" || login == "key", quotations[run.quotation], run.answer,
					)
					checkNothingLeaks(t, &protocol.Protocol{T: t, Transport: transport}, given)
				})
			})
		}
	}
}

// checkNothingLeaks does everything that the provider can do, and searches what it says.
func checkNothingLeaks(t *testing.T, p *protocol.Protocol, given map[string]tftypes.Value) {
	t.Helper()
	p.Start(nil)
	p.Configure(given)
	if p.Said.Len() > 0 {
		t.Fatal(&p.Said)
	}
	operate(p)
	if !strings.Contains(p.Said.String(), "Unable to ") ||
		!strings.Contains(p.Log.String(), `"@level":"trace"`) {
		t.Errorf("nothing failed, or nothing was traced: %s", &p.Said)
	}
	said := map[string]string{"log": p.Log.String(), "diagnostics": p.Said.String()}
	for _, name := range []string{
		"client-secret", "api-token", "issued-token", "signing-secret", "write-only-secret", "header",
	} {
		for _, leak := range leaks(name) {
			for place, content := range said {
				if at := strings.Index(content, leak); at >= 0 {
					t.Errorf("the %s of %s has %q: %s", place, name, leak,
						content[max(0, at-300):min(len(content), at+100)])
				}
			}
		}
	}
	if strings.Contains(said["log"]+said["diagnostics"], "eyJ") {
		t.Error("a token is shown")
	}
}
