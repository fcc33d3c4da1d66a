// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// TokenName is the address of the data source in TokenConfig.
const TokenName = "data.m2m_access_token.orders"

// TokenConfig is a token of the machine client for the sample API.
func TokenConfig(attributes ...string) string {
	return BareTokenConfig(append([]string{
		fmt.Sprintf("client_id = %q", testserver.MachineClientID),
		fmt.Sprintf("client_secret = %q", testserver.MachineClientSecret),
	}, attributes...)...)
}

// BareTokenConfig is a token for the sample API without credentials.
func BareTokenConfig(attributes ...string) string {
	return fmt.Sprintf("data \"m2m_access_token\" \"orders\" {\n  audience = %q\n  %s\n}\n",
		testserver.SampleAPIAudience, strings.Join(attributes, "\n  "))
}

// TokenValue checks an attribute of that data source.
func TokenValue(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(TokenName, tfjsonpath.New(attribute), check)
}

// TokenClaim checks one claim of claims_json.
func TokenClaim(name string, want any) statecheck.StateCheck {
	return TokenValue("claims_json", TokenClaims{name: want})
}

// TokenFor requests a token for the client of the Management API.
func (n *Tenant) TokenFor(audience string) string {
	n.T.Helper()
	return n.TokenOf(testserver.ManagementClientID, testserver.ManagementClientSecret, audience)
}

// TokenOf requests a token with the credentials of a client.
func (n *Tenant) TokenOf(clientID, secret, audience string) string {
	n.T.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "audience": {audience}, "client_id": {clientID},
		"client_secret": {secret},
	}
	resp, err := http.PostForm(n.URL()+"/oauth/token", form) //nolint:noctx // Loopback, in a test.
	if err != nil {
		n.T.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		n.T.Fatalf("no token: %d %v", resp.StatusCode, err)
	}
	return answer.AccessToken
}

// JWTOf is a token with the given claims and an invalid signature.
func JWTOf(claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256","kid":"k1"}`)) + "." + encode([]byte(claims)) + ".c2ln"
}

// TokenClaims checks some claims of claims_json.
type TokenClaims map[string]any

// String describes the check in failures.
func (want TokenClaims) String() string {
	return fmt.Sprintf("claims with %v", map[string]any(want))
}

// CheckValue checks the JSON text of claims.
func (want TokenClaims) CheckValue(value any) error {
	var claims map[string]any
	text, _ := value.(string)
	if err := json.Unmarshal([]byte(text), &claims); err != nil {
		return err
	}
	for name, value := range want {
		if claims[name] != value {
			return fmt.Errorf("claim %s is %v, want %v", name, claims[name], value)
		}
	}
	return nil
}
