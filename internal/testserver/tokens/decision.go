// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"net/http"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// decision is a token request on its way through the steps. Each step adds what it has found.
type decision struct {
	call *routing.Call

	params tokenParams
	client tenant.Client
	grant  tenant.ClientGrant
	limits http.Header // Reports the quotas.
	entitlement
}

// step is one check of a token request. On success, later steps use what it adds to the decision.
type step struct {
	name  string
	check func(*Service, *decision) error
}

// steps are all checks of a token request, in the order of API contract 9.4.
//
// ASSUMED: quotas come last, because they count issued tokens.
var steps = []step{
	{"request", (*Service).readRequest},
	{"grant_type", (*Service).checkGrantType},
	{"client", (*Service).authenticateClient},
	{"client_grant_type", (*Service).checkClientGrantType},
	{"api", (*Service).findAPI},
	{"grant", (*Service).findGrant},
	{"policy", (*Service).checkPolicy},
	{"scopes", (*Service).chooseScopes},
	{"organization", (*Service).chooseOrganization},
	{"action", (*Service).act},
	{"quota", (*Service).takeQuota},
}

// decide takes the steps in order. It returns how many have passed, and the error of the next one.
func (s *Service) decide(d *decision) (passed int, err error) {
	for i, next := range steps {
		if err := next.check(s, d); err != nil {
			return i, err
		}
	}
	return len(steps), nil
}

func (s *Service) readRequest(d *decision) (err error) {
	d.params, err = readTokenParams(d.call)
	return err
}

func (*Service) checkGrantType(d *decision) error {
	switch given := d.params["grant_type"]; {
	case given == "":
		return errNoGrantType
	case given == tenant.ClientCredentials:
		return nil
	case slices.Contains(tenant.GrantTypes, given):
		refused := errGrantTypeNotImplemented.With(given)
		d.call.Warning = refused.Text
		return refused
	default:
		return errUnknownGrantType.With(given)
	}
}
