// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// callSampleAPI calls the sample API with the token in the state.
func callSampleAPI(n *acctest.Tenant, method string, want int) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(
		acctest.TokenName, tfjsonpath.New("access_token"), apiCall{n, method, want},
	)
}

type apiCall struct {
	tenant *acctest.Tenant
	method string
	want   int
}

func (c apiCall) String() string {
	return fmt.Sprintf("a token that gets %d for %s", c.want, c.method)
}

func (c apiCall) CheckValue(value any) error {
	token, ok := value.(string)
	if !ok {
		return fmt.Errorf("the token is a %T", value)
	}
	req, err := http.NewRequestWithContext(
		context.Background(), c.method, c.tenant.URL()+"/sample-api/orders", nil,
	)
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
		return fmt.Errorf(
			"%s was answered with %d %s, want %d", c.method, resp.StatusCode, body, c.want,
		)
	}
	return nil
}

func TestAccAccessToken_mainJob(t *testing.T) {
	n := acctest.NewTenant(t)
	config := acctest.GrantConfig(`scopes = ["read:orders"]`) + acctest.TokenConfig(
		"client_grant_id = m2m_client_grant.orders.id",
	)
	n.Test(
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.GrantPost(`,"scope":["read:orders"]`))),
				// Plan and apply log in once each, and the data source requests one token.
				n.Expect(acctest.Tokens(3)),
				callSampleAPI(n, http.MethodGet, http.StatusOK),
				callSampleAPI(n, http.MethodPost, http.StatusForbidden),
				statecheck.ExpectSensitiveValue(acctest.TokenName, tfjsonpath.New("access_token")),
				statecheck.ExpectSensitiveValue(acctest.TokenName, tfjsonpath.New("claims_json")),
				acctest.TokenValue("token_type", knownvalue.StringExact("Bearer")),
				acctest.TokenValue("expires_in", knownvalue.Int64Exact(86400)),
				acctest.TokenValue("expires_at", lifeLeft(24*time.Hour)),
				acctest.TokenValue("granted_scopes", acctest.Exactly("read:orders")),
				acctest.TokenValue("verified", knownvalue.Bool(true)),
				acctest.TokenClaim("iss", n.URL()+"/"),
				acctest.TokenClaim("aud", testserver.SampleAPIAudience),
				acctest.TokenClaim("azp", testserver.MachineClientID),
				acctest.TokenClaim("scope", "read:orders"),
			},
		},
		resource.TestStep{
			Config:            config,
			ConfigPlanChecks:  acctest.EmptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Tokens(2))},
		},
	)
}

func TestAccAccessToken_scopesNarrow(t *testing.T) {
	n := acctest.NewTenant(t).Granted()
	n.Test(
		resource.TestStep{Config: acctest.TokenConfig(), ConfigStateChecks: []statecheck.StateCheck{
			acctest.TokenValue("granted_scopes", acctest.Exactly("read:orders", "write:orders")),
			n.Expect(acctest.Tokens(1)),
		}},
		resource.TestStep{Config: acctest.TokenConfig(
			`scopes = ["write:orders"]`,
		), ConfigStateChecks: []statecheck.StateCheck{
			acctest.TokenValue("granted_scopes", acctest.Exactly("write:orders")),
			n.Expect(acctest.Tokens(1)),
			callSampleAPI(n, http.MethodGet, http.StatusForbidden),
		}},
		resource.TestStep{
			Config: acctest.TokenConfig(`scopes = ["read:orders", "delete:orders"]`),
			ExpectError: text.Says(
				`Client has not been granted scopes: delete:orders … Add the scopes to the m2m_client_grant of this client, or request fewer.`,
			),
		},
	)
}

