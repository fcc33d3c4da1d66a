// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// tokenForms returns the parameter names in the body of each token request since the last call,
// including requests at the end of the previous step.
func tokenForms(n *acctest.Tenant) []string {
	n.T.Helper()
	var out []string
	for _, r := range acctest.TokenRequests(n.Requests()) {
		form, err := url.ParseQuery(string(r.Body))
		if err != nil {
			n.T.Fatal(err)
		}
		var names []string
		for name := range form {
			names = append(names, name)
		}
		slices.Sort(names)
		out = append(out, strings.Join(names, " "))
	}
	return out
}

func TestAccAccessToken_clientSecretByPostOrBasic(t *testing.T) {
	n := acctest.NewTenant(t).Granted()
	asked := func(want string) statecheck.StateCheck {
		return acctest.TokenValue("verified", knownvalue.BoolFunc(func(verified bool) error {
			if got := tokenForms(n); !verified || len(got) == 0 || got[len(got)-1] != want {
				return fmt.Errorf("verified %t after %q, want %q", verified, got, want)
			}
			return nil
		}))
	}
	const method = "token_endpoint_auth_method = "
	n.Test(
		resource.TestStep{
			Config: acctest.TokenConfig(),
			ConfigStateChecks: []statecheck.StateCheck{asked("audience client_id client_secret " +
				"grant_type")},
		},
		resource.TestStep{
			Config: acctest.TokenConfig(method + `"client_secret_post"`),
			ConfigStateChecks: []statecheck.StateCheck{asked("audience client_id client_secret " +
				"grant_type")},
		},
		resource.TestStep{
			Config: acctest.TokenConfig(
				method+`"client_secret_basic"`, `scopes = ["read:orders"]`,
			),
			ConfigStateChecks: []statecheck.StateCheck{
				asked("audience grant_type scope"), callSampleAPI(n, http.MethodGet, http.StatusOK),
			},
		},
		// The provider's own client, which does not log in for anything else.
		resource.TestStep{
			Config: strings.Replace(
				acctest.BareTokenConfig(method+`"client_secret_basic"`),
				testserver.SampleAPIAudience, n.URL()+"/api/v2/", 1,
			),
			ConfigStateChecks: []statecheck.StateCheck{
				asked("audience grant_type"),
				acctest.TokenClaim("azp", testserver.ManagementClientID),
			},
		},
		resource.TestStep{
			Config: strings.Replace(
				acctest.TokenConfig(method+`"client_secret_basic"`), testserver.MachineClientSecret,
				"wrong-secret", 1,
			),
			ExpectError: text.Says("401 Unauthorized (access_denied): Unauthorized … Check " +
				"the client id and its credentials (here client_secret), " +
				"and that the client belongs to the tenant " + n.URL() +
				". A client that is set to private_key_jwt there does not accept a secret."),
		},
	)
}

func TestAccAccessToken_authMethodIsChecked(t *testing.T) {
	n := acctest.NewTenant(t)
	const method = "token_endpoint_auth_method = "
	n.Test(
		resource.TestStep{
			Config: acctest.TokenConfig(method + `"private_key_jwt"`),
			ExpectError: text.Says(`"private_key_jwt" is not known; use client_secret_post or ` +
				`client_secret_basic.`),
		},
		resource.TestStep{
			Config: acctest.BareTokenConfig(
				method+`"client_secret_basic"`,
				"client_assertion_private_key = "+acctest.Heredoc(testkeys.PrivatePEM()),
			),
			ExpectError: text.Says("Error: No secret to send … client_secret_basic sends a " +
				"secret, but client_assertion_private_key authenticates without one. Remove one " +
				"of them from the configuration."),
		},
	)
}

// Secrets are sent unchanged, whatever characters they contain.
func TestAccAccessToken_secretWithSpecialCharacters(t *testing.T) {
	const (
		id     = "special"
		secret = "a:b%2Fc+d e&f=gü/é€-and-more-so-that-it-is-long-enough-0123456789"
	)
	n := acctest.StartTenant(t, testserver.Config{Tenant: fmt.Appendf(nil,
		`{"clients":[{"client_id":%q,"client_secret":%q,"name":"special","app_type":"non_interactive","grant_types":["client_credentials"]}],
		"client_grants":[{"client_id":%q,"audience":%q,"scope":["read:orders"]}]}`, id, secret, id,
		testserver.SampleAPIAudience)})
	step := func(method string) resource.TestStep {
		return resource.TestStep{
			Config: acctest.BareTokenConfig(fmt.Sprintf("client_id = %q", id), fmt.Sprintf(
				"client_secret = %q", secret,
			),
				fmt.Sprintf("token_endpoint_auth_method = %q", method)),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes()), acctest.TokenClaim("azp", id),
				callSampleAPI(n, http.MethodGet, http.StatusOK),
			},
		}
	}
	n.Test(step("client_secret_basic"), step("client_secret_post"))
}

