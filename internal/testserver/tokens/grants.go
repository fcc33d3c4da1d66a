// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

func (*Service) checkClientGrantType(d *decision) error {
	if !slices.Contains(d.client.GrantTypes, tenant.ClientCredentials) {
		return because(errGrantTypeNotAllowed,
			"The client "+nameOf(d.client)+" cannot use the grant type client_credentials.",
			"Add client_credentials to the client's grant_types.")
	}
	return nil
}

func (s *Service) findAPI(d *decision) (err error) {
	audience := d.params["audience"]
	if audience == "" {
		return because(errAudienceMissing, "The request has no audience.",
			"Send the identifier of the API as audience.")
	}
	if d.api, err = s.store.ResourceServerByIdentifier(audience); err != nil {
		return because(errAudienceUnknown.With(audience),
			"No API has the identifier "+shown(audience)+".", s.similarAPI(audience))
	}
	return nil
}

// findGrant finds the grant that applies to the client at the API. If a third-party client has no
// grant of its own, the default grant applies (API contract 4.2).
func (s *Service) findGrant(d *decision) (err error) {
	d.grant, err = s.store.ClientGrantByKey(tenant.ClientGrantKey{
		ClientID: d.client.ClientID, Audience: d.api.Identifier, SubjectType: tenant.ClientSubject,
	})
	if err != nil && !d.client.IsFirstParty {
		d.grant, err = s.store.ClientGrantByKey(tenant.ClientGrantKey{
			DefaultFor: tenant.ThirdPartyClients, Audience: d.api.Identifier,
			SubjectType: tenant.ClientSubject,
		})
	}
	if err != nil {
		return s.noGrant(d)
	}
	return nil
}

// similarAPI says which API is probably meant by an unknown audience.
func (s *Service) similarAPI(audience string) string {
	bare := strings.TrimRight(strings.TrimSpace(audience), "/")
	for _, candidate := range []string{bare, bare + "/", strings.ToLower(bare)} {
		if found, err := s.store.ResourceServerByIdentifier(candidate); err == nil {
			return "The audience must equal the identifier byte for byte: send " +
				shown(found.Identifier) + "."
		}
	}
	if found, err := s.store.ResourceServer(tenant.Present, audience); err == nil {
		return "This is the id of an API. Send its identifier, " + shown(found.Identifier) + "."
	}
	return "Create the API, or send the identifier of an API that exists."
}

// noGrant says what the client has instead of a grant for machines.
func (s *Service) noGrant(d *decision) error {
	why := []string{
		"The client " + nameOf(d.client) + " has no grant for the API " + apiName(d.api) + ".",
	}
	for _, subject := range []string{"user", "anonymous_user"} {
		other, err := s.store.ClientGrantByKey(tenant.ClientGrantKey{
			ClientID: d.client.ClientID, Audience: d.api.Identifier, SubjectType: subject,
		})
		if err == nil {
			why = append(why, "Its grant "+other.ID+" is for the subject type "+subject+
				" and gives no tokens to machines.")
		}
	}
	change := "Create a client grant of this client for this API."
	if !d.client.IsFirstParty {
		change = "Create a client grant of this client for this API, or a default grant for " +
			"third-party clients."
	}
	return because(d.notGranted(), strings.Join(why, " "), change)
}

// checkPolicy refuses a grant that has no effect: the API denies all clients (API contract 3.5), or
// it is a system API, which never issues tokens to third-party clients (API contract 6.1).
//
// ASSUMED: both get the refusal for a missing grant (API contract 9.4).
func (*Service) checkPolicy(d *decision) error {
	switch {
	case d.api.SubjectTypeAuthorization.Client.Policy == tenant.DenyAll:
		return because(d.notGranted(),
			"The API "+apiName(d.api)+" denies all clients, so the grant has no effect.",
			"Set subject_type_authorization.client.policy of the API to require_client_grant.")
	case d.api.IsSystem && !d.client.IsFirstParty:
		return because(d.notGranted(),
			"The API "+apiName(d.api)+" is a system API, and the client is a third-party client.",
			"Use a first-party client.")
	}
	return nil
}

func (d *decision) notGranted() *wire.Refusal {
	refusal := errNotGranted
	if !d.client.IsFirstParty {
		refusal = errThirdPartyNotGranted
	}
	return refusal.With(d.client.ClientID, d.api.Identifier)
}
