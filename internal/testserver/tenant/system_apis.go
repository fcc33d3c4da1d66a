// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"strings"
)

// managementAPI returns the Management API, which every tenant has from the start (API contract
// 3.12).
func (s *Store) managementAPI() ResourceServer {
	api := NewResourceServer(s.Now())
	api.ID = managementAPIID
	api.Name = "Auth0 Management API"
	api.IsSystem = true
	api.Identifier = s.ManagementIdentifier()
	api.Scopes = describedScopes(ManagementScopes)
	return api
}

// managementAPIID is the id of the Management API on every server.
const managementAPIID = "6800000000000000000000a1"

// IsManagementAPI compares the id, which is the same on every server.
func (api ResourceServer) IsManagementAPI() bool { return api.ID == managementAPIID }

// SystemAPITemplate returns the initial settings of a system API that is created on demand; false
// if the identifier is not one of these (API contract 3.12).
//
// ASSUMED: My Organization is created like My Account; the names of the two Express Configuration
// scopes.
func (s *Store) SystemAPITemplate(identifier string) (ResourceServer, bool) {
	api := NewResourceServer(s.Now())
	api.Identifier = identifier
	api.IsSystem = true
	switch identifier {
	case s.Issuer() + myAccountPath:
		api.Name = "Auth0 My Account API"
		api.Scopes = describedScopes(myAccountScopes)
		api.serveUsers()
	case s.Issuer() + myOrganizationPath:
		api.Name = "Auth0 My Organization API"
		api.Scopes = describedScopes(myOrganizationScopes)
		api.serveUsers()
	case "urn:auth0:express-configure":
		api.Name = "Okta OIN Express Configuration API"
		api.Scopes = describedScopes([]string{
			"read:express_configuration", "update:express_configuration",
		})
		api.TokenLifetime = 300
		api.EnforcePolicies = new(true)
		api.SubjectTypeAuthorization.Client.Policy = DenyAll
	default:
		return ResourceServer{}, false
	}
	return api, true
}

// serveUsers sets what My Account and My Organization, which users call for themselves, have in
// common.
func (api *ResourceServer) serveUsers() {
	api.TokenLifetime, api.TokenLifetimeForWeb = 600, 600
	api.AllowOfflineAccess, api.SkipConsent = true, true
	api.SubjectTypeAuthorization = subjectTypeAuthorization{
		User:   accessPolicy{requireClientGrant},
		Client: accessPolicy{DenyAll},
	}
	api.ProofOfPossession = &proofOfPossession{Mechanism: "dpop"}
}

// ASSUMED: the position of the last one; the contract lists the others in this order.
var myAccountScopes = strings.Fields(`
	create:me:connected_accounts read:me:connected_accounts delete:me:connected_accounts
	read:me:authentication_methods delete:me:authentication_methods
	update:me:authentication_methods read:me:factors create:me:authentication_methods`)

var myOrganizationScopes = strings.Fields(`
	read:my_org:details update:my_org:details read:my_org:configuration
	create:my_org:identity_providers read:my_org:identity_providers
	update:my_org:identity_providers
	delete:my_org:identity_providers update:my_org:identity_providers_detach
	create:my_org:identity_providers_domains delete:my_org:identity_providers_domains
	create:my_org:identity_providers_provisioning read:my_org:identity_providers_provisioning
	delete:my_org:identity_providers_provisioning
	create:my_org:identity_providers_scim_tokens read:my_org:identity_providers_scim_tokens
	delete:my_org:identity_providers_scim_tokens
	create:my_org:domains read:my_org:domains update:my_org:domains delete:my_org:domains
	read:my_org:members delete:my_org:members
	create:my_org:member_invitations read:my_org:member_invitations
	delete:my_org:member_invitations`)

// describedScopes derives the descriptions from the values, "Read Client Grants" from
// read:client_grants. The descriptions of the My Account API do not contain "Me" (API contract
// 3.12).
func describedScopes(values []string) []Scope {
	scopes := make([]Scope, len(values))
	for i, value := range values {
		subject := strings.Replace(value, ":me:", ":", 1)
		words := strings.FieldsFunc(subject, func(r rune) bool { return r == ':' || r == '_' })
		for j, word := range words {
			words[j] = strings.ToUpper(word[:1]) + word[1:]
		}
		scopes[i] = describedScope(value, strings.Join(words, " "))
	}
	return scopes
}

// ManagementIdentifier returns the identifier of the Management API, which ends in a slash (API
// contract 1.1).
func (s *Store) ManagementIdentifier() string { return s.Issuer() + managementPath }

func describedScope(value, description string) Scope {
	return Scope{Value: value, Description: &description}
}

