// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// keyedTenant is one whose Management API client logs in with privateKey.
func keyedTenant(t *testing.T, alg string) *tenant {
	t.Helper()
	n := newTenant(t)
	n.SetPublicKey(testserver.ManagementClientID, alg, "", &signingKeys()[0].PublicKey)
	return n
}

func TestAccProvider_privateKey(t *testing.T) {
	t.Parallel()
	for alg, arguments := range map[string][]string{
		"RS256": nil, "RS384": {`client_assertion_signing_alg = "RS384"`}, "PS256": {`client_assertion_signing_alg = "PS256"`},
	} {
		t.Run(alg, func(t *testing.T) {
			n := keyedTenant(t, alg)
			// The secret in the environment is ignored, and would be refused.
			n.accTest(resource.TestStep{
				// The reply to a login is lost: its assertion is used up, so the next one needs another.
				PreConfig: func() { n.Next("POST /oauth/token", testserver.LoseReply()) },
				Config: providerBlock(append(arguments, "client_assertion_private_key = "+heredoc(privateKey()))...) +
					ordersConfig(),
				ConfigStateChecks: []statecheck.StateCheck{n.sent(`POST resource-servers {"identifier":"https://orders.example.com"}`)},
			})
		})
	}
}

func TestAccProvider_privateKeyFromEnvironment(t *testing.T) {
	n := keyedTenant(t, "PS256")
	env := n.env("AUTH0_CLIENT_SECRET", "", "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", privateKey(), "AUTH0_CLIENT_ASSERTION_SIGNING_ALG", "PS256")
	n.accTestIn(env,
		// The attribute wins over the variable.
		resource.TestStep{
			Config: providerBlock(`client_assertion_signing_alg = "RS384"`) + ordersConfig(),
			ExpectError: says(fmt.Sprintf(`401 Unauthorized (invalid_client) … The client %q (client_id from the environment variable AUTH0_CLIENT_ID,
				client_assertion_private_key from the environment variable AUTH0_CLIENT_ASSERTION_PRIVATE_KEY) was refused. Check the id, that the
				client has the public key of this private key as a credential for private_key_jwt, with the algorithm RS384, the clock of this
				machine, and that the domain %s is the tenant they belong to.`, testserver.ManagementClientID, n.URL())),
		},
		resource.TestStep{Config: ordersConfig(), ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``))}},
	)
}

// The data source asks as the provider's own client, with the provider's key.
func TestAccAccessToken_ownKeyByDefault(t *testing.T) {
	n := keyedTenant(t, "RS384")
	own := strings.Replace(bareTokenConfig(`scopes = ["read:clients"]`), testserver.SampleAPIAudience, n.URL()+"/api/v2/", 1)
	env := n.env("AUTH0_CLIENT_SECRET", "", "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", privateKey(), "AUTH0_CLIENT_ASSERTION_SIGNING_ALG", "RS384")
	n.accTestIn(env,
		resource.TestStep{Config: own, ConfigStateChecks: []statecheck.StateCheck{
			claim("azp", testserver.ManagementClientID), tokenValue("granted_scopes", exactly("read:clients")),
			tokenValue("client_assertion_private_key", knownvalue.Null()),
		}},
		resource.TestStep{
			Config: providerBlock(`client_assertion_signing_alg = "PS256"`) + own,
			ExpectError: says(`Check the client id and its credentials (here the provider's own, client_assertion_private_key from the environment
				variable AUTH0_CLIENT_ASSERTION_PRIVATE_KEY)`),
		},
	)
}

func TestAccAccessToken_ownCredentialsUnknownAtPlan(t *testing.T) {
	n := newTenant(t)
	later := fmt.Sprintf("resource \"terraform_data\" \"id\" {\n  input = %q\n}\n", testserver.ManagementClientID) +
		providerBlock("client_id = terraform_data.id.output")
	n.accTest(resource.TestStep{
		Config:      later + bareTokenConfig(),
		ExpectError: says("Provider configuration not known yet … the provider's client_id will be known only after apply."),
	})
}

// A key or a file that is known only at apply is the method all the same.
func TestAccProvider_methodUnknownAtPlan(t *testing.T) {
	n := keyedTenant(t, "RS256")
	later := "resource \"terraform_data\" \"key\" {\n  input = " + heredoc(privateKey()) + "}\n" +
		providerBlock("client_assertion_private_key = terraform_data.key.output")
	n.accTestIn(n.env("AUTH0_API_TOKEN", "wrong"), resource.TestStep{
		Config:            later + ordersConfig(),
		ConfigPlanChecks:  planned(ordersName, plancheck.ResourceActionCreate),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``))},
	})
}

