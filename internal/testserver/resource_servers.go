// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"encoding/json"
	"errors"
	"net/http"
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
	User   accessPolicy `json:"user"`
	Client accessPolicy `json:"client"`
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
		SubjectTypeAuthorization: subjectTypeAuthorization{accessPolicy{allowAll}, accessPolicy{requireClientGrant}},
		TokenLifetime:            86400,
		TokenLifetimeForWeb:      7200,
		SigningAlg:               "RS256",
	}
}

func (s *Server) createResourceServer(c *call) reply {
	given, refused := payload(c, createResourceServerSchema)
	if refused != nil {
		return *refused
	}
	if given.text("identifier") == s.managementIdentifier() {
		// ASSUMED: the Management API's identifier is what the documented refusal of reserved identifiers is for. Those of
		// the other system APIs (…/me/, …/my-org/, urn:auth0:express-configure) are not covered and make ordinary APIs.
		return invalidBody("The selected identifier is reserved.")
	}
	api := s.newResourceServer()
	if err := applyResourceServer(&api, given); err != nil {
		return resourceServerProblem(err)
	}
	if err := s.store.addResourceServer(api); err != nil {
		return resourceServerProblem(err)
	}
	return respond(http.StatusCreated, api.shown())
}

func (s *Server) listResourceServers(c *call) reply {
	q, refused := query(c, listResourceServersSchema)
	if refused != nil {
		return *refused
	}
	paging := readPaging(q)
	found := s.store.listResourceServers(paging.window, q.texts("identifiers"))
	return showPage(q, paging, "resource_servers", found, resourceServer.shown)
}

func (s *Server) readResourceServer(c *call) reply {
	q, refused := query(c, readResourceServerSchema)
	if refused != nil {
		return *refused
	}
	api, err := s.store.resourceServer(c.params["id"])
	if err != nil {
		return resourceServerProblem(err)
	}
	return respond(http.StatusOK, selectFields(q, api.shown()))
}

// updateResourceServer answers 200, whatever the OpenAPI says (API contract 3.11).
func (s *Server) updateResourceServer(c *call) reply {
	rules := updateResourceServerSchema
	if api, err := s.store.resourceServer(c.params["id"]); err == nil && api.IsSystem {
		rules = updateSystemResourceServerSchema
	}
	given, refused := payload(c, rules)
	if refused != nil {
		return *refused
	}
	api, err := s.store.updateResourceServer(c.params["id"], func(api *resourceServer) error {
		return applyResourceServer(api, given)
	})
	if err != nil {
		return resourceServerProblem(err)
	}
	return respond(http.StatusOK, api.shown())
}

func (s *Server) deleteResourceServer(c *call) reply {
	if err := s.store.deleteResourceServer(c.params["id"]); err != nil {
		return resourceServerProblem(err)
	}
	return noContent()
}

var errWebLifetime = errors.New("the web lifetime is above the lifetime")

// applyResourceServer writes a valid body over an API and checks what no schema can.
func applyResourceServer(api *resourceServer, given document) error {
	given.overlay(api)
	// ASSUMED: the two lifetimes are compared when the web lifetime is sent, and only then: APIs whose web lifetime is
	// the longer one have been seen (API contract 3.12).
	if given.has("token_lifetime_for_web") && api.TokenLifetimeForWeb > api.TokenLifetime {
		return errWebLifetime
	}
	// A secret that is there already is kept; switching back from HS256 does not drop it either (API contract 3.3).
	if api.SigningAlg == "HS256" && api.SigningSecret == "" {
		api.SigningSecret = newSigningSecret()
	}
	if given.has("token_encryption") && api.TokenEncryption != nil {
		return api.TokenEncryption.EncryptionKey.setThumbprint()
	}
	return nil
}

// shown is the API as answers show it: the encryption key's PEM goes in and never comes out (API contract 3.6).
func (api resourceServer) shown() any {
	if api.TokenEncryption != nil {
		hidden := *api.TokenEncryption
		hidden.EncryptionKey.PEM = ""
		api.TokenEncryption = &hidden
	}
	return api
}

// scopeValues lists the scopes that the API defines at this moment.
func (api resourceServer) scopeValues() []string {
	values := make([]string, len(api.Scopes))
	for i, defined := range api.Scopes {
		values[i] = defined.Value
	}
	return values
}

// resourceServerProblem words what the rules refuse.
//
// ASSUMED: the code and the missing full stop of the conflict (API contract 15); the texts about lifetimes and about short
// encryption keys; the code of a system API that cannot be deleted.
func resourceServerProblem(err error) reply {
	switch {
	case errors.Is(err, errNoResourceServer):
		return problem(http.StatusNotFound, "inexistent_resource_server", "The resource server does not exist")
	case errors.Is(err, errIdentifierTaken):
		return problem(http.StatusConflict, "resource_server_conflict",
			"A resource server with the same identifier already exists")
	case errors.Is(err, errSystemResourceServer):
		return problem(http.StatusBadRequest, "operation_not_supported", "System resource servers cannot be deleted.")
	case errors.Is(err, errWebLifetime):
		return invalidBody("`token_lifetime_for_web` cannot be greater than `token_lifetime`")
	case errors.Is(err, errEncryptionKey):
		return invalidBody("`token_encryption.encryption_key.pem` is not an RSA public key or certificate")
	case errors.Is(err, errEncryptionKeyTooShort):
		return invalidBody("`token_encryption.encryption_key.pem` must be an RSA key of at least %d bits", minEncryptionKeyBits)
	default:
		panic(err)
	}
}
