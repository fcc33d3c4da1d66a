// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"crypto/rsa"
	"encoding/pem"
	"net/http"
	"slices"
	"strings"
)

// client is an application of the tenant: what the server keeps of it. What answers add to that is the same for all.
type client struct {
	ClientID     string
	Secret       string
	Name         string
	AppType      string
	AuthMethod   string
	GrantTypes   []string
	IsFirstParty bool
	IsGlobal     bool
	Credentials  []credential
}

// credential is a public key that a client authenticates with (API contract 7).
type credential struct {
	ID     string
	Alg    string
	KID    string
	Public *rsa.PublicKey
}

// usesPrivateKey is true from the moment a credential is attached; the secret is unusable and hidden from then on
// (API contract 7.3).
func (c client) usesPrivateKey() bool { return len(c.Credentials) > 0 }

// clientAnswer is a client as the Management API shows it (API contract 6.1).
type clientAnswer struct {
	Tenant                         string                `json:"tenant"`
	Global                         bool                  `json:"global"`
	CallbackURLTemplate            bool                  `json:"callback_url_template"`
	IsTokenEndpointIPHeaderTrusted bool                  `json:"is_token_endpoint_ip_header_trusted"`
	Name                           string                `json:"name"`
	IsFirstParty                   bool                  `json:"is_first_party"`
	OIDCConformant                 bool                  `json:"oidc_conformant"`
	SSODisabled                    bool                  `json:"sso_disabled"`
	CrossOriginAuthentication      bool                  `json:"cross_origin_authentication"`
	CrossOriginAuth                bool                  `json:"cross_origin_auth"`
	RefreshToken                   refreshTokenSettings  `json:"refresh_token"`
	JWTConfiguration               jwtConfiguration      `json:"jwt_configuration"`
	SigningKeys                    []clientSigningKey    `json:"signing_keys,omitzero"`
	ClientID                       string                `json:"client_id"`
	ClientSecret                   string                `json:"client_secret,omitzero"`
	CustomLoginPageOn              bool                  `json:"custom_login_page_on"`
	AppType                        string                `json:"app_type,omitzero"`
	GrantTypes                     []string              `json:"grant_types"`
	TokenEndpointAuthMethod        string                `json:"token_endpoint_auth_method,omitzero"`
	AuthenticationMethods          *authenticationMethod `json:"client_authentication_methods,omitzero"`
}

type refreshTokenSettings struct {
	RotationType              string `json:"rotation_type"`
	ExpirationType            string `json:"expiration_type"`
	Leeway                    int    `json:"leeway"`
	TokenLifetime             int    `json:"token_lifetime"`
	IdleTokenLifetime         int    `json:"idle_token_lifetime"`
	InfiniteTokenLifetime     bool   `json:"infinite_token_lifetime"`
	InfiniteIdleTokenLifetime bool   `json:"infinite_idle_token_lifetime"`
}

type jwtConfiguration struct {
	LifetimeInSeconds int  `json:"lifetime_in_seconds"`
	SecretEncoded     bool `json:"secret_encoded"`
}

type clientSigningKey struct {
	Cert    string `json:"cert"`
	Subject string `json:"subject"`
}

type authenticationMethod struct {
	PrivateKeyJWT struct {
		Credentials []credentialReference `json:"credentials"`
	} `json:"private_key_jwt"`
}

type credentialReference struct {
	ID string `json:"id"`
}

// listClientsSchema is the query of the list (API contract 6.2). Its schema allows pages of nothing.
var listClientsSchema = schema{properties: slices.Concat([]property{
	{name: "is_global", kind: booleanKind, description: "Optional filter on the global client parameter"},
	{name: "is_first_party", kind: booleanKind, description: "Optional filter on whether or not a client is a first-party client"},
	{name: "app_type", kind: stringKind, description: "Optional filter by a comma-separated list of application types"},
}, offsetParameters(0), checkpointParameters, fieldParameters)}

var clientReaders = []string{"read:clients", readClientKeys, "read:client_credentials", "read:client_summary"}

func (s *Server) clientRoutes() []route {
	return []route{
		{
			method: http.MethodGet, pattern: "/api/v2/clients", scopes: clientReaders,
			does: "List clients", query: &listClientsSchema,
			refuses: []*refusal{errHiddenField, errCheckpoint}, handle: s.listClients,
		},
		{
			method: http.MethodGet, pattern: "/api/v2/clients/{id}", scopes: clientReaders,
			does: "Read a client", query: &readClientSchema,
			refuses: []*refusal{errHiddenField, errNoClient}, handle: s.readClient,
		},
	}
}

