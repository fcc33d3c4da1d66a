// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"fmt"
	"slices"
)

// The tenant that every server starts with. The credentials are the same on every server, so they are worth nothing.
const (
	// ManagementClientID is the client that may call every endpoint of the Management API.
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

// managementIdentifier ends in a slash (API contract 1.1).
func (s *Server) managementIdentifier() string { return s.iss() + managementPath }

// populate gives the tenant its first state, and then the state that its file has kept, if there is one. That comes last,
// because the first state is what Reset goes back to.
func (s *Server) populate(config Config) error {
	if err := s.setPlan(config.WithoutFeatures); err != nil {
		return err
	}
	if err := s.makeSigningKeys(config.SigningKeys); err != nil {
		return err
	}
	if err := s.seed(); err != nil {
		return fmt.Errorf("seed the tenant: %w", err)
	}
	if err := s.seedFrom(config.Tenant); err != nil {
		return fmt.Errorf("seed the tenant: %w", err)
	}
	s.store.settle()
	s.seeded = s.store.snapshot(s.iss())
	return s.keepIn(config.Data)
}

// seed adds what every server has.
func (s *Server) seed() error {
	for _, one := range seededClients() {
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
		Scope:       s.managementClientScopes(),
		SubjectType: clientSubject,
	}, func(*clientGrant, resourceServer) error { return nil })
	return err
}

// managementClientScopes are those that this server's endpoints ask for. A token with all that the Management API defines
// would be some kilobytes longer.
func (s *Server) managementClientScopes() []string {
	var needed []string
	for _, r := range s.routes {
		for _, value := range r.scopes {
			if !slices.Contains(needed, value) {
				needed = append(needed, value)
			}
		}
	}
	return needed
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
func seededClients() []client {
	userFlows := []string{"authorization_code", "implicit", "refresh_token"}
	clients := []client{
		{
			ClientID: globalClientID, Name: "All Applications", IsGlobal: true,
			GrantTypes: append(slices.Clone(userFlows), clientCredentials),
		},
		{
			ClientID: ManagementClientID, Secret: ManagementClientSecret, Name: "Management Client",
			AppType: "non_interactive", GrantTypes: []string{clientCredentials},
		},
		{
			ClientID: MachineClientID, Secret: MachineClientSecret, Name: "Machine Client",
			AppType: "non_interactive", GrantTypes: []string{clientCredentials},
		},
		{
			ClientID: WebClientID, Secret: WebClientSecret, Name: "Web Client",
			AppType: "regular_web", GrantTypes: userFlows,
		},
	}
	for i := range clients {
		one := &clients[i]
		one.IsFirstParty, one.CustomLoginPageOn = true, true
		one.RefreshToken, one.JWTConfiguration = defaultRefreshToken(2_592_000, 1_296_000), defaultJWTConfiguration()
		if !one.IsGlobal {
			one.TokenEndpointAuthMethod = new("client_secret_post")
		}
	}
	return clients
}
