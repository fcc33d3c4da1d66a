// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// directKeys are the signing keys of the servers without sockets, and one key that none of them
// has.
var directKeys = sync.OnceValue(func() [3]*rsa.PrivateKey {
	var keys [3]*rsa.PrivateKey
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[i] = key
	}
	return keys
})

// newTestServer is a server without sockets, for tests of its internals.
func newTestServer(t *testing.T) *Server {
	t.Helper()
	keys := directKeys()
	s, err := newServer(Config{SigningKeys: keys[:2]}, "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// direct is a server without sockets: requests go straight into its handler. Benchmarks and fuzz
// targets are built on it.
type direct struct {
	*Server
	token string // For the Management API.
}

func newDirect() *direct {
	keys := directKeys()
	s, err := newServer(Config{SigningKeys: keys[:2]}, "http://127.0.0.1:1")
	if err != nil {
		panic(err)
	}
	x := &direct{Server: s}
	x.authenticateAnew()
	return x
}

func (x *direct) authenticateAnew() {
	x.token = x.tokenFor(
		tenant.ManagementClientID, tenant.ManagementClientSecret, x.store.ManagementIdentifier(),
	)
}

func (x *direct) tokenFor(id, secret, audience string) string {
	var issued struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(
		x.do(http.StatusOK, x.askToken(id, secret, audience)), &issued,
	); err != nil {
		panic(err)
	}
	return issued.AccessToken
}

// send sends a request through the whole chain.
func (x *direct) send(r *http.Request) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	x.ServeHTTP(recorder, r)
	return recorder
}

// do sends a request and panics if the answer has another status.
func (x *direct) do(status int, r *http.Request) []byte {
	got := x.send(r)
	if got.Code != status {
		panic(fmt.Sprint(r.Method, " ", r.URL, ": ", got.Code, " ", got.Body))
	}
	return got.Body.Bytes()
}

// must creates an object through the dashboard and returns its id.
func (x *direct) must(method, path, body string) string {
	status, answer := x.Dashboard(method, "/api/v2"+path, body)
	if status >= http.StatusMultipleChoices {
		panic(string(answer))
	}
	var made struct{ ID string }
	if err := json.Unmarshal(answer, &made); err != nil {
		panic(err)
	}
	return made.ID
}

func newRequest(method, target, body string) *http.Request {
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r, err := http.NewRequest(method, target, content) //nolint:noctx // It ends by itself.
	if err != nil {
		panic(err)
	}
	return r
}

func (x *direct) askToken(id, secret, audience string) *http.Request {
	r := newRequest(http.MethodPost, x.url+routing.TokenPath, url.Values{
		"grant_type": {tenant.ClientCredentials}, "client_id": {id}, "client_secret": {secret},
		"audience": {audience},
	}.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// api is a request to the Management API with a token that has all scopes.
func (x *direct) api(method, path, body string) *http.Request {
	r := newRequest(method, x.url+"/api/v2"+path, body)
	r.Header.Set("Authorization", "Bearer "+x.token)
	r.Header.Set("Content-Type", "application/json")
	return r
}