func (s *Server) listClients(c *call) (any, error) {
	q := c.query
	if err := hiddenFields(q, c.caller); err != nil {
		return nil, err
	}
	types := strings.Split(q.text("app_type"), ",")
	keep := func(one client) bool {
		return (!q.has("is_global") || q.isTrue("is_global") == one.IsGlobal) &&
			(!q.has("is_first_party") || q.isTrue("is_first_party") == one.IsFirstParty) &&
			(!q.has("app_type") || slices.Contains(types, one.AppType))
	}
	paging, err := s.readPaging(c)
	found := s.store.listClients(paging.window, keep)
	return showPage(s, c, paging, "clients", found, func(one client) any { return s.showClient(one, c.caller) }), err
}

func (s *Server) readClient(c *call) (any, error) {
	if err := hiddenFields(c.query, c.caller); err != nil {
		return nil, err
	}
	one, err := s.store.client(c.view, c.params["id"])
	return selectFields(c.query, s.showClient(one, c.caller)), err
}

const readClientKeys = "read:client_keys"

// hiddenFields refuses to name a field that the token may not read; unnamed, it is left out (API contract 6.2).
func hiddenFields(q document, who caller) error {
	names := strings.Split(q.text("fields"), ",")
	excluding := q.has("include_fields") && !q.isTrue("include_fields")
	if excluding || who.hasAny([]string{readClientKeys}) {
		return nil
	}
	if slices.Contains(names, "client_secret") || slices.Contains(names, "signing_keys") {
		return errHiddenField
	}
	return nil
}

var errHiddenField = &refusal{
	status: http.StatusForbidden, code: "insufficient_scope", text: "Insufficient scope, expected any of: " + readClientKeys,
}

var readClientSchema = schema{properties: fieldParameters}

// showClient hides secrets and keys from tokens without the scope for them.
//
// ASSUMED: the other reading scopes all show the rest; their exact field lists are unknown (API contract 6.2).
func (s *Server) showClient(one client, who caller) clientAnswer {
	answer := clientAnswer{
		Tenant:                  tenantName,
		Global:                  one.IsGlobal,
		Name:                    one.Name,
		IsFirstParty:            one.IsFirstParty,
		RefreshToken:            refreshTokenSettings{"non-rotating", "non-expiring", 0, 2592000, 1296000, true, true},
		JWTConfiguration:        jwtConfiguration{LifetimeInSeconds: 36000},
		ClientID:                one.ClientID,
		CustomLoginPageOn:       true,
		AppType:                 one.AppType,
		GrantTypes:              one.GrantTypes,
		TokenEndpointAuthMethod: one.AuthMethod,
	}
	if one.usesPrivateKey() {
		answer.TokenEndpointAuthMethod = ""
		answer.AuthenticationMethods = &authenticationMethod{}
		for _, key := range one.Credentials {
			references := &answer.AuthenticationMethods.PrivateKeyJWT.Credentials
			*references = append(*references, credentialReference{key.ID})
		}
	}
	if who.hasAny([]string{readClientKeys}) {
		certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.keys.current.certificate})
		answer.SigningKeys = []clientSigningKey{{Cert: string(certificate), Subject: "/CN=" + hostOf(s.tenant)}}
		if !one.usesPrivateKey() {
			answer.ClientSecret = one.Secret
		}
	}
	return answer
}

// SetPublicKey lets a client authenticate with private_key_jwt and nothing else: its secret is unusable from then on. An
// empty kid stands for a key without one. A client can have several keys.
func (s *Server) SetPublicKey(clientID, alg, kid string, public *rsa.PublicKey) {
	err := s.store.attachCredential(clientID, credential{ID: newCredentialID(), Alg: alg, KID: kid, Public: public})
	if err != nil {
		panic("testserver: " + err.Error() + ": " + clientID)
	}
}

// AddOrganization adds an organization to the tenant and returns its id.
func (s *Server) AddOrganization(name string) (id string) {
	added := organization{ID: newOrganizationID(), Name: name}
	if err := s.store.addOrganization(added); err != nil {
		panic("testserver: " + err.Error() + ": " + name)
	}
	return added.ID
}
