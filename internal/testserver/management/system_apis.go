// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// checkSystemPatch checks a body against the properties of a system API that can be changed (API
// contract 3.12).
func checkSystemPatch(api tenant.ResourceServer, given schema.Document) error {
	accepted := updateSystemResourceServerSchema
	if api.IsManagementAPI() {
		accepted = updateManagementAPISchema
	}
	if wrong := accepted.PayloadViolations(map[string]any(given)); wrong.Any() {
		return errSystemResourceServerRules.With(wrong.String())
	}
	return nil
}

// updateManagementAPISchema has the properties of the Management API that can be changed.
var updateManagementAPISchema = schema.Schema{Properties: []schema.Property{
	{
		Name: "token_lifetime", Kind: schema.Integer, Max: tenant.MaxTokenLifetime,
		Description: tokenLifetimeText,
	},
	{
		Name:        "skip_consent_for_verifiable_first_party_clients",
		Kind:        schema.Boolean,
		Description: skipConsentText,
	},
	{
		Name:       "subject_type_authorization",
		Kind:       schema.Object,
		Properties: []schema.Property{userPolicy},
	},
}}

// updateSystemResourceServerSchema has the properties of other system APIs that can be changed.
//
// ASSUMED: all but their names and scopes, of which sources say that they are refused, and how
// their tokens are signed.
var updateSystemResourceServerSchema = schema.Schema{Properties: slices.DeleteFunc(slices.Clone(
	writableResourceServerProperties,
), func(p schema.Property) bool {
	return slices.Contains([]string{"name", "scopes", "signing_alg", "signing_secret"}, p.Name)
})}

// systemAPIAnswer lists the scopes of a system API with their keys the other way round (API
// contract 3.2).
type systemAPIAnswer struct {
	tenant.ResourceServer
	Scopes []systemScope `json:"scopes,omitzero"`
}

type systemScope struct {
	Description *string `json:"description,omitzero"`
	Value       string  `json:"value"`
}

func showSystemAPI(api tenant.ResourceServer) systemAPIAnswer {
	answer := systemAPIAnswer{ResourceServer: api}
	for _, one := range api.Scopes {
		answer.Scopes = append(answer.Scopes, systemScope{one.Description, one.Value})
	}
	return answer
}
