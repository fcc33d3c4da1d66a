// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/incumbent"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
)

const movedID = "68f0a1b2c3d4e5f60718293a"

func TestResourceServer_move(t *testing.T) {
	t.Parallel()
	key := testkeys.PublicPEM()
	thumbprint, err := input.Thumbprint(key)
	if err != nil {
		t.Fatal(err)
	}
	const least = `{"id":"` + movedID +
		`","identifier":"urn:a","authorization_details":[]}`
	encryption := func(pem, properties string) string {
		return fmt.Sprintf(`{"id":%q,"identifier":"urn:a","token_encryption":[{"format":"","disable":false,"encryption_key":[
			{"name":"","algorithm":"RSA-OAEP-256","kid":"k","pem":%q}]%s}]}`, movedID, pem,
			properties)
	}
	for name, c := range map[string]protocol.MoveCase{
		"of version 0.30": {
			Address: incumbent.FirstAddress,
			State: `{"id":"` + movedID +
				`","identifier":"urn:a","name":"A","signing_alg":"hs256","signing_secret":"hush","allow_offline_access":true,
				"skip_consent_for_verifiable_first_party_clients":true,"enforce_policies":false,"token_lifetime":3600,"token_lifetime_for_web":1800,
				"verification_location":"","token_dialect":"","scopes":[{"value":"a","description":"A"},{"value":"b","description":""}],"options":{}}`,
			Want: `{"id":"` + movedID +
				`","identifier":"urn:a","name":"A","signing_alg":"HS256","signing_secret":"hush","allow_offline_access":true,
				"skip_consent_for_verifiable_first_party_clients":true,"enforce_policies":false,"token_lifetime":3600,"token_lifetime_for_web":1800,
				"scopes":{"a":"A","b":""},"authorization_details":[]}`,
		},
		"with removed attributes": {
			State: `{"id":"` + movedID +
				`","identifier":"urn:a","verification_location":"https://a.example.com","options":{"a":"hush"}}`,
			Want: least,
			Warned: []string{
				`The old state has verification_location and options, which m2m_resource_server does not support.`,
			},
		},
		"of version 0.50": {
			State: `{"id":"` + movedID +
				`","identifier":"urn:a","scopes":[],"signing_alg":"","signing_secret":""}`,
			Want: least,
		},
		"of version 1.0": {
			State: `{"id":"` + movedID + `","identifier":"urn:a","name":""}`,
			Want:  least,
		},
		"of version 1.10 without own values": {
			State: `{"id":"` + movedID +
				`","identifier":"urn:a","consent_policy":"null","authorization_details":[{"type":"","disable":true}],
				"token_encryption":[{"disable":true,"format":"","encryption_key":[]}],
				"proof_of_possession":[{"mechanism":"","required":false,"disable":true}]}`,
			Want: least,
		},
		"of version 1.10 that disables what it also sets": {
			State: `{"id":"` + movedID +
				`","identifier":"urn:a","authorization_details":[{"type":"a","disable":true}],
				"token_encryption":[{"disable":true,"format":"compact-nested-jwe","encryption_key":[{"algorithm":"RSA-OAEP-256","pem":"x"}]}],
				"proof_of_possession":[{"mechanism":"mtls","required":true,"disable":true}]}`,
			Want: least,
		},
		"of version 1.55 with nothing set": {
			State: `{"id":"` + movedID +
				`","identifier":"urn:a","consent_policy":"","authorization_details":[],"token_encryption":[],
				"proof_of_possession":[],"subject_type_authorization":[],"client_id":"","authorization_policy":[],"is_system":false}`,
			Want: least,
		},
		"of version 1.55 with everything": {
			State: `{"id":"` + movedID +
				`","identifier":"urn:a","name":"A","signing_alg":"RS256","consent_policy":"transactional-authorization-with-mfa",
				"token_dialect":"rfc9068_profile","authorization_details":[{"type":"a","disable":false},{"type":"b","disable":null}],
				"proof_of_possession":[{"mechanism":"dpop","required":true,"required_for":"all_clients","disable":false}],
				"subject_type_authorization":[{"user":[{"policy":"deny_all"}],"client":[]}],"client_id":"c","allow_online_access":true,
				"allow_online_access_with_ephemeral_sessions":false,"authorization_policy":[{"policy_id":"pol_1"}],"is_system":true}`,
			Want: `{"id":"` + movedID +
				`","identifier":"urn:a","name":"A","signing_alg":"RS256","consent_policy":"transactional-authorization-with-mfa",
				"token_dialect":"rfc9068_profile","authorization_details":[{"type":"a"},{"type":"b"}],
				"proof_of_possession":{"mechanism":"dpop","required":true,"required_for":"all_clients"},
				"subject_type_authorization":{"user":{"policy":"deny_all"}},"client_id":"c","allow_online_access":true,
				"allow_online_access_with_ephemeral_sessions":false,"authorization_policy":{"policy_id":"pol_1"},"is_system":true}`,
		},
		"with a key": {
			State: encryption(key, ""),
			Want: fmt.Sprintf(`{"id":%q,"identifier":"urn:a","authorization_details":[],"token_encryption":{"format":"compact-nested-jwe",
				"encryption_key":{"alg":"RSA-OAEP-256","kid":"k","pem":%q,"thumbprint_sha256":%q}}}`, movedID, key, thumbprint),
		},
		"with a key that was imported": {
			State: encryption("", ""),
			Want: fmt.Sprintf(`{"id":%q,"identifier":"urn:a","authorization_details":[],"token_encryption":{"format":"compact-nested-jwe",
				"encryption_key":{"alg":"RSA-OAEP-256","kid":"k"}}}`, movedID),
		},
		"of a later version": {
			Version: 2,
			State:   `{"id":"` + movedID + `","identifier":"urn:a","new":{"a":[1]}}`,
			Want:    least,
		},
		"from a mirror": {
			Address: "mirror.example.com/platform/auth0",
			State:   `{"id":"` + movedID + `","identifier":"urn:a"}`,
			Want:    least,
		},
		"imported by identifier": {
			State: `{"id":"urn:a"}`,
			Want:  `{"id":"urn:a","identifier":"urn:a","authorization_details":[]}`,
		},
		"without its id": {
			State: `{"id":"","identifier":"urn:a"}`,
			Want:  `{"id":"urn:a","identifier":"urn:a","authorization_details":[]}`,
		},
		"with its id alone": {State: `{"id":"` + movedID + `"}`, Refused: "it contains no identifier"},
		"empty":             {State: `{}`, Refused: "it contains no identifier"},
		"of other types": {
			State:   `{"identifier":"urn:a","token_lifetime":"hush"}`,
			Refused: "its attribute token_lifetime has an unexpected type (string)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.Run(t, "m2m_resource_server", "auth0_resource_server", "identifier")
		})
	}
}