func TestAccAccessToken_noScopesGranted(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(resource.TestStep{
		Config: acctest.GrantConfig() + acctest.TokenConfig(
			"client_grant_id = m2m_client_grant.orders.id",
		),
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.GrantPost(`,"scope":[]`))),
			acctest.TokenValue("granted_scopes", acctest.Exactly()),
			acctest.TokenValue("verified", knownvalue.Bool(true)),
		},
	})
}

func TestAccAccessToken_ownCredentialsByDefault(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(resource.TestStep{
		Config: strings.Replace(
			acctest.BareTokenConfig(`scopes = ["read:clients"]`), testserver.SampleAPIAudience,
			n.URL()+"/api/v2/", 1,
		),
		ConfigStateChecks: []statecheck.StateCheck{
			acctest.TokenClaim("azp", testserver.ManagementClientID),
			acctest.TokenValue("granted_scopes", acctest.Exactly("read:clients")),
			n.Expect(acctest.Tokens(1)),
		},
	})
}

func TestAccAccessToken_algorithmsAndDialects(t *testing.T) {
	n := acctest.NewTenant(t).Granted()
	const secret = "a-signing-secret"
	verified := []statecheck.StateCheck{
		acctest.TokenValue("verified", knownvalue.Bool(true)),
		callSampleAPI(n, http.MethodGet, http.StatusOK),
	}
	n.Test(
		resource.TestStep{
			PreConfig: func() {
				n.ChangeSampleAPI(`{"signing_alg":"PS256","token_dialect":"rfc9068_profile"}`)
			},
			Config: acctest.TokenConfig(),
			ConfigStateChecks: append(verified, acctest.TokenClaim(
				"client_id", testserver.MachineClientID,
			)),
		},
		resource.TestStep{
			PreConfig: func() { n.ChangeSampleAPI(`{"signing_alg":"RS512"}`) },
			Config:    acctest.TokenConfig(), ConfigStateChecks: verified,
		},
		resource.TestStep{
			PreConfig: func() {
				n.ChangeSampleAPI(`{"signing_alg":"HS256","signing_secret":"` + secret + `"}`)
			},
			Config:            acctest.TokenConfig(fmt.Sprintf("signing_secret = %q", secret)),
			ConfigStateChecks: verified,
		},
		resource.TestStep{
			Config: acctest.TokenConfig(`signing_secret = "another-secret-16"`),
			ExpectError: text.Says(
				`a token for the API "https://sample-api.example.com" that failed verification: its signature is wrong.`,
			),
		},
		resource.TestStep{
			Config: acctest.TokenConfig(),
			ExpectError: text.Says(
				`Set signing_secret to the signing secret of the API, or set verify = false to get the token unverified.`,
			),
		},
		resource.TestStep{Config: acctest.TokenConfig("verify = false"), ConfigStateChecks: []statecheck.StateCheck{
			acctest.TokenValue("verified", knownvalue.Bool(false)),
			acctest.TokenClaim("aud", testserver.SampleAPIAudience),
			acctest.TokenValue("granted_scopes", acctest.Exactly("read:orders", "write:orders")),
		}},
	)
}

func TestAccAccessToken_privateKeyJWT(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{"RS256", "RS384", "PS256"} {
		t.Run(alg, func(t *testing.T) {
			n := acctest.NewTenant(t).Granted()
			key := testkeys.NewRSA()
			n.SetPublicKey(testserver.MachineClientID, alg, "", &key.PublicKey)
			text := string(pem.EncodeToMemory(&pem.Block{
				Type:  "RSA PRIVATE KEY",
				Bytes: x509.MarshalPKCS1PrivateKey(key),
			}))
			n.Test(resource.TestStep{
				Config: acctest.BareTokenConfig(fmt.Sprintf(
					"client_id = %q", testserver.MachineClientID,
				),
					fmt.Sprintf("client_assertion_signing_alg = %q", alg),
					"client_assertion_private_key = "+acctest.Heredoc(text)),
				ConfigStateChecks: []statecheck.StateCheck{
					acctest.TokenValue("verified", knownvalue.Bool(true)),
					callSampleAPI(n, http.MethodGet, http.StatusOK),
					statecheck.ExpectSensitiveValue(
						acctest.TokenName, tfjsonpath.New("client_assertion_private_key"),
					),
				},
			})
		})
	}
}