func TestAccAccessToken_ownKeySendsNoSecret(t *testing.T) {
	n := acctest.KeyedTenant(t, "RS256")
	env := n.Env(
		"AUTH0_CLIENT_SECRET", "", "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", testkeys.PrivatePEM(),
	)
	n.TestIn(env, resource.TestStep{
		Config: acctest.BareTokenConfig(`token_endpoint_auth_method = "client_secret_basic"`),
		ExpectError: text.Says("client_secret_basic sends a secret, but the provider's own " +
			"client authenticates with client_assertion_private_key from the environment " +
			"variable AUTH0_CLIENT_ASSERTION_PRIVATE_KEY. Remove token_endpoint_auth_method from " +
			"the configuration."),
	})
}

// The tenant refuses an assertion signed with another key, and the error does not show the key.
func TestAccAccessToken_wrongPrivateKey(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t).Granted()
	n.SetPublicKey(testserver.MachineClientID, "RS256", "", &evilKey().PublicKey)
	said := n.ErrorOf(acctest.BareTokenConfig(fmt.Sprintf(
		"client_id = %q", testserver.MachineClientID,
	), `client_assertion_signing_alg = "PS256"`,
		"client_assertion_private_key = "+acctest.Heredoc(testkeys.PrivatePEM())))
	if !text.Says(`401 Unauthorized (invalid_client): … Check the client id and its credentials (here client_assertion_private_key), and that the
		client belongs to the tenant ` + n.URL() +
		`. The client must have the matching public key there, as a private_key_jwt credential with the algorithm PS256. Check also the clock of this machine.`).MatchString(said) {
		t.Error(said)
	}
	for line := range strings.Lines(testkeys.PrivatePEM()) {
		if strings.Contains(said, strings.TrimSpace(line)) {
			t.Errorf("the key is in the error: %s", said)
		}
	}
}

// If the tenant's clock differs from ours, the token is valid until its exp by our clock,
// within half a minute.
func TestAccAccessToken_differentClocks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		ahead time.Duration // How far the tenant's clock is ahead of ours.
		want  string        // Empty: the token is returned.
	}{
		"a lifetime behind":      {-25 * time.Hour, "that failed verification: it expired at"},
		"just within the leeway": {-24*time.Hour - 5*time.Second, ""},
		"just beyond the leeway": {
			-24*time.Hour - 35*time.Second, "that failed verification: it expired at",
		},
		"a bit ahead": {25 * time.Second, ""},
		"further ahead than leeway": {
			90 * time.Second,
			"that failed verification: it is not valid yet (nbf, iat); check the clock of this " +
				"machine.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.NewTenant(t).Granted()
			n.Clock().Advance(tc.ahead)
			if tc.want != "" {
				n.Test(resource.TestStep{
					Config:      acctest.TokenConfig(),
					ExpectError: text.Says(tc.want),
				})
				return
			}
			n.Test(resource.TestStep{Config: acctest.TokenConfig(), ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes()), acctest.TokenValue("verified", knownvalue.Bool(true)),
			}})
		})
	}
}

// The answer gives a longer lifetime than the token itself.
func TestAccAccessToken_expiryFromToken(t *testing.T) {
	x := newForger(t)
	expiry := time.Now().Add(time.Hour).Truncate(time.Second).UTC()
	x.answers("POST /oauth/token", map[string]any{
		"access_token": x.own("exp", expiry.Unix()), "token_type": "Bearer", "expires_in": 86400,
		"scope": "read:orders",
	})
	x.Test(resource.TestStep{Config: acctest.TokenConfig(), ConfigStateChecks: []statecheck.StateCheck{
		x.Expect(acctest.Writes()), acctest.TokenValue(
			"expires_at", knownvalue.StringExact(expiry.Format(time.RFC3339)),
		),
	}})
}