func tokenFileOf(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAccProvider_apiTokenFile(t *testing.T) {
	n := newTenant(t)
	file := tokenFileOf(t, n.tokenFor(n.URL()+"/api/v2/")+"\n")
	missing := file + ".missing"
	n.accTestIn(n.env("AUTH0_CLIENT_SECRET", "wrong", "AUTH0_API_TOKEN_FILE", ""),
		// A plan that needs no request does not read it.
		resource.TestStep{
			Config: providerBlock(fmt.Sprintf("api_token_file = %q", missing)) + ordersConfig(), PlanOnly: true, ExpectNonEmptyPlan: true,
		},
		resource.TestStep{
			Config: providerBlock(fmt.Sprintf("api_token_file = %q", missing)) + ordersConfig(),
			ExpectError: says(`Unable to log in to the Management API … The provider's api_token_file: stat ` + missing + `: no such file or
				directory. It names a file that must hold a Management API token and nothing else`),
		},
		resource.TestStep{
			Config:            providerBlock(fmt.Sprintf("api_token_file = %q", file)) + ordersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.sent(`POST resource-servers {"identifier":"https://orders.example.com"}`)},
		},
	)
	if asked := len(tokenRequests(n.Server.Requests())); asked != 1 { // By this test.
		t.Errorf("%d tokens were asked for, though one was given", asked-1)
	}
}

func TestAccProvider_apiTokenFileFromEnvironment(t *testing.T) {
	n := newTenant(t)
	token := n.tokenFor(n.URL() + "/api/v2/")
	file := tokenFileOf(t, token)
	rewrite := func(content string) func() {
		return func() {
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Error(err)
			}
		}
	}
	n.accTestIn(n.env("AUTH0_CLIENT_SECRET", "", "AUTH0_API_TOKEN_FILE", file),
		resource.TestStep{Config: ordersConfig(), ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``))}},
		resource.TestStep{
			PreConfig: rewrite(" \n"), Config: ordersConfig(),
			ExpectError: says("The environment variable AUTH0_API_TOKEN_FILE: " + file + " is empty."),
		},
		resource.TestStep{
			PreConfig: rewrite(token[:len(token)-10]), Config: ordersConfig(),
			ExpectError: says("It does not accept the token in the file " + file + " (from the environment variable AUTH0_API_TOKEN_FILE)."),
		},
		resource.TestStep{PreConfig: rewrite(token + "\n"), Config: ordersConfig(), ConfigPlanChecks: emptyPlan()},
	)
}

// A proxy that lets pass only what carries its headers, as a zero-trust gateway does.
func TestAccProvider_headers(t *testing.T) {
	const id, pass = "gateway-client", "gateway-pass-0123456789"
	var (
		proxy *httputil.ReverseProxy
		mu    sync.Mutex
		let   []string
	)
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("CF-Access-Client-Id") != id || r.Header.Get("CF-Access-Client-Secret") != pass || r.Header.Get("X-Absent") != "" {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusForbidden)
			return
		}
		mu.Lock()
		let = append(let, r.Method+" "+r.URL.Path)
		mu.Unlock()
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(gateway.Close)
	n := startTenant(t, testserver.Config{Issuer: gateway.URL}).granted()
	target, err := url.Parse(n.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy = httputil.NewSingleHostReverseProxy(target)

	headers := func(pass string) string {
		return providerBlock(fmt.Sprintf("headers = {\n    CF-Access-Client-Id = %q\n    cf-access-client-secret = %q\n    X-Absent = null\n  }", id, pass))
	}
	n.accTestIn(n.env("AUTH0_DOMAIN", gateway.URL),
		resource.TestStep{Config: headers("wrong") + ordersConfig(), ExpectError: says("POST /oauth/token was answered with status 403 and text/html instead of JSON.")},
		resource.TestStep{Config: headers(pass) + ordersConfig() + tokenConfig(), ConfigStateChecks: []statecheck.StateCheck{
			n.sent(ordersPost(``)), tokenValue("verified", knownvalue.Bool(true)),
		}},
	)
	mu.Lock()
	defer mu.Unlock()
	for _, request := range []string{
		"POST /oauth/token", "GET /.well-known/openid-configuration", "GET /.well-known/jwks.json", "POST /api/v2/resource-servers",
	} {
		if !slices.Contains(let, request) {
			t.Errorf("%s did not pass; what did: %q", request, let)
		}
	}
}
