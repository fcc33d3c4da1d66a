// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// clientRules are what checkClient and the store refuse, for the route table.
var clientRules = []*wire.Refusal{
	errGrantTypes, errLinkedAPI, errTwoAuthMethods, errAttachedCredential, tenant.ErrNoOrganization,
}

// thirdPartyGrantTypes are all that a third-party client can have (API contract 6.1).
var thirdPartyGrantTypes = []string{"authorization_code", "refresh_token", tenant.ClientCredentials}

// checkClient checks the rules for clients that no schema can express.
func checkClient(c tenant.Client) error {
	allowed := tenant.GrantTypes
	if !c.IsFirstParty {
		allowed = thirdPartyGrantTypes
	}
	unknown := slices.DeleteFunc(slices.Clone(c.GrantTypes), func(name string) bool {
		return slices.Contains(allowed, name)
	})
	switch {
	case len(unknown) > 0:
		return errGrantTypes.With(strings.Join(unknown, ", "))
	case c.ResourceServerIdentifier != "" && c.AppType != tenant.ResourceServerType:
		return errLinkedAPI
	case c.AuthenticationMethods != nil && c.TokenEndpointAuthMethod != nil:
		return errTwoAuthMethods
	case c.AuthenticationMethods != nil:
		return checkAttached(c)
	}
	return nil
}

// checkAttached makes sure that a client authenticates by credentials of its own, and each by the
// method it is for.
func checkAttached(c tenant.Client) error {
	for method, attached := range c.AuthenticationMethods {
		for _, reference := range attached.Credentials {
			i := c.FindCredential(reference.ID)
			if i < 0 || c.Credentials[i].Type != tenant.Attachable[method] {
				return errAttachedCredential.With(method, reference.ID)
			}
		}
	}
	return nil
}
