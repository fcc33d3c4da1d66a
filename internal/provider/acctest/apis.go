// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// Adoptable is the body of an API that was created outside of Terraform.
const Adoptable = `{"identifier":"https://orders.example.com","name":"Theirs","token_lifetime":1234}`

// Answer is the tenant's response for an API with the given properties.
func Answer(id, properties string) string {
	return fmt.Sprintf(`{"id":%q,"identifier":"https://orders.example.com","allow_offline_access":false,"signing_alg":"RS256",
		"skip_consent_for_verifiable_first_party_clients":false,"token_lifetime":86400,"token_lifetime_for_web":7200,
		"subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}}%s}`, id, properties)
}

// Respond is a response in JSON.
func Respond(status int, body string) testserver.Fault {
	return testserver.Respond(status, "application/json", body)
}

// OrdersAPI is the identifier of the API in OrdersConfig, and OrdersName its address.
const (
	OrdersAPI  = "https://orders.example.com"
	OrdersName = "m2m_resource_server.orders"
)

// OrdersConfig is the configuration of one API with the given attributes.
func OrdersConfig(attributes ...string) string {
	return fmt.Sprintf("resource \"m2m_resource_server\" \"orders\" {\n  identifier = %q\n  %s\n}\n",
		OrdersAPI, strings.Join(attributes, "\n  "))
}

// OrdersValue checks an attribute of that API.
func OrdersValue(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(OrdersName, tfjsonpath.New(attribute), check)
}

// OrdersPost is the request that creates that API with additional properties, in JSON.
func OrdersPost(properties string) string {
	return fmt.Sprintf(`POST resource-servers {"identifier":%q%s}`, OrdersAPI, properties)
}

// ScopesPatch is the update that sets the scopes of an API, in JSON.
func ScopesPatch(scopes string) string {
	return `PATCH resource-servers/{id} {"scopes":[` + scopes + `]}`
}

// SystemName is the address of the system API in SystemConfig.
const SystemName = "m2m_resource_server.system"

// SystemConfig is the configuration of a system API.
func SystemConfig(identifier string, attributes ...string) string {
	return fmt.Sprintf(
		"resource \"m2m_resource_server\" \"system\" {\n  identifier = %q\n  %s\n}\n", identifier,
		strings.Join(attributes, "\n  "),
	)
}

// ResourceServerPath is the path of an API by its identifier.
func ResourceServerPath(identifier string) string {
	return "/api/v2/resource-servers/" + url.PathEscape(identifier)
}
