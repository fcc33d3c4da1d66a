// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "strings"

// The tenant that every server starts with. The credentials are the same on every server, so they are worth nothing.
const (
	// ManagementClientID is the client that may do everything at the Management API.
	ManagementClientID     = "ReferenceManagementClient0000001"
	ManagementClientSecret = "this-is-not-a-secret_management-client_0000000000000000000000000"

	// MachineClientID is a machine-to-machine client without any grant.
	MachineClientID     = "ReferenceMachineClient0000000001"
	MachineClientSecret = "this-is-not-a-secret_machine-client_0000000000000000000000000000"

	// WebClientID is a regular web application: it may not use the client credentials flow.
	WebClientID     = "ReferenceWebClient00000000000001"
	WebClientSecret = "this-is-not-a-secret_web-client_00000000000000000000000000000000"

	// SampleAPIAudience is the identifier of the API that the sample API plays unless told otherwise. It defines the
	// scopes read:orders and write:orders.
	SampleAPIAudience = "https://sample-api.example.com"
)

const (
	tenantName         = "reference"
	globalClientID     = "ReferenceAllApplications00000001"
	managementAPIID    = "6800000000000000000000a1"
	sampleAPIID        = "6800000000000000000000b2"
	managementAPIGrant = "cgr_Reference0000001"
)

// managementScopes lists the scopes of API contract 2.
var managementScopes = strings.Fields(`
	create:resource_servers read:resource_servers update:resource_servers delete:resource_servers
	create:client_grants read:client_grants update:client_grants delete:client_grants
	create:organization_client_grants read:organization_client_grants delete:organization_client_grants
	create:organizations read:organizations update:organizations delete:organizations
	create:clients read:clients update:clients delete:clients read:client_summary
	read:client_keys update:client_keys
	create:client_credentials read:client_credentials update:client_credentials delete:client_credentials
	create:signing_keys read:signing_keys update:signing_keys`)

// managementIdentifier ends in a slash (API contract 1.1).
func (s *Server) managementIdentifier() string { return s.issuer() + managementPath }

func (s *Server) seed() error {
	for _, one := range seededClients {
		if err := s.store.addClient(one); err != nil {
			return err
		}
	}
	for _, api := range []resourceServer{s.managementAPI(), s.sampleAPI()} {
		if err := s.store.addResourceServer(api); err != nil {
			return err
		}
	}
	_, err := s.store.addClientGrant(clientGrant{
		ID:          managementAPIGrant,
		ClientID:    ManagementClientID,
		Audience:    s.managementIdentifier(),
		Scope:       managementScopes,
		SubjectType: clientSubject,
	}, func(*clientGrant, resourceServer) error { return nil })
	return err
}

// managementAPI has the settings that every tenant shows (API contract 3.12).
func (s *Server) managementAPI() resourceServer {
	api := s.newResourceServer()
	api.ID = managementAPIID
	api.Name = "Auth0 Management API"
	api.IsSystem = true
	api.Identifier = s.managementIdentifier()
	for _, value := range managementScopes {
		verb, noun, _ := strings.Cut(value, ":")
		api.Scopes = append(api.Scopes, describedScope(value, strings.ToUpper(verb[:1])+verb[1:]+" "+strings.ReplaceAll(noun, "_", " ")))
	}
	return api
}

func (s *Server) sampleAPI() resourceServer {
	api := s.newResourceServer()
	api.ID = sampleAPIID
	api.Name = "Sample API"
	api.Identifier = SampleAPIAudience
	api.Scopes = []scope{
		describedScope("read:orders", "Read orders"),
		describedScope("write:orders", "Write orders"),
	}
	return api
}

func describedScope(value, description string) scope {
	return scope{Value: value, Description: &description}
}

// seededClients starts with the global client that lists of clients contain (API contract 6.2). It has no secret, so
// nobody can use it.
var seededClients = []client{
	{
		ClientID: globalClientID, Name: "All Applications", IsFirstParty: true, IsGlobal: true,
		GrantTypes: []string{"authorization_code", "implicit", "refresh_token", clientCredentials},
	},
	{
		ClientID: ManagementClientID, Secret: ManagementClientSecret, Name: "Management Client", IsFirstParty: true,
		AppType: "non_interactive", AuthMethod: "client_secret_post", GrantTypes: []string{clientCredentials},
	},
	{
		ClientID: MachineClientID, Secret: MachineClientSecret, Name: "Machine Client", IsFirstParty: true,
		AppType: "non_interactive", AuthMethod: "client_secret_post", GrantTypes: []string{clientCredentials},
	},
	{
		ClientID: WebClientID, Secret: WebClientSecret, Name: "Web Client", IsFirstParty: true,
		AppType: "regular_web", AuthMethod: "client_secret_post",
		GrantTypes: []string{"authorization_code", "implicit", "refresh_token"},
	},
}
