// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"encoding/json"
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

// resourceServer is an API of the tenant (API contract 3.1). Pointers and slices that are nil are left out of answers,
// which never contain null (API contract 1.7).
type resourceServer struct {
	ID                         string                   `json:"id"`
	Name                       string                   `json:"name,omitzero"`
	IsSystem                   bool                     `json:"is_system,omitzero"`
	Identifier                 string                   `json:"identifier"`
	Scopes                     []scope                  `json:"scopes,omitzero"`
	AllowOfflineAccess         bool                     `json:"allow_offline_access"`
	AllowOnlineAccess          *bool                    `json:"allow_online_access,omitzero"`
	AllowEphemeralOnlineAccess *bool                    `json:"allow_online_access_with_ephemeral_sessions,omitzero"`
	SkipConsent                bool                     `json:"skip_consent_for_verifiable_first_party_clients"`
	SubjectTypeAuthorization   subjectTypeAuthorization `json:"subject_type_authorization"`
	TokenLifetime              int                      `json:"token_lifetime"`
	TokenLifetimeForWeb        int                      `json:"token_lifetime_for_web"`
	TokenLifetimeForAnonymous  *int                     `json:"token_lifetime_for_anonymous_access_tokens,omitzero"`
	TokenDialect               string                   `json:"token_dialect,omitzero"`
	EnforcePolicies            *bool                    `json:"enforce_policies,omitzero"`
	SigningAlg                 string                   `json:"signing_alg"`
	SigningSecret              string                   `json:"signing_secret,omitzero"`
	TokenEncryption            *tokenEncryption         `json:"token_encryption,omitzero"`
	ConsentPolicy              *string                  `json:"consent_policy,omitzero"`
	AuthorizationDetails       []json.RawMessage        `json:"authorization_details,omitzero"`
	ProofOfPossession          *proofOfPossession       `json:"proof_of_possession,omitzero"`
	AuthorizationPolicy        *authorizationPolicy     `json:"authorization_policy,omitzero"`
}

// scope is a permission that an API defines. A description that was never sent stays absent (API contract 3.2).
type scope struct {
	Value       string  `json:"value"`
	Description *string `json:"description,omitzero"`
}

// subjectTypeAuthorization says who may get tokens. Its halves are no pointers, so that a half that is not sent keeps
// its value.
//
// ASSUMED: kept, not reset to the default (API contract 3.5).
type subjectTypeAuthorization struct {
	User          accessPolicy `json:"user"`
	Client        accessPolicy `json:"client"`
	AnonymousUser accessPolicy `json:"anonymous_user,omitzero"`
}

type accessPolicy struct {
	Policy string `json:"policy"`
}

type proofOfPossession struct {
	Mechanism   string  `json:"mechanism"`
	Required    bool    `json:"required"`
	RequiredFor *string `json:"required_for,omitzero"`
}

type authorizationPolicy struct {
	PolicyID string `json:"policy_id"`
}

const (
	allowAll           = "allow_all"
	denyAll            = "deny_all"
	requireClientGrant = "require_client_grant"
)

// newResourceServer returns the defaults of a fresh API (API contract 3.1; the wire wins where documents disagree).
func (s *Server) newResourceServer() resourceServer {
	return resourceServer{
		ID:                       newResourceServerID(s.clock.Now()),
		SubjectTypeAuthorization: subjectTypeAuthorization{User: accessPolicy{allowAll}, Client: accessPolicy{requireClientGrant}},
		TokenLifetime:            86400,
		TokenLifetimeForWeb:      7200,
		SigningAlg:               "RS256",
	}
}

func (s *Server) resourceServerRoutes() []route {
	const one = "/api/v2/resource-servers/{id}"
	rules := []*wire.Refusal{errFeatureNotEnabled, errWebLifetime, errEncryptionKey, errEncryptionKeyTooShort}
	return []route{
		{
			method: http.MethodPost, pattern: "/api/v2/resource-servers", scopes: []string{"create:resource_servers"},
			does: "Create a resource server; a system API is made from its template", status: http.StatusCreated, body: &createResourceServerSchema,
			refuses: append(rules, errReservedIdentifier, errIdentifierTaken), handle: s.createResourceServer,
		},
		{
			method: http.MethodGet, pattern: "/api/v2/resource-servers", scopes: []string{"read:resource_servers"},
			does: "List resource servers", query: &listResourceServersSchema, handle: s.listResourceServers,
		},
		{
			method: http.MethodGet, pattern: one, scopes: []string{"read:resource_servers"},
			does: "Read a resource server, by id or by escaped identifier", query: &readResourceServerSchema,
			refuses: []*wire.Refusal{errNoResourceServer}, handle: s.readResourceServer,
		},
		{
			method: http.MethodPatch, pattern: one, scopes: []string{"update:resource_servers"},
			does: "Change a resource server", body: &updateResourceServerSchema,
			refuses: append(rules, errNoResourceServer, errSystemResourceServerRules), handle: s.updateResourceServer,
		},
		{
			method: http.MethodDelete, pattern: one, scopes: []string{"delete:resource_servers"},
			does: "Delete a resource server and its client grants", status: http.StatusNoContent,
			refuses: []*wire.Refusal{errSystemResourceServer}, handle: s.deleteResourceServer,
		},
	}
}

