// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

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

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestAccProvider_privateKey(t *testing.T) {
	t.Parallel()
	for alg, arguments := range map[string][]string{
		"RS256": nil, "RS384": {`client_assertion_signing_alg = "RS384"`},
		"PS256": {`client_assertion_signing_alg = "PS256"`},
	} {
		t.Run(alg, func(t *testing.T) {
			n := acctest.KeyedTenant(t, alg)
			// The secret in the environment is ignored; the tenant would refuse it.
			n.Test(resource.TestStep{
				// The reply to a login is lost: its assertion is used up, so the next one needs
				// another.
				PreConfig: func() { n.Next("POST /oauth/token", testserver.LoseReply()) },
				Config: acctest.ProviderBlock(append(
					arguments,
					"client_assertion_private_key = "+acctest.Heredoc(testkeys.PrivatePEM()),
				)...) +
					acctest.OrdersConfig(),
				ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
					`POST resource-servers {"identifier":"https://orders.example.com"}`,
				))},
			})
		})
	}
}

func TestAccProvider_privateKeyFromEnvironment(t *testing.T) {
	n := acctest.KeyedTenant(t, "PS256")
	env := n.Env(
		"AUTH0_CLIENT_SECRET", "", "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", testkeys.PrivatePEM(),
		"AUTH0_CLIENT_ASSERTION_SIGNING_ALG", "PS256",
	)
	n.TestIn(env,
		// The attribute wins over the variable.
		resource.TestStep{
			Config: acctest.ProviderBlock(
				`client_assertion_signing_alg = "RS384"`,
			) + acctest.OrdersConfig(),
			ExpectError: text.Says(fmt.Sprintf(`401 Unauthorized (invalid_client) …
				The client %q (client_id from the environment variable AUTH0_CLIENT_ID,
				client_assertion_private_key from the environment variable
				AUTH0_CLIENT_ASSERTION_PRIVATE_KEY) was refused. Check the id and the clock of this
				machine, and that the client has the matching public key as a private_key_jwt
				credential with the algorithm RS384. Check also that the domain %s is the right
				tenant.`,
				testserver.ManagementClientID, n.URL())),
		},
		resource.TestStep{
			Config: acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				``,
			)))},
		},
	)
}

// The data source requests the token as the provider's own client, with the provider's key.
func TestAccAccessToken_ownKeyByDefault(t *testing.T) {
	n := acctest.KeyedTenant(t, "RS384")
	own := strings.Replace(
		acctest.BareTokenConfig(`scopes = ["read:clients"]`), testserver.SampleAPIAudience,
		n.URL()+"/api/v2/", 1,
	)
	env := n.Env(
		"AUTH0_CLIENT_SECRET", "", "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", testkeys.PrivatePEM(),
		"AUTH0_CLIENT_ASSERTION_SIGNING_ALG", "RS384",
	)
	n.TestIn(env,
		resource.TestStep{Config: own, ConfigStateChecks: []statecheck.StateCheck{
			acctest.TokenClaim("azp", testserver.ManagementClientID),
			acctest.TokenValue("granted_scopes", acctest.Exactly("read:clients")),
			acctest.TokenValue("client_assertion_private_key", knownvalue.Null()),
		}},
		resource.TestStep{
			Config: acctest.ProviderBlock(`client_assertion_signing_alg = "PS256"`) + own,
			ExpectError: text.Says(`Check the client id and its credentials (here the provider's own, client_assertion_private_key from the environment
				variable AUTH0_CLIENT_ASSERTION_PRIVATE_KEY)`),
		},
	)
}

func TestAccAccessToken_ownCredentialsUnknownAtPlan(t *testing.T) {
	n := acctest.NewTenant(t)
	later := fmt.Sprintf(
		"resource \"terraform_data\" \"id\" {\n  input = %q\n}\n", testserver.ManagementClientID,
	) +
		acctest.ProviderBlock("client_id = terraform_data.id.output")
	n.Test(resource.TestStep{
		Config: later + acctest.BareTokenConfig(),
		ExpectError: text.Says("Provider configuration not known yet … the provider's " +
			"client_id will be known only after apply."),
	})
}

