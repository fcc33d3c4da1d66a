// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// entitle decides what an authenticated client gets.
func (s *Service) entitle(who tenant.Client, params tokenParams) (entitlement, error) {
	audience := params["audience"]
	switch {
	case !slices.Contains(who.GrantTypes, tenant.ClientCredentials):
		return entitlement{}, errGrantTypeNotAllowed
	case audience == "":
		return entitlement{}, errAudienceMissing
	}
	api, err := s.store.ResourceServerByIdentifier(audience)
	if err != nil {
		return entitlement{}, errAudienceUnknown.With(audience)
	}
	grant, err := s.grantFor(who, api)
	if err != nil {
		return entitlement{}, err
	}
	entitled := entitlement{api: api, clientID: who.ClientID}
	if entitled.scopes, err = narrow(issuable(grant, api), params["scope"]); err != nil {
		return entitlement{}, err
	}
	entitled.organization, err = s.useOrganization(who, grant, params["organization"])
	return entitled, err
}

// grantFor returns the grant that applies to a client at an API. If a third-party client has no
// grant of its own, the default grant applies (API contract 4.2). A system API never issues tokens
// to third-party clients (API contract 6.1).
//
// ASSUMED: deny_all, and a third-party client at a system API, get the refusal for a missing grant
// (API contract 9.4).
func (s *Service) grantFor(
	who tenant.Client, api tenant.ResourceServer,
) (tenant.ClientGrant, error) {
	notGranted := errNotGranted
	if !who.IsFirstParty {
		notGranted = errThirdPartyNotGranted
	}
	closed := api.SubjectTypeAuthorization.Client.Policy == tenant.DenyAll ||
		(api.IsSystem && !who.IsFirstParty)
	grant, err := s.store.ClientGrantByKey(tenant.ClientGrantKey{
		ClientID: who.ClientID, Audience: api.Identifier, SubjectType: tenant.ClientSubject,
	})
	if err != nil && !who.IsFirstParty {
		grant, err = s.store.ClientGrantByKey(tenant.ClientGrantKey{
			DefaultFor: tenant.ThirdPartyClients, Audience: api.Identifier,
			SubjectType: tenant.ClientSubject,
		})
	}
	if err != nil || closed {
		return tenant.ClientGrant{}, notGranted.With(who.ClientID, api.Identifier)
	}
	return grant, nil
}