func (s *Server) createResourceServer(c *call) (any, error) {
	identifier := c.given.Text("identifier")
	if identifier == s.managementIdentifier() {
		// ASSUMED: the Management API's identifier is what the documented refusal of reserved identifiers is for.
		return nil, errReservedIdentifier
	}
	if api, isSystem := s.systemAPITemplate(identifier); isSystem {
		return s.createSystemAPI(c, api)
	}
	api := s.newResourceServer()
	api.ID = c.pin("id", api.ID)
	if err := s.applyResourceServer(&api, c.given); err != nil {
		return nil, err
	}
	return s.showResourceServer(api), s.store.addResourceServer(api)
}

func (s *Server) listResourceServers(c *call) (any, error) {
	paging, err := s.readPaging(c)
	found := s.store.listResourceServers(paging.window, c.query.Texts("identifiers"))
	return showPage(s, c, paging, "resource_servers", found, s.showResourceServer), err
}

func (s *Server) readResourceServer(c *call) (any, error) {
	api, err := s.store.resourceServer(c.view, c.params["id"])
	return selectFields(c.query, s.showResourceServer(api)), err
}

// updateResourceServer answers 200, whatever the OpenAPI says (API contract 3.11).
func (s *Server) updateResourceServer(c *call) (any, error) {
	api, err := s.store.updateResourceServer(c.params["id"], func(api *resourceServer) error {
		if api.IsSystem {
			if err := checkSystemPatch(*api, c.given); err != nil {
				return err
			}
		}
		return s.applyResourceServer(api, c.given)
	})
	return s.showResourceServer(api), err
}

func (s *Server) deleteResourceServer(c *call) (any, error) {
	return nil, s.store.deleteResourceServer(c.params["id"])
}

// applyResourceServer writes a valid body over an API and checks what no schema can.
func (s *Server) applyResourceServer(api *resourceServer, given schema.Document) error {
	if err := s.checkPlan(given); err != nil {
		return err
	}
	given.Overlay(api)
	// ASSUMED: the two lifetimes are compared when the web lifetime is sent, and only then: APIs whose web lifetime is
	// the longer one have been seen (API contract 3.12).
	if given.Has("token_lifetime_for_web") && api.TokenLifetimeForWeb > api.TokenLifetime {
		return errWebLifetime
	}
	// A secret that is there already is kept; switching back from HS256 does not drop it either (API contract 3.3).
	if api.SigningAlg == "HS256" && api.SigningSecret == "" {
		api.SigningSecret = newSigningSecret()
	}
	if given.Has("token_encryption") && api.TokenEncryption != nil {
		return api.TokenEncryption.EncryptionKey.setThumbprint()
	}
	return nil
}

// resourceServerAnswer is an API as answers show it. The id is that of the client that plays the API (API contract 3.1).
type resourceServerAnswer struct {
	resourceServer
	ClientID string `json:"client_id,omitzero"`
}

// showResourceServer hides the encryption key's PEM, which goes in and never comes out (API contract 3.6).
func (s *Server) showResourceServer(api resourceServer) any {
	if api.TokenEncryption != nil {
		hidden := *api.TokenEncryption
		hidden.EncryptionKey.PEM = ""
		api.TokenEncryption = &hidden
	}
	if api.IsSystem {
		return api.shownAsSystemAPI()
	}
	return resourceServerAnswer{api, s.store.linkedClient(api.Identifier)}
}

// scopeValues lists the scopes that the API defines at this moment.
func (api resourceServer) scopeValues() []string {
	values := make([]string, len(api.Scopes))
	for i, defined := range api.Scopes {
		values[i] = defined.Value
	}
	return values
}
