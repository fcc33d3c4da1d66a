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
	call      *routing.Call
	trusted   bool // The client counts as authenticated, without credentials.
	rehearsal bool // Nothing is counted or remembered.

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
	found func(*decision) string // What the check has found, in a sentence, after it has passed.
}

// steps are all checks of a token request, in the order of API contract 9.4.
//
// ASSUMED: quotas come last, because they count issued tokens.
var steps = []step{
	{"request", (*Service).readRequest, (*decision).foundRequest},
	{"grant_type", (*Service).checkGrantType, (*decision).foundGrantType},
	{"client", (*Service).authenticateClient, (*decision).foundClient},
	{"client_grant_type", (*Service).checkClientGrantType, (*decision).foundClientGrantType},
	{"api", (*Service).findAPI, (*decision).foundAPI},
	{"grant", (*Service).findGrant, (*decision).foundGrant},
	{"policy", (*Service).checkPolicy, (*decision).foundPolicy},
	{"scopes", (*Service).chooseScopes, (*decision).foundScopes},
	{"organization", (*Service).chooseOrganization, (*decision).foundOrganization},
	{"action", (*Service).act, (*decision).foundAction},
	{"quota", (*Service).takeQuota, (*decision).foundQuota},
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
		return because(errNoGrantType, "The request has no grant_type.",
			"Send grant_type=client_credentials.")
	case given == tenant.ClientCredentials:
		return nil
	case slices.Contains(tenant.GrantTypes, given):
		refused := errGrantTypeNotImplemented.With(given)
		d.call.Warning = refused.Text
		return because(refused, "This server has only the grant type client_credentials.",
			"Send grant_type=client_credentials.")
	default:
		return because(errUnknownGrantType.With(given),
			"The tenant does not know this grant type.",
			"Send grant_type=client_credentials.")
	}
}
