// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const tokenName = "data.m2m_access_token.orders"

// tokenConfig is a token for the sample API, asked for by the machine client.
func tokenConfig(attributes ...string) string {
	return bareTokenConfig(append([]string{
		fmt.Sprintf("client_id = %q", testserver.MachineClientID),
		fmt.Sprintf("client_secret = %q", testserver.MachineClientSecret),
	}, attributes...)...)
}

func bareTokenConfig(attributes ...string) string {
	return fmt.Sprintf("data \"m2m_access_token\" \"orders\" {\n  audience = %q\n  %s\n}\n",
		testserver.SampleAPIAudience, strings.Join(attributes, "\n  "))
}

func tokenValue(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(tokenName, tfjsonpath.New(attribute), check)
}

// granted grants the machine client all scopes of the sample API.
func (n *tenant) granted() *tenant {
	n.t.Helper()
	n.dashboard(http.MethodPost, "/api/v2/client-grants", fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":["read:orders","write:orders"]}`,
		testserver.MachineClientID, testserver.SampleAPIAudience), nil)
	return n
}

// changeSampleAPI sets properties of the sample API.
func (n *tenant) changeSampleAPI(properties string) {
	n.t.Helper()
	n.dashboard(http.MethodPatch, resourceServerPath(testserver.SampleAPIAudience), properties, nil)
}

// callSampleAPI calls the sample API with the token in the state.
func (n *tenant) callSampleAPI(method string, want int) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(tokenName, tfjsonpath.New("access_token"), apiCall{n, method, want})
}

type apiCall struct {
	tenant *tenant
	method string
	want   int
}

func (c apiCall) String() string { return fmt.Sprintf("a token that gets %d for %s", c.want, c.method) }

func (c apiCall) CheckValue(value any) error {
	token, ok := value.(string)
	if !ok {
		return fmt.Errorf("the token is a %T", value)
	}
	req, err := http.NewRequestWithContext(context.Background(), c.method, c.tenant.URL()+"/sample-api/orders", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != c.want {
		return fmt.Errorf("%s was answered with %d %s, want %d", c.method, resp.StatusCode, body, c.want)
	}
	return nil
}

// claim checks one claim of claims_json.
func claim(name string, want any) statecheck.StateCheck {
	return tokenValue("claims_json", tokenClaims{name: want})
}

func TestAccAccessToken_mainJob(t *testing.T) {
	n := newTenant(t)
	config := grantConfig(`scopes = ["read:orders"]`) + tokenConfig("client_grant_id = m2m_client_grant.orders.id")
	n.accTest(
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(grantPost(`,"scope":["read:orders"]`)),
				n.tokens(3), // Plan and apply log in once each, and the data source asks once.
				n.callSampleAPI(http.MethodGet, http.StatusOK),
				n.callSampleAPI(http.MethodPost, http.StatusForbidden),
				statecheck.ExpectSensitiveValue(tokenName, tfjsonpath.New("access_token")),
				statecheck.ExpectSensitiveValue(tokenName, tfjsonpath.New("claims_json")),
				tokenValue("token_type", knownvalue.StringExact("Bearer")),
				tokenValue("expires_in", knownvalue.Int64Exact(86400)),
				tokenValue("expires_at", lifeLeft(24*time.Hour)),
				tokenValue("granted_scopes", exactly("read:orders")),
				tokenValue("verified", knownvalue.Bool(true)),
				claim("iss", n.URL()+"/"),
				claim("aud", testserver.SampleAPIAudience),
				claim("azp", testserver.MachineClientID),
				claim("scope", "read:orders"),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan(), ConfigStateChecks: []statecheck.StateCheck{n.tokens(2)}},
	)
}

func TestAccAccessToken_scopesNarrow(t *testing.T) {
	n := newTenant(t).granted()
	n.accTest(
		resource.TestStep{Config: tokenConfig(), ConfigStateChecks: []statecheck.StateCheck{
			tokenValue("granted_scopes", exactly("read:orders", "write:orders")), n.tokens(1),
		}},
		resource.TestStep{Config: tokenConfig(`scopes = ["write:orders"]`), ConfigStateChecks: []statecheck.StateCheck{
			tokenValue("granted_scopes", exactly("write:orders")), n.tokens(1),
			n.callSampleAPI(http.MethodGet, http.StatusForbidden),
		}},
		resource.TestStep{
			Config:      tokenConfig(`scopes = ["read:orders", "delete:orders"]`),
			ExpectError: says(`Client has not been granted scopes: delete:orders … Add the scopes to the m2m_client_grant of this client, or ask for fewer.`),
		},
	)
}