// incumbentAPI is the part of the schema of auth0_resource_server that tests need.
func incumbentAPI() schema.Schema {
	s := incumbent.StringsSchema(
		"id", "identifier", "name", "signing_alg", "signing_secret", "consent_policy",
		"verification_location", "token_dialect",
	)
	list := func(attributes map[string]schema.Attribute) schema.Attribute {
		return schema.ListNestedAttribute{
			Optional:     true,
			NestedObject: schema.NestedAttributeObject{Attributes: attributes},
		}
	}
	key := list(incumbent.StringsSchema("name", "algorithm", "kid", "pem").Attributes)
	encryption := incumbent.StringsSchema("format").Attributes
	encryption["encryption_key"] = key
	s.Attributes["token_encryption"] = list(encryption)
	s.Attributes["token_lifetime"] = schema.Int64Attribute{Optional: true}
	return s
}

// The auth0 provider keeps the scopes in another resource, and only its state has the key.
func TestAccResourceServer_moved(t *testing.T) {
	n := acctest.NewTenant(t)
	key := testkeys.PublicPEM()
	id := n.Create("/api/v2/resource-servers",
		fmt.Sprintf(`{"identifier":%q,"name":"Orders","token_lifetime":3600,
		"scopes":[{"value":"read:orders","description":"Read orders"},{"value":"write:orders"}],
		"signing_alg":"HS256","signing_secret":"0123456789abcdef",
		"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","kid":"k1","pem":%q}}}`, acctest.OrdersAPI, key))
	old := fmt.Sprintf(`resource "auth0_resource_server" "orders" {
  id = %q
  identifier = %q
  name = "Orders"
  signing_alg = "HS256"
  signing_secret = "0123456789abcdef"
  consent_policy = "null"
  verification_location = ""
  token_dialect = ""
  token_lifetime = 3600
  token_encryption = [{
    format = "compact-nested-jwe"
    encryption_key = [{ name = "", algorithm = "RSA-OAEP-256", kid = "k1", pem = %s}]
  }]
}
`, id, acctest.OrdersAPI, acctest.Heredoc(key))
	n.TestMove(
		map[string]schema.Schema{"auth0_resource_server": incumbentAPI()},
		old, "auth0_resource_server.orders",
		acctest.OrdersConfig(
			`name = "Orders"`, `token_lifetime = 3600`, `signing_alg = "HS256"`,
			`signing_secret = "0123456789abcdef"`,
			`scopes = { "read:orders" = "Read orders", "write:orders" = null }`,
			`token_encryption = { encryption_key = { alg = "RSA-OAEP-256", kid = "k1", pem = `+
				acctest.Heredoc(key)+`} }`,
		), acctest.OrdersName,
		acctest.OrdersValue("id", knownvalue.StringExact(id)),
		acctest.OrdersValue("scopes", knownvalue.MapSizeExact(2)),
		acctest.OrdersValue("token_lifetime_for_web", knownvalue.Int64Exact(7200)),
	)
}

// The auth0 provider has no PEM for an imported API; the thumbprint identifies the key.
func TestAccResourceServer_movedWithoutPEM(t *testing.T) {
	n, thumbprint, _ := tenantThatEncrypts(t)
	old := fmt.Sprintf(`resource "auth0_resource_server" "orders" {
  id = %q
  identifier = %q
  token_encryption = [{ format = "compact-nested-jwe", encryption_key = [{ name = "", algorithm = "RSA-OAEP-256", kid = "k1", pem = "" }] }]
}
`, acctest.OrdersAPI, acctest.OrdersAPI)
	n.TestMove(map[string]schema.Schema{"auth0_resource_server": incumbentAPI()},
		old, "auth0_resource_server.orders",
		encryptionConfig(heldKey+pemArgument(testkeys.SomePEMs()[1])), acctest.OrdersName,
		statecheck.ExpectKnownValue(acctest.OrdersName, tfjsonpath.New(
			"token_encryption",
		).AtMapKey("encryption_key").AtMapKey("thumbprint_sha256"),
			knownvalue.StringExact(thumbprint)))
}

// Early versions could store the identifier as the id.
func TestAccResourceServer_movedWithoutID(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.Create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, acctest.OrdersAPI))
	old := fmt.Sprintf(
		"resource \"auth0_resource_server\" \"orders\" {\n  id = %q\n  identifier = %q\n}\n",
		acctest.OrdersAPI, acctest.OrdersAPI,
	)
	n.TestMove(map[string]schema.Schema{"auth0_resource_server": incumbentAPI()},
		old, "auth0_resource_server.orders", acctest.OrdersConfig(), acctest.OrdersName,
		acctest.OrdersValue("id", knownvalue.StringExact(id)))
}