// A key or a file still chooses the method if its value is known only at apply.
func TestAccProvider_methodUnknownAtPlan(t *testing.T) {
	n := acctest.KeyedTenant(t, "RS256")
	later := "resource \"terraform_data\" \"key\" {\n  input = " +
		acctest.Heredoc(testkeys.PrivatePEM()) + "}\n" +
		acctest.ProviderBlock("client_assertion_private_key = terraform_data.key.output")
	n.TestIn(n.Env("AUTH0_API_TOKEN", "wrong"), resource.TestStep{
		Config:           later + acctest.OrdersConfig(),
		ConfigPlanChecks: acctest.Planned(acctest.OrdersName, plancheck.ResourceActionCreate),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
			``,
		)))},
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
	n := acctest.NewTenant(t)
	file := tokenFileOf(t, n.TokenFor(n.URL()+"/api/v2/")+"\n")
	missing := file + ".missing"
	n.TestIn(n.Env("AUTH0_CLIENT_SECRET", "wrong", "AUTH0_API_TOKEN_FILE", ""),
		// A plan that needs no request does not read it.
		resource.TestStep{
			Config: acctest.ProviderBlock(fmt.Sprintf(
				"api_token_file = %q", missing,
			)) + acctest.OrdersConfig(), PlanOnly: true, ExpectNonEmptyPlan: true,
		},
		resource.TestStep{
			Config: acctest.ProviderBlock(fmt.Sprintf(
				"api_token_file = %q", missing,
			)) + acctest.OrdersConfig(),
			ExpectError: text.Says(`Unable to log in to the Management API … The provider's api_token_file: stat ` + missing + `: no such file or
				directory. The file must contain a Management API token and nothing else`),
		},
		resource.TestStep{
			Config: acctest.ProviderBlock(fmt.Sprintf(
				"api_token_file = %q", file,
			)) + acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				`POST resource-servers {"identifier":"https://orders.example.com"}`,
			))},
		},
	)
	if asked := len(acctest.TokenRequests(n.Server.Requests())); asked != 1 { // By this test.
		t.Errorf("%d tokens were requested, but one was given", asked-1)
	}
}

func TestAccProvider_apiTokenFileFromEnvironment(t *testing.T) {
	n := acctest.NewTenant(t)
	token := n.TokenFor(n.URL() + "/api/v2/")
	file := tokenFileOf(t, token)
	rewrite := func(content string) func() {
		return func() {
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Error(err)
			}
		}
	}
	n.TestIn(n.Env("AUTH0_CLIENT_SECRET", "", "AUTH0_API_TOKEN_FILE", file),
		resource.TestStep{
			Config: acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				``,
			)))},
		},
		resource.TestStep{
			PreConfig: rewrite(" \n"), Config: acctest.OrdersConfig(),
			ExpectError: text.Says("The environment variable AUTH0_API_TOKEN_FILE: " + file +
				" is empty."),
		},
		resource.TestStep{
			PreConfig: rewrite(token[:len(token)-10]), Config: acctest.OrdersConfig(),
			ExpectError: text.Says("It does not accept the token in the file " + file +
				" (from the environment variable AUTH0_API_TOKEN_FILE)."),
		},
		resource.TestStep{
			PreConfig: rewrite(token + "\n"), Config: acctest.OrdersConfig(), PlanOnly: true,
		},
	)
}

// The proxy accepts only requests with its headers, as a zero-trust gateway does.
func TestAccProvider_headers(t *testing.T) {
	const id, pass = "gateway-client", "gateway-pass-0123456789"
	var (
		proxy *httputil.ReverseProxy
		mu    sync.Mutex
		let   []string
	)
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("CF-Access-Client-Id") != id ||
			r.Header.Get("CF-Access-Client-Secret") != pass || r.Header.Get("X-Absent") != "" {
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
	n := acctest.StartTenant(t, testserver.Config{Issuer: gateway.URL}).Granted()
	target, err := url.Parse(n.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy = httputil.NewSingleHostReverseProxy(target)

	headers := func(pass string) string {
		return acctest.ProviderBlock(fmt.Sprintf(
			"headers = {\n    CF-Access-Client-Id = %q\n    cf-access-client-secret = %q\n    "+
				"X-Absent = null\n  }",
			id, pass,
		))
	}
	n.TestIn(n.Env("AUTH0_DOMAIN", gateway.URL),
		resource.TestStep{
			Config: headers("wrong") + acctest.OrdersConfig(),
			ExpectError: text.Says(
				"POST /oauth/token was answered with status 403 and an empty body."),
		},
		resource.TestStep{Config: headers(pass) + acctest.OrdersConfig() + acctest.TokenConfig(), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.OrdersPost(``))),
			acctest.TokenValue("verified", knownvalue.Bool(true)),
		}},
	)
	mu.Lock()
	defer mu.Unlock()
	for _, request := range []string{
		"POST /oauth/token", "GET /.well-known/openid-configuration", "GET /.well-known/jwks.json",
		"POST /api/v2/resource-servers",
	} {
		if !slices.Contains(let, request) {
			t.Errorf("%s did not pass; what did: %q", request, let)
		}
	}
}
