// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

func (*Service) checkClientGrantType(d *decision) error {
	if !slices.Contains(d.client.GrantTypes, tenant.ClientCredentials) {
		return errGrantTypeNotAllowed
	}
	return nil
}

func (s *Service) findAPI(d *decision) (err error) {
	audience := d.params["audience"]
	if audience == "" {
		return errAudienceMissing
	}
	if d.api, err = s.store.ResourceServerByIdentifier(audience); err != nil {
		return errAudienceUnknown.With(audience)
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
		return d.notGranted()
	}
	return nil
}

// checkPolicy refuses a grant that has no effect: the API denies all clients (API contract 3.5), or
// it is a system API, which never issues tokens to third-party clients (API contract 6.1).
//
// ASSUMED: both get the refusal for a missing grant (API contract 9.4).
func (*Service) checkPolicy(d *decision) error {
	if d.api.SubjectTypeAuthorization.Client.Policy == tenant.DenyAll ||
		(d.api.IsSystem && !d.client.IsFirstParty) {
		return d.notGranted()
	}
	return nil
}

func (d *decision) notGranted() error {
	refusal := errNotGranted
	if !d.client.IsFirstParty {
		refusal = errThirdPartyNotGranted
	}
	return refusal.With(d.client.ClientID, d.api.Identifier)
}