func TestAccAccessToken_organization(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.AddOrganization("acme")
	grant := acctest.GrantConfig(`organization_usage = "allow"`, "allow_any_organization = true")
	token := func(organization string) string {
		return acctest.TokenConfig("client_grant_id = m2m_client_grant.orders.id", fmt.Sprintf(
			"organization = %q", organization,
		))
	}
	n.Test(
		resource.TestStep{Config: grant + token(id), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.GrantPost(
				`,"scope":[],"organization_usage":"allow","allow_any_organization":true`,
			))), acctest.TokenClaim("org_id", id),
		}},
		resource.TestStep{
			Config:            grant + token("acme"),
			ConfigStateChecks: []statecheck.StateCheck{acctest.TokenClaim("org_id", id)},
		},
		resource.TestStep{
			Config:      grant + token("nobody"),
			ExpectError: text.Says("Unable to fetch access token"),
		},
	)
}

func TestAccAccessToken_refusals(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		resource.TestStep{Config: acctest.TokenConfig(
			`scopes = ["read:orders"]`,
		), ExpectError: text.Says(fmt.Sprintf(
			`resource "m2m_client_grant" "NAME" { client_id = %q audience = "https://sample-api.example.com" scopes = ["read:orders"] }`,
			testserver.MachineClientID))},
		resource.TestStep{
			Config: strings.Replace(
				acctest.TokenConfig(), testserver.MachineClientSecret, "wrong-secret", 1,
			),
			ExpectError: text.Says("401 Unauthorized (access_denied): Unauthorized … Check " +
				"the client id and its credentials (here client_secret), " +
				"and that the client belongs to the tenant"),
		},
		resource.TestStep{
			Config: strings.Replace(
				acctest.TokenConfig(), testserver.SampleAPIAudience,
				testserver.SampleAPIAudience+"/", 1,
			),
			ExpectError: text.Says(
				`Service not enabled within domain: https://sample-api.example.com/ … The tenant has no API with exactly this identifier; a trailing slash matters.`,
			),
		},
		resource.TestStep{
			Config: acctest.BareTokenConfig(
				fmt.Sprintf("client_id = %q", testserver.WebClientID),
				fmt.Sprintf("client_secret = %q", testserver.WebClientSecret),
			),
			ExpectError: text.Says(
				`Grant type 'client_credentials' not allowed for the client … Allow the grant type client_credentials for the client`,
			),
		},
	)
}

// Signed claims take precedence over the rest of the answer.
func TestAccAccessToken_scopesFromToken(t *testing.T) {
	n := acctest.NewTenant(t).Granted()
	token := n.TokenOf(
		testserver.MachineClientID, testserver.MachineClientSecret, testserver.SampleAPIAudience,
	)
	reply := testserver.Respond(http.StatusOK, "application/json",
		fmt.Sprintf(
			`{"access_token":%q,"token_type":"Bearer","expires_in":86400,"scope":"delete:orders"}`,
			token,
		))
	n.Next("POST /oauth/token", slices.Repeat([]testserver.Fault{reply}, 20)...)
	n.Test(resource.TestStep{Config: acctest.TokenConfig(), ConfigStateChecks: []statecheck.StateCheck{
		acctest.TokenValue("granted_scopes", acctest.Exactly("read:orders", "write:orders")),
	}})
}

func TestAccAccessToken_expiredToken(t *testing.T) {
	n := acctest.NewTenant(t).Granted()
	n.Clock().Advance(-48 * time.Hour)
	n.Test(resource.TestStep{
		Config:      acctest.TokenConfig(),
		ExpectError: text.Says("that failed verification: it expired at"),
	})
}
