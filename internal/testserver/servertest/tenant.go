// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package servertest

import (
	"encoding/base64"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// Headers and parameters that many requests have.
const (
	AsJSON = "Content-Type: application/json"
	AsForm = "Content-Type: application/x-www-form-urlencoded"
	// SampleAudience is the parameter of a token request for the sample API.
	SampleAudience = "audience=https%3A%2F%2Fsample-api.example.com"
)

// Tenant is a server with what a test needs to talk to it.
type Tenant struct {
	*testserver.Server

	T      *testing.T
	Client *http.Client
	// Token is a Management API token with all scopes. API fetches one if it is empty.
	Token string
}

// New starts a server that stops at the end of the test.
func New(t *testing.T) *Tenant {
	t.Helper()
	return NewWith(t, testserver.Config{})
}

// NewWith starts a server with a configuration. It sets the signing keys, which take a while to
// make. The log says why the server is at fault if it answers 500.
func NewWith(t *testing.T, config testserver.Config) *Tenant {
	t.Helper()
	config.SigningKeys = SigningKeys()[:2]
	if config.Log == nil {
		config.Log = slog.New(slog.NewTextHandler(
			t.Output(), &slog.HandlerOptions{Level: slog.LevelError},
		))
	}
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
	return &Tenant{Server: server, T: t, Client: &http.Client{Transport: transport}}
}

// NewWithAction starts a server with an action that runs for tokens for the sample API. The machine
// client has a grant for the scope read:orders.
func NewWithAction(
	t *testing.T, action func(testserver.Exchange) testserver.Verdict,
) *Tenant {
	t.Helper()
	x := NewWith(t,
		testserver.Config{Action: func(exchange testserver.Exchange) testserver.Verdict {
			if exchange.Audience != testserver.SampleAPIAudience {
				return testserver.Verdict{}
			}
			return action(exchange)
		}})
	x.SampleGrant(`,"scope":["read:orders"]`)
	return x
}

// Request sends literal bytes. $URL in path and body stands for the server's URL. A header is
// written as "Name: value".
func (x *Tenant) Request(method, path, body string, headers ...string) (Answer, error) {
	x.T.Helper()
	r, err := http.NewRequestWithContext(
		x.T.Context(), method, x.URL()+x.Expand(path), strings.NewReader(x.Expand(body)),
	)
	if err != nil {
		x.T.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	response, err := x.Client.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	return Answer{response.StatusCode, response.Header, string(content)}, err
}

// Send sends literal bytes as Request does. The test fails if there is no answer.
func (x *Tenant) Send(method, path, body string, headers ...string) Answer {
	x.T.Helper()
	got, err := x.Request(method, path, body, headers...)
	if err != nil {
		x.T.Fatal(err)
	}
	return got
}

// Expand replaces $URL with the server's URL.
func (x *Tenant) Expand(text string) string {
	return strings.ReplaceAll(text, "$URL", x.URL())
}

// API sends a request to the Management API with a token that has all scopes.
func (x *Tenant) API(method, path, body string) Answer {
	x.T.Helper()
	if x.Token == "" {
		x.Token = x.FetchToken(
			testserver.ManagementClientID, testserver.ManagementClientSecret, x.Issuer()+"/api/v2/",
			"",
		)
	}
	headers := []string{"Authorization: Bearer " + x.Token}
	if body != "" {
		headers = append(headers, AsJSON)
	}
	return x.Send(method, "/api/v2"+path, body, headers...)
}

// Must sends a request to the Management API that prepares a test. The test ends if the server
// refuses it.
func (x *Tenant) Must(method, path, body string) Answer {
	x.T.Helper()
	got := x.API(method, path, body)
	if got.Status >= 300 {
		x.T.Fatalf("%s %s: %d %s", method, path, got.Status, got.Body)
	}
	return got
}

// AskToken sends a token request as a form. It has the credentials of the machine client, unless
// params replace them.
func (x *Tenant) AskToken(params string) Answer {
	x.T.Helper()
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {testserver.MachineClientID},
		"client_secret": {testserver.MachineClientSecret},
	}
	given, err := url.ParseQuery(x.Expand(params))
	if err != nil {
		x.T.Fatal(err)
	}
	maps.Copy(form, given)
	return x.Send("POST", "/oauth/token", form.Encode(), AsForm)
}

// AskTokenAs sends a token request for the sample API with the secret of a client.
func (x *Tenant) AskTokenAs(clientID, secret, more string) Answer {
	x.T.Helper()
	return x.AskToken("client_id=" + clientID + "&client_secret=" + secret + "&" + SampleAudience +
		more)
}

// FetchToken gets a token. The test ends if the server refuses the request.
func (x *Tenant) FetchToken(clientID, secret, audience, scope string) string {
	x.T.Helper()
	form := url.Values{
		"client_id": {clientID}, "client_secret": {secret}, "audience": {audience},
		"scope": {scope},
	}
	return x.AskToken(form.Encode()).Token(x.T)
}

// Bearer is the header with a Management API token that has only the given scopes.
func (x *Tenant) Bearer(scopes string) string {
	x.T.Helper()
	return "Authorization: Bearer " +
		x.FetchToken(testserver.ManagementClientID, testserver.ManagementClientSecret,
			x.Issuer()+"/api/v2/", scopes)
}

// Basic is the header of HTTP Basic authentication.
func Basic(user, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// MakeClient creates a client named Orders with further settings.
func (x *Tenant) MakeClient(settings string) (id, secret string) {
	x.T.Helper()
	got := x.Must("POST", "/clients", `{"name":"Orders"`+settings+`}`)
	return got.Field(x.T, "client_id"), got.Field(x.T, "client_secret")
}

// GrantTo creates a grant of a client for the sample API and returns its id.
func (x *Tenant) GrantTo(clientID, settings string) string {
	x.T.Helper()
	got := x.Must(
		"POST", "/client-grants",
		`{"client_id":"`+clientID+`","audience":"`+testserver.SampleAPIAudience+`"`+settings+`}`,
	)
	return got.Field(x.T, "id")
}

// SampleGrant creates a grant of the machine client for the sample API and returns its id.
func (x *Tenant) SampleGrant(settings string) string {
	x.T.Helper()
	return x.GrantTo(testserver.MachineClientID, settings)
}

// Associate lets an organization use a grant.
func (x *Tenant) Associate(organizationID, grantID string) {
	x.T.Helper()
	x.Must("POST", "/organizations/"+organizationID+"/client-grants", `{"grant_id":"`+grantID+`"}`)
}
