// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"encoding/base64"
	"math/big"
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

const jwksPath = "/.well-known/jwks.json"

func (s *Service) discoveryRoutes() []routing.Route {
	return []routing.Route{
		{
			Method: http.MethodGet, Pattern: jwksPath,
			Does:   "Show the keys that tokens are signed with",
			Handle: s.showJWKS,
		},
		{
			Method: http.MethodGet, Pattern: "/.well-known/openid-configuration",
			Does:   "Show where a tenant's endpoints are",
			Handle: s.showDiscovery,
		},
	}
}

// showJWKS needs no token. The current key comes first, then the next key, then previous keys that
// are not revoked (API contract 11.1).
//
// ASSUMED: a second rotation keeps the older previous key (API contract 8).
func (s *Service) showJWKS(*routing.Call) (any, error) {
	var keys []publishedKey
	for _, key := range s.store.ListSigningKeys(tenant.Present) {
		if !key.IsRevoked() {
			keys = append(keys, publish(key))
		}
	}
	return public(wire.Respond(http.StatusOK, map[string]any{"keys": keys})), nil
}

// publishedKey is an entry of the JWKS (API contract 11.1).
//
// ASSUMED: `alg` is always RS256, even if APIs use the key with other algorithms.
type publishedKey struct {
	KTY string   `json:"kty"`
	Use string   `json:"use"`
	N   string   `json:"n"`
	E   string   `json:"e"`
	KID string   `json:"kid"`
	X5T string   `json:"x5t"`
	X5C []string `json:"x5c"`
	Alg string   `json:"alg"`
}

func publish(k tenant.SigningKey) publishedKey {
	x5t := k.SHA1()
	return publishedKey{
		KTY: "RSA",
		Use: "sig",
		N:   base64.RawURLEncoding.EncodeToString(k.Private.N.Bytes()),
		E:   base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.Private.E)).Bytes()),
		KID: k.KID,
		X5T: base64.RawURLEncoding.EncodeToString(x5t[:]),
		X5C: []string{base64.StdEncoding.EncodeToString(k.Certificate)},
		Alg: "RS256",
	}
}

// discoveryDocument has the fields of API contract 11.2.
type discoveryDocument struct {
	Issuer                      string   `json:"issuer"`
	AuthorizationEndpoint       string   `json:"authorization_endpoint"`
	TokenEndpoint               string   `json:"token_endpoint"`
	DeviceAuthorizationEndpoint string   `json:"device_authorization_endpoint"`
	UserinfoEndpoint            string   `json:"userinfo_endpoint"`
	MFAChallengeEndpoint        string   `json:"mfa_challenge_endpoint"`
	JWKSURI                     string   `json:"jwks_uri"`
	RegistrationEndpoint        string   `json:"registration_endpoint"`
	RevocationEndpoint          string   `json:"revocation_endpoint"`
	Scopes                      []string `json:"scopes_supported"`
	ResponseTypes               []string `json:"response_types_supported"`
	CodeChallengeMethods        []string `json:"code_challenge_methods_supported"`
	ResponseModes               []string `json:"response_modes_supported"`
	SubjectTypes                []string `json:"subject_types_supported"`
	IDTokenSigningAlgs          []string `json:"id_token_signing_alg_values_supported"`
	TokenEndpointAuthMethods    []string `json:"token_endpoint_auth_methods_supported"`
	Claims                      []string `json:"claims_supported"`
	EndSessionEndpoint          string   `json:"end_session_endpoint"`
	BackchannelLogout           bool     `json:"backchannel_logout_supported"`
	BackchannelLogoutSession    bool     `json:"backchannel_logout_session_supported"`
	RequestURIParameter         bool     `json:"request_uri_parameter_supported"`
	RequestParameter            bool     `json:"request_parameter_supported"`
	TokenEndpointAuthAlgs       []string `json:"token_endpoint_auth_signing_alg_values_supported"`
}

// showDiscovery lists the endpoints of a tenant, including endpoints of user flows that this server
// lacks, so that clients read the document of a real tenant. It omits features that depend on the
// plan, and DPoP, which this server's token endpoint does not implement.
func (s *Service) showDiscovery(*routing.Call) (any, error) {
	return public(wire.Respond(http.StatusOK, discoveryDocument{
		Issuer:                      s.store.Issuer(),
		AuthorizationEndpoint:       s.store.URL() + "/authorize",
		TokenEndpoint:               s.store.URL() + routing.TokenPath,
		DeviceAuthorizationEndpoint: s.store.URL() + "/oauth/device/code",
		UserinfoEndpoint:            s.store.URL() + "/userinfo",
		MFAChallengeEndpoint:        s.store.URL() + "/mfa/challenge",
		JWKSURI:                     s.store.URL() + jwksPath,
		RegistrationEndpoint:        s.store.URL() + "/oidc/register",
		RevocationEndpoint:          s.store.URL() + "/oauth/revoke",
		Scopes: strings.Fields("openid profile offline_access name given_name family_name " +
			"nickname email" +
			" email_verified picture created_at identities phone address"),
		ResponseTypes: []string{
			"code", "token", "id_token", "code token", "code id_token", "token id_token",
			"code token id_token",
		},
		CodeChallengeMethods: []string{"S256", "plain"},
		ResponseModes:        []string{"query", "fragment", "form_post"},
		SubjectTypes:         []string{"public"},
		IDTokenSigningAlgs:   []string{"HS256", "RS256", "PS256"},
		TokenEndpointAuthMethods: []string{
			"client_secret_basic", "client_secret_post", "private_key_jwt",
		},
		Claims: strings.Fields("aud auth_time created_at email email_verified exp family_name " +
			"given_name iat identities" +
			" iss name nickname phone_number picture sub"),
		EndSessionEndpoint:       s.store.URL() + "/oidc/logout",
		BackchannelLogout:        true,
		BackchannelLogoutSession: true,
		TokenEndpointAuthAlgs:    []string{"RS256", "RS384", "PS256"},
	})), nil
}

// public adds headers that let caches keep the reply briefly (API contract 11.1).
func public(answer wire.Reply) wire.Reply {
	answer.Header["Cache-Control"] = []string{"public, max-age=15, stale-while-revalidate=15, " +
		"stale-if-error=86400"}
	return answer
}
