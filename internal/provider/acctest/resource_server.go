// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"regexp"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/lives"
)

// ResourceServer is m2m_resource_server.
var ResourceServer = &Resource{
	Type: "m2m_resource_server",
	Destroy: func(attributes map[string]string) string {
		return "DELETE resource-servers/" + attributes["id"]
	},
	ImportKey: func(object map[string]any) string { return object["identifier"].(string) },
	Lives:     []func() *lives.Table{lives.ResourceServer, lives.WriteOnlySecret},
	Contract: `
		identifier name scopes scopes.value=scopes scopes.description=scopes signing_alg
		signing_secret allow_offline_access allow_online_access
		allow_online_access_with_ephemeral_sessions token_lifetime token_lifetime_for_web
		token_dialect enforce_policies skip_consent_for_verifiable_first_party_clients
		subject_type_authorization subject_type_authorization.user
		subject_type_authorization.user.policy subject_type_authorization.client
		subject_type_authorization.client.policy token_encryption token_encryption.format
		token_encryption.encryption_key token_encryption.encryption_key.alg
		token_encryption.encryption_key.pem token_encryption.encryption_key.name
		token_encryption.encryption_key.kid consent_policy authorization_details
		authorization_details.type proof_of_possession proof_of_possession.mechanism
		proof_of_possession.required proof_of_possession.required_for authorization_policy
		authorization_policy.policy_id`,
	Example: Example{
		Writes: []string{
			"POST resource-servers", "POST resource-servers", "POST resource-servers",
		},
		Address: OrdersName,
		ID:      regexp.MustCompile(`[0-9a-f]{24}`),
		Existing: func(d Dashboard) (string, string) {
			return d.Create(
				"/api/v2/resource-servers", `{"identifier":"https://orders.example.com"}`,
			), ""
		},
		Planned: plancheck.ResourceActionUpdate,
		ImportWrites: []string{
			"PATCH resource-servers/{id}", "POST resource-servers", "POST resource-servers",
		},
	},
}
