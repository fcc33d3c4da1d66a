// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"slices"
)

// The tenant that every server starts with. The credentials are the same on every server and
// protect nothing.
const (
	// ManagementClientID is a client that can call every endpoint of the Management API.
	ManagementClientID     = "ReferenceManagementClient0000001"
	ManagementClientSecret = "this-is-not-a-secret_management-client_0000000000000000000000000"

	// MachineClientID is a machine-to-machine client without any grant.
	MachineClientID     = "ReferenceMachineClient0000000001"
	MachineClientSecret = "this-is-not-a-secret_machine-client_0000000000000000000000000000"

	// WebClientID is a regular web application, which cannot use the client credentials flow.
	WebClientID     = "ReferenceWebClient00000000000001"
	WebClientSecret = "this-is-not-a-secret_web-client_00000000000000000000000000000000"

	// SampleAPIAudience is the identifier of the API that the sample API represents by default. It
	// defines the scopes read:orders and write:orders.
	SampleAPIAudience = "https://sample-api.example.com"
)

// Names and ids that are the same on every server.
const (
	Name              = "reference"
	globalClientID    = "ReferenceAllApplications00000001"
	SampleAPIID       = "6800000000000000000000b2"
	ManagementGrantID = "cgr_Reference0000001"
)

func (s *Store) sampleAPI() ResourceServer {
	api := NewResourceServer(s.Now())
	api.ID = SampleAPIID
	api.Name = "Sample API"
	api.Identifier = SampleAPIAudience
	api.Scopes = []Scope{
		describedScope("read:orders", "Read orders"),
		describedScope("write:orders", "Write orders"),
	}
	return api
}

// seededClients returns the seeded clients. The first is the global client, which lists of clients
// contain (API contract 6.2). It has no secret, so nobody can use it.
func seededClients() []Client {
	userFlows := []string{"authorization_code", "implicit", "refresh_token"}
	clients := []Client{
		{
			ClientID: globalClientID, Name: "All Applications", IsGlobal: true,
			GrantTypes: append(slices.Clone(userFlows), ClientCredentials),
		},
		{
			ClientID: ManagementClientID, Secret: ManagementClientSecret, Name: "Management Client",
			AppType: "non_interactive", GrantTypes: []string{ClientCredentials},
		},
		{
			ClientID: MachineClientID, Secret: MachineClientSecret, Name: "Machine Client",
			AppType: "non_interactive", GrantTypes: []string{ClientCredentials},
		},
		{
			ClientID: WebClientID, Secret: WebClientSecret, Name: "Web Client",
			AppType: "regular_web", GrantTypes: userFlows,
		},
	}
	for i := range clients {
		one := &clients[i]
		one.IsFirstParty, one.CustomLoginPageOn = true, true
		one.RefreshToken, one.JWTConfiguration = DefaultRefreshToken(
			2_592_000, 1_296_000,
		), DefaultJWTConfiguration()
		if !one.IsGlobal {
			one.TokenEndpointAuthMethod = new("client_secret_post")
		}
	}
	return clients
}

// Seed adds the objects that every server starts with. The grant of the management client gets the
// given scopes.
func (s *Store) Seed(scopes []string) error {
	for _, one := range seededClients() {
		if err := s.AddClient(one); err != nil {
			return err
		}
	}
	for _, api := range []ResourceServer{s.managementAPI(), s.sampleAPI()} {
		if err := s.AddResourceServer(api); err != nil {
			return err
		}
	}
	_, err := s.AddClientGrant(ClientGrant{
		ID:          ManagementGrantID,
		ClientID:    ManagementClientID,
		Audience:    s.ManagementIdentifier(),
		Scope:       scopes,
		SubjectType: ClientSubject,
	}, func(*ClientGrant, ResourceServer) error { return nil })
	return err
}
