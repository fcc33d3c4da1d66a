// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

// managementAPI is in every tenant from its start (API contract 3.12).
func (s *Server) managementAPI() resourceServer {
	api := s.newResourceServer()
	api.ID = managementAPIID
	api.Name = "Auth0 Management API"
	api.IsSystem = true
	api.Identifier = s.managementIdentifier()
	api.Scopes = describedScopes(managementScopes)
	return api
}

// isManagementAPI goes by the id, which is the same on every server.
func (api resourceServer) isManagementAPI() bool { return api.ID == managementAPIID }

// systemAPITemplate is what a system API that is made on demand starts with; false for the identifiers of all others (API
// contract 3.12).
//
// ASSUMED: My Organization is made as My Account is; the names of the two scopes of the last.
func (s *Server) systemAPITemplate(identifier string) (resourceServer, bool) {
	api := s.newResourceServer()
	api.Identifier = identifier
	api.IsSystem = true
	switch identifier {
	case s.iss() + myAccountPath:
		api.Name = "Auth0 My Account API"
		api.Scopes = describedScopes(myAccountScopes)
		api.serveUsers()
	case s.iss() + myOrganizationPath:
		api.Name = "Auth0 My Organization API"
		api.Scopes = describedScopes(myOrganizationScopes)
		api.serveUsers()
	case "urn:auth0:express-configure":
		api.Name = "Okta OIN Express Configuration API"
		api.Scopes = describedScopes([]string{"read:express_configuration", "update:express_configuration"})
		api.TokenLifetime = 300
		api.EnforcePolicies = new(true)
		api.SubjectTypeAuthorization.Client.Policy = denyAll
	default:
		return resourceServer{}, false
	}
	return api, true
}

// serveUsers sets what the two APIs have in common that users call for themselves.
func (api *resourceServer) serveUsers() {
	api.TokenLifetime, api.TokenLifetimeForWeb = 600, 600
	api.AllowOfflineAccess, api.SkipConsent = true, true
	api.SubjectTypeAuthorization = subjectTypeAuthorization{User: accessPolicy{requireClientGrant}, Client: accessPolicy{denyAll}}
	api.ProofOfPossession = &proofOfPossession{Mechanism: "dpop"}
}

var myAccountScopes = strings.Fields(`
	create:me:connected_accounts read:me:connected_accounts delete:me:connected_accounts
	create:me:authentication_methods read:me:authentication_methods update:me:authentication_methods
	delete:me:authentication_methods read:me:factors`)

var myOrganizationScopes = strings.Fields(`
	read:my_org:details update:my_org:details read:my_org:configuration
	create:my_org:identity_providers read:my_org:identity_providers update:my_org:identity_providers
	delete:my_org:identity_providers update:my_org:identity_providers_detach
	create:my_org:identity_providers_domains delete:my_org:identity_providers_domains
	create:my_org:identity_providers_provisioning read:my_org:identity_providers_provisioning
	delete:my_org:identity_providers_provisioning
	create:my_org:identity_providers_scim_tokens read:my_org:identity_providers_scim_tokens
	delete:my_org:identity_providers_scim_tokens
	create:my_org:domains read:my_org:domains update:my_org:domains delete:my_org:domains
	read:my_org:members delete:my_org:members
	create:my_org:member_invitations read:my_org:member_invitations delete:my_org:member_invitations`)

// earlyScopes is how many scopes of a system API are there when it has just been made. The others arrive before anybody
// can read it again.
//
// ASSUMED: which of them come first.
const earlyScopes = 3

// createSystemAPI takes nothing from the body but the authorization policy (API contract 3.12).
func (s *Server) createSystemAPI(c *call, api resourceServer) (any, error) {
	if policy, given := c.given["authorization_policy"]; given {
		schema.Document{"authorization_policy": policy}.Overlay(&api)
	}
	err := s.store.addResourceServer(api)
	api.Scopes = api.Scopes[:min(earlyScopes, len(api.Scopes))]
	return s.showResourceServer(api), err
}

// checkSystemPatch holds a body against what goes through for a system API (API contract 3.12).
func checkSystemPatch(api resourceServer, given schema.Document) error {
	accepted := updateSystemResourceServerSchema
	if api.isManagementAPI() {
		accepted = updateManagementAPISchema
	}
	if wrong := accepted.PayloadViolations(map[string]any(given)); wrong != "" {
		return errSystemResourceServerRules.With(wrong)
	}
	return nil
}

// updateManagementAPISchema is what goes through for the Management API.
var updateManagementAPISchema = schema.Schema{Properties: []schema.Property{
	{Name: "token_lifetime", Kind: schema.Integer, Max: maxTokenLifetime, Description: tokenLifetimeText},
	{Name: "skip_consent_for_verifiable_first_party_clients", Kind: schema.Boolean, Description: skipConsentText},
	{Name: "subject_type_authorization", Kind: schema.Object, Properties: []schema.Property{userPolicy}},
}}

// updateSystemResourceServerSchema is what goes through for the others.
//
// ASSUMED: all but their names and scopes, of which sources say that they are refused, and how their tokens are signed.
var updateSystemResourceServerSchema = schema.Schema{Properties: slices.DeleteFunc(slices.Clone(writableResourceServerProperties), func(p schema.Property) bool {
	return slices.Contains([]string{"name", "scopes", "signing_alg", "signing_secret"}, p.Name)
})}

// systemAPIAnswer lists the scopes of a system API with their keys the other way round (API contract 3.2).
type systemAPIAnswer struct {
	resourceServer
	Scopes []systemScope `json:"scopes,omitzero"`
}

type systemScope struct {
	Description *string `json:"description,omitzero"`
	Value       string  `json:"value"`
}

func (api resourceServer) shownAsSystemAPI() systemAPIAnswer {
	answer := systemAPIAnswer{resourceServer: api}
	for _, one := range api.Scopes {
		answer.Scopes = append(answer.Scopes, systemScope{one.Description, one.Value})
	}
	return answer
}

// describedScopes makes up the descriptions, "Read Client Grants" for read:client_grants.
func describedScopes(values []string) []scope {
	scopes := make([]scope, len(values))
	for i, value := range values {
		words := strings.FieldsFunc(value, func(r rune) bool { return r == ':' || r == '_' })
		for j, word := range words {
			words[j] = strings.ToUpper(word[:1]) + word[1:]
		}
		scopes[i] = describedScope(value, strings.Join(words, " "))
	}
	return scopes
}