func TestAccAccessToken_noScopesGranted(t *testing.T) {
	n := newTenant(t)
	n.accTest(resource.TestStep{
		Config: grantConfig() + tokenConfig("client_grant_id = m2m_client_grant.orders.id"),
		ConfigStateChecks: []statecheck.StateCheck{
			n.sent(grantPost(`,"scope":[]`)), tokenValue("granted_scopes", exactly()), tokenValue("verified", knownvalue.Bool(true)),
		},
	})
}

func TestAccAccessToken_ownCredentialsByDefault(t *testing.T) {
	n := newTenant(t)
	n.accTest(resource.TestStep{
		Config: strings.Replace(bareTokenConfig(`scopes = ["read:clients"]`), testserver.SampleAPIAudience, n.URL()+"/api/v2/", 1),
		ConfigStateChecks: []statecheck.StateCheck{
			claim("azp", testserver.ManagementClientID), tokenValue("granted_scopes", exactly("read:clients")), n.tokens(1),
		},
	})
}

func TestAccAccessToken_algorithmsAndDialects(t *testing.T) {
	n := newTenant(t).granted()
	const secret = "a-signing-secret"
	verified := []statecheck.StateCheck{tokenValue("verified", knownvalue.Bool(true)), n.callSampleAPI(http.MethodGet, http.StatusOK)}
	n.accTest(
		resource.TestStep{
			PreConfig: func() { n.changeSampleAPI(`{"signing_alg":"PS256","token_dialect":"rfc9068_profile"}`) },
			Config:    tokenConfig(), ConfigStateChecks: append(verified, claim("client_id", testserver.MachineClientID)),
		},
		resource.TestStep{
			PreConfig: func() { n.changeSampleAPI(`{"signing_alg":"RS512"}`) },
			Config:    tokenConfig(), ConfigStateChecks: verified,
		},
		resource.TestStep{
			PreConfig: func() { n.changeSampleAPI(`{"signing_alg":"HS256","signing_secret":"` + secret + `"}`) },
			Config:    tokenConfig(fmt.Sprintf("signing_secret = %q", secret)), ConfigStateChecks: verified,
		},
		resource.TestStep{
			Config:      tokenConfig(`signing_secret = "another-secret-16"`),
			ExpectError: says(`a token for the API "https://sample-api.example.com" that is refused: its signature is wrong.`),
		},
		resource.TestStep{
			Config:      tokenConfig(),
			ExpectError: says(`Set signing_secret to the signing secret of the API, or verify = false to hand out the token unseen.`),
		},
		resource.TestStep{Config: tokenConfig("verify = false"), ConfigStateChecks: []statecheck.StateCheck{
			tokenValue("verified", knownvalue.Bool(false)), claim("aud", testserver.SampleAPIAudience),
			tokenValue("granted_scopes", exactly("read:orders", "write:orders")),
		}},
	)
}

func TestAccAccessToken_privateKeyJWT(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{"RS256", "RS384", "PS256"} {
		t.Run(alg, func(t *testing.T) {
			n := newTenant(t).granted()
			key := newRSAKey()
			n.SetPublicKey(testserver.MachineClientID, alg, "", &key.PublicKey)
			text := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
			n.accTest(resource.TestStep{
				Config: bareTokenConfig(fmt.Sprintf("client_id = %q", testserver.MachineClientID),
					fmt.Sprintf("client_assertion_signing_alg = %q", alg), "client_assertion_private_key = "+heredoc(text)),
				ConfigStateChecks: []statecheck.StateCheck{
					tokenValue("verified", knownvalue.Bool(true)), n.callSampleAPI(http.MethodGet, http.StatusOK),
					statecheck.ExpectSensitiveValue(tokenName, tfjsonpath.New("client_assertion_private_key")),
				},
			})
		})
	}
}

