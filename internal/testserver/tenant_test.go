// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// signingKeys are the keys that all tests share, because making one takes a while: the pair of
// every server, and one that no server uses.
var signingKeys = sync.OnceValue(func() []*rsa.PrivateKey {
	var keys []*rsa.PrivateKey
	for range 3 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys = append(keys, key)
	}
	return keys
})

// strangerKey is an RSA key that no server uses.
func strangerKey() *rsa.PrivateKey { return signingKeys()[2] }

// tenant is a server with what a test needs to talk to it.
type tenant struct {
	*testserver.Server
	t      *testing.T
	client *http.Client
	token  string // A Management API token; fetched when it is first needed.
}

func newTenant(t *testing.T) *tenant {
	t.Helper()
	return newTenantWith(t, testserver.Config{})
}

// newTenantWith sets the signing keys, because making them takes a while.
func newTenantWith(t *testing.T, config testserver.Config) *tenant {
	t.Helper()
	config.SigningKeys = signingKeys()[:2]
	server, err := testserver.Listen(config)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return &tenant{Server: server, t: t, client: &http.Client{Transport: transport}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// request sends literal bytes. $URL in path and body stands for the server's URL; a header is given
// as "Name: value".
func (x *tenant) request(method, path, body string, headers ...string) (answer, error) {
	x.t.Helper()
	r, err := http.NewRequestWithContext(
		x.t.Context(), method, x.URL()+x.expand(path), strings.NewReader(x.expand(body)),
	)
	if err != nil {
		x.t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	response, err := x.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(content)}, err
}

func (x *tenant) send(method, path, body string, headers ...string) answer {
	x.t.Helper()
	got, err := x.request(method, path, body, headers...)
	if err != nil {
		x.t.Fatal(err)
	}
	return got
}

func (x *tenant) expand(text string) string {
	return strings.ReplaceAll(text, "$URL", x.URL())
}

const asJSON = "Content-Type: application/json"

// api sends a request to the Management API with a token that may do everything.
func (x *tenant) api(method, path, body string) answer {
	x.t.Helper()
	if x.token == "" {
		x.token = x.fetchToken(
			testserver.ManagementClientID, testserver.ManagementClientSecret, x.Issuer()+"/api/v2/",
			"",
		)
	}
	headers := []string{"Authorization: Bearer " + x.token}
	if body != "" {
		headers = append(headers, asJSON)
	}
	return x.send(method, "/api/v2"+path, body, headers...)
}

// must sends a request to the Management API that is there to set the scene.
func (x *tenant) must(method, path, body string) answer {
	x.t.Helper()
	got := x.api(method, path, body)
	if got.status >= 300 {
		x.t.Fatalf("%s %s: %d %s", method, path, got.status, got.body)
	}
	return got
}

// askToken sends a token request as a form with the machine client's credentials, and the
// parameters given over them.
func (x *tenant) askToken(params string) answer {
	x.t.Helper()
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {testserver.MachineClientID},
		"client_secret": {testserver.MachineClientSecret},
	}
	given, err := url.ParseQuery(x.expand(params))
	if err != nil {
		x.t.Fatal(err)
	}
	maps.Copy(form, given)
	return x.send(
		"POST", "/oauth/token", form.Encode(), "Content-Type: application/x-www-form-urlencoded",
	)
}

func (x *tenant) fetchToken(clientID, secret, audience, scope string) string {
	x.t.Helper()
	form := url.Values{
		"client_id": {clientID}, "client_secret": {secret}, "audience": {audience},
		"scope": {scope},
	}
	return tokenIn(x.t, x.askToken(form.Encode()))
}

func tokenIn(t *testing.T, got answer) string {
	t.Helper()
	if got.status != http.StatusOK {
		t.Fatalf("no token: %d %s", got.status, got.body)
	}
	return field(t, got.body, "access_token")
}

// field reads one string from a JSON object.
func field(t *testing.T, body, name string) string {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(body), &object); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	text, ok := object[name].(string)
	if !ok {
		t.Fatalf("no string %q in %s", name, body)
	}
	return text
}

// sampleGrant lets the machine client use the sample API.
func (x *tenant) sampleGrant(settings string) string {
	x.t.Helper()
	return x.grantTo(testserver.MachineClientID, settings)
}

var madeByServer = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(`"id":"[0-9a-f]{24}"`), `"id":"RS_ID"`},
	{regexp.MustCompile(`"id":"cgr_[A-Za-z0-9]{16}"`), `"id":"CGR_ID"`},
	{regexp.MustCompile(`"signing_secret":"[A-Za-z0-9]{32}"`), `"signing_secret":"MADE"`},
	{regexp.MustCompile(`"id":"org_[A-Za-z0-9]{16}"`), `"id":"ORG_ID"`},
	{regexp.MustCompile(`"id":"cred_[A-Za-z0-9]{22}"`), `"id":"CRED_ID"`},
	{
		regexp.MustCompile(`"(created_at|updated_at)":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`),
		`"$1":"TIME"`,
	},
	{regexp.MustCompile(`"access_token":"[^"]+"`), `"access_token":"TOKEN"`},
}

// want compares a status and a body to the letter, but for what the server makes up.
func want(t *testing.T, got answer, status int, body string) {
	t.Helper()
	shown := withoutMade(got.body)
	if got.status != status {
		t.Errorf("status %d, want %d", got.status, status)
	}
	if diff := cmp.Diff(withoutMade(body), shown); diff != "" {
		t.Errorf("body differs (-want +got):\n%s", diff)
	}
}

// wantJSON compares a status and a body, but for what the server makes up and for the order of
// keys, which means nothing.
func wantJSON(t *testing.T, got answer, status int, body string) {
	t.Helper()
	if got.status != status {
		t.Errorf("status %d, want %d", got.status, status)
	}
	if diff := cmp.Diff(decoded(t, withoutMade(body)), decoded(
		t, withoutMade(got.body),
	)); diff != "" {
		t.Errorf("body differs (-want +got):\n%s", diff)
	}
}

func decoded(t *testing.T, body string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("%v in %q", err, body)
	}
	return value
}

func withoutMade(body string) string {
	for _, made := range madeByServer {
		body = made.pattern.ReplaceAllString(body, made.replacement)
	}
	return body
}

func wantHeader(t *testing.T, got answer, name, value string) {
	t.Helper()
	if diff := cmp.Diff(value, got.header.Get(name)); diff != "" {
		t.Errorf("header %s differs (-want +got):\n%s", name, diff)
	}
}