// ManagementScopes are the scopes of the Management API: the scopes in API contract 2, and scopes
// of endpoints that this server lacks, so that the list is as long as in a real tenant (API
// contract 3.2).
var ManagementScopes = strings.Fields(`
	create:client_grants read:client_grants update:client_grants delete:client_grants
	create:organization_client_grants read:organization_client_grants
	delete:organization_client_grants
	create:resource_servers read:resource_servers update:resource_servers delete:resource_servers
	create:clients read:clients update:clients delete:clients
	read:client_summary
	create:client_keys read:client_keys update:client_keys delete:client_keys
	create:client_credentials read:client_credentials update:client_credentials
	delete:client_credentials
	create:signing_keys read:signing_keys update:signing_keys
	create:custom_signing_keys read:custom_signing_keys update:custom_signing_keys
	delete:custom_signing_keys
	create:encryption_keys read:encryption_keys update:encryption_keys delete:encryption_keys
	create:organizations read:organizations update:organizations delete:organizations
	read:organizations_summary
	create:organization_connections read:organization_connections update:organization_connections
	delete:organization_connections
	create:organization_discovery_domains read:organization_discovery_domains
	update:organization_discovery_domains delete:organization_discovery_domains
	create:organization_invitations read:organization_invitations delete:organization_invitations
	create:organization_member_roles read:organization_member_roles
	delete:organization_member_roles
	create:organization_members read:organization_members delete:organization_members
	create:users read:users update:users delete:users
	create:users_app_metadata read:users_app_metadata update:users_app_metadata
	delete:users_app_metadata
	create:user_attribute_profiles read:user_attribute_profiles update:user_attribute_profiles
	delete:user_attribute_profiles
	create:user_custom_blocks read:user_custom_blocks delete:user_custom_blocks
	read:user_idp_tokens
	create:user_tickets
	create:authentication_methods read:authentication_methods update:authentication_methods
	delete:authentication_methods
	create:device_credentials read:device_credentials update:device_credentials
	delete:device_credentials
	read:federated_connections_tokens delete:federated_connections_tokens
	read:grants delete:grants
	create:guardian_enrollment_tickets
	read:guardian_enrollments delete:guardian_enrollments
	read:guardian_factors update:guardian_factors
	read:mfa_policies update:mfa_policies
	create:passwords_checking_job delete:passwords_checking_job
	read:refresh_tokens update:refresh_tokens delete:refresh_tokens
	read:sessions update:sessions delete:sessions
	blacklist:tokens
	create:roles read:roles update:roles delete:roles
	create:role_members read:role_members delete:role_members
	create:connections read:connections update:connections delete:connections
	create:connections_keys read:connections_keys update:connections_keys
	read:connections_options update:connections_options
	create:connection_profiles read:connection_profiles update:connection_profiles
	delete:connection_profiles
	create:scim_config read:scim_config update:scim_config delete:scim_config
	create:scim_token read:scim_token delete:scim_token
	read:self_service_profile_custom_texts update:self_service_profile_custom_texts
	create:self_service_profiles read:self_service_profiles update:self_service_profiles
	delete:self_service_profiles
	create:sso_access_tickets delete:sso_access_tickets
	create:token_exchange_profiles read:token_exchange_profiles update:token_exchange_profiles
	delete:token_exchange_profiles
	create:actions read:actions update:actions delete:actions
	read:triggers update:triggers
	create:rules read:rules update:rules delete:rules
	read:rules_configs update:rules_configs delete:rules_configs
	create:hooks read:hooks update:hooks delete:hooks
	create:flows read:flows update:flows delete:flows
	read:flows_executions delete:flows_executions
	read:flows_vault
	create:flows_vault_connections read:flows_vault_connections update:flows_vault_connections
	delete:flows_vault_connections
	create:forms read:forms update:forms delete:forms
	create:event_streams read:event_streams update:event_streams delete:event_streams
	read:event_deliveries update:event_deliveries
	create:log_streams read:log_streams update:log_streams delete:log_streams
	read:logs
	read:logs_users
	read:anomaly_blocks delete:anomaly_blocks
	read:attack_protection update:attack_protection
	create:network_acls read:network_acls update:network_acls delete:network_acls
	create:shields read:shields update:shields delete:shields
	read:branding update:branding delete:branding
	create:custom_domains read:custom_domains update:custom_domains delete:custom_domains
	create:email_provider read:email_provider update:email_provider delete:email_provider
	create:email_templates read:email_templates update:email_templates
	create:phone_providers read:phone_providers update:phone_providers delete:phone_providers
	create:phone_templates read:phone_templates update:phone_templates delete:phone_templates
	read:prompts update:prompts
	read:entitlements
	read:insights
	read:limits update:limits
	read:stats
	read:tenant_settings update:tenant_settings`)
