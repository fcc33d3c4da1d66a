// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "strings"

// managementScopes are the scopes of the Management API: those of API contract 2, and for the endpoints that this
// server does not have the ones that real tenants list, so that the API is as long here as it is there (API contract 3.2).
var managementScopes = strings.Fields(`
	create:client_grants read:client_grants update:client_grants delete:client_grants
	create:organization_client_grants read:organization_client_grants delete:organization_client_grants
	create:resource_servers read:resource_servers update:resource_servers delete:resource_servers
	create:clients read:clients update:clients delete:clients
	read:client_summary
	create:client_keys read:client_keys update:client_keys delete:client_keys
	create:client_credentials read:client_credentials update:client_credentials delete:client_credentials
	create:signing_keys read:signing_keys update:signing_keys
	create:custom_signing_keys read:custom_signing_keys update:custom_signing_keys delete:custom_signing_keys
	create:encryption_keys read:encryption_keys update:encryption_keys delete:encryption_keys
	create:organizations read:organizations update:organizations delete:organizations
	read:organizations_summary
	create:organization_connections read:organization_connections update:organization_connections
	delete:organization_connections
	create:organization_discovery_domains read:organization_discovery_domains
	update:organization_discovery_domains delete:organization_discovery_domains
	create:organization_invitations read:organization_invitations delete:organization_invitations
	create:organization_member_roles read:organization_member_roles delete:organization_member_roles
	create:organization_members read:organization_members delete:organization_members
	create:users read:users update:users delete:users
	create:users_app_metadata read:users_app_metadata update:users_app_metadata delete:users_app_metadata
	create:user_attribute_profiles read:user_attribute_profiles update:user_attribute_profiles
	delete:user_attribute_profiles
	create:user_custom_blocks read:user_custom_blocks delete:user_custom_blocks
	read:user_idp_tokens
	create:user_tickets
	create:authentication_methods read:authentication_methods update:authentication_methods
	delete:authentication_methods
	create:device_credentials read:device_credentials update:device_credentials delete:device_credentials
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
	create:connection_profiles read:connection_profiles update:connection_profiles delete:connection_profiles
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