func TestAccAccessToken_organization(t *testing.T) {
	n := newTenant(t)
	id := n.AddOrganization("acme")
	grant := grantConfig(`organization_usage = "allow"`, "allow_any_organization = true")
	token := func(organization string) string {
		return tokenConfig("client_grant_id = m2m_client_grant.orders.id", fmt.Sprintf("organization = %q", organization))
	}
	n.accTest(
		resource.TestStep{Config: grant + token(id), ConfigStateChecks: []statecheck.StateCheck{
			n.sent(grantPost(`,"scope":[],"organization_usage":"allow","allow_any_organization":true`)), claim("org_id", id),
		}},
		resource.TestStep{Config: grant + token("acme"), ConfigStateChecks: []statecheck.StateCheck{claim("org_id", id)}},
		resource.TestStep{Config: grant + token("nobody"), ExpectError: says("Unable to fetch access token")},
	)
}

func TestAccAccessToken_refusals(t *testing.T) {
	n := newTenant(t)
	n.accTest(
		resource.TestStep{Config: tokenConfig(`scopes = ["read:orders"]`), ExpectError: says(fmt.Sprintf(
			`resource "m2m_client_grant" "NAME" { client_id = %q audience = "https://sample-api.example.com" scopes = ["read:orders"] }`,
			testserver.MachineClientID))},
		resource.TestStep{
			Config: strings.Replace(tokenConfig(), testserver.MachineClientSecret, "wrong-secret", 1),
			ExpectError: says("401 Unauthorized (access_denied): Unauthorized … Check the client id and its credentials (here client_secret), " +
				"and that the client belongs to the tenant"),
		},
		resource.TestStep{
			Config:      strings.Replace(tokenConfig(), testserver.SampleAPIAudience, testserver.SampleAPIAudience+"/", 1),
			ExpectError: says(`Service not enabled within domain: https://sample-api.example.com/ … The tenant has no API with exactly this identifier. Mind a slash at the end.`),
		},
		resource.TestStep{
			Config:      bareTokenConfig(fmt.Sprintf("client_id = %q", testserver.WebClientID), fmt.Sprintf("client_secret = %q", testserver.WebClientSecret)),
			ExpectError: says(`Grant type 'client_credentials' not allowed for the client … Allow the client the grant type client_credentials`),
		},
	)
}

// What is signed counts for more than what is said beside it.
func TestAccAccessToken_scopesAreThoseOfTheToken(t *testing.T) {
	n := newTenant(t).granted()
	token := n.tokenOf(testserver.MachineClientID, testserver.MachineClientSecret, testserver.SampleAPIAudience)
	reply := testserver.Respond(http.StatusOK, "application/json",
		fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":86400,"scope":"delete:orders"}`, token))
	n.Next("POST /oauth/token", slices.Repeat([]testserver.Fault{reply}, 20)...)
	n.accTest(resource.TestStep{Config: tokenConfig(), ConfigStateChecks: []statecheck.StateCheck{
		tokenValue("granted_scopes", exactly("read:orders", "write:orders")),
	}})
}

func TestAccAccessToken_expiredTokenIsNotHandedOut(t *testing.T) {
	n := newTenant(t).granted()
	n.Clock().Advance(-48 * time.Hour)
	n.accTest(resource.TestStep{Config: tokenConfig(), ExpectError: says("that is refused: it expired at")})
}

// tokenFor asks the token endpoint for a token of the Management API client.
func (n *tenant) tokenFor(audience string) string {
	n.t.Helper()
	return n.tokenOf(testserver.ManagementClientID, testserver.ManagementClientSecret, audience)
}

func (n *tenant) tokenOf(clientID, secret, audience string) string {
	n.t.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "audience": {audience}, "client_id": {clientID}, "client_secret": {secret},
	}
	resp, err := http.PostForm(n.URL()+"/oauth/token", form) //nolint:noctx // Loopback, in a test.
	if err != nil {
		n.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		n.t.Fatalf("no token: %d %v", resp.StatusCode, err)
	}
	return answer.AccessToken
}
