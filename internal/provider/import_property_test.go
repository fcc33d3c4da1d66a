// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// tenantObject is an object to create at the dashboard and to import.
type tenantObject struct {
	properties map[string]any
	byKey      bool            // Imported by its natural key instead of its id.
	omitted    map[string]bool // Omitted from the configuration, if that is allowed.
	empties    bool            // Missing values are empty in the configuration, not null.
}

// generatedTenant is the content of a tenant when Terraform first reads it.
type generatedTenant struct{ apis, grants []tenantObject }

// kept lists the properties that a configuration can leave to the tenant.
var kept = []string{
	"name", "scopes", "signing_alg", "signing_secret", "token_lifetime", "token_lifetime_for_web",
	"token_dialect", "enforce_policies",
	"allow_offline_access", "skip_consent_for_verifiable_first_party_clients",
	"subject_type_authorization",
}

// mayOmit lists kept and the properties that identify the encryption key.
var mayOmit = slices.Concat(kept, []string{"pem", "thumbprint_sha256"})

// someTenant generates a random tenant.
var someTenant = rapid.Custom(func(t *rapid.T) generatedTenant {
	var out generatedTenant
	for i := range 8 {
		api := drawAPI(t, i)
		out.apis = append(out.apis, api)
		holders := []map[string]any{
			{"client_id": testserver.MachineClientID},
			{"client_id": testserver.WebClientID},
			{"default_for": "third_party_clients"},
		}
		for _, holder := range holders {
			for _, subject := range rapid.SliceOfDistinct(
				rapid.SampledFrom([]string{"client", "user"}), rapid.ID[string],
			).Draw(t, "subjects") {
				properties := maps.Clone(holder)
				properties["audience"], properties["subject_type"] = api.properties["identifier"], subject
				out.grants = append(out.grants, drawGrant(t, properties))
			}
		}
	}
	return out
})

var (
	someText = rapid.SampledFrom([]string{
		"a", "read:orders", "x y", "ü", "${a}", "%{ if a }", "a\"b\\c", "$", "'",
	})
	someNames = rapid.SliceOfNDistinct(
		rapid.SampledFrom([]string{"a", "b:c", "read:orders", "${x}", "%{y}", "ü", "/z"}), 0, 4,
		rapid.ID[string],
	)
)

func drawAPI(t *rapid.T, i int) tenantObject {
	properties := map[string]any{
		"identifier": fmt.Sprintf("https://api%d.example.com", i) +
			rapid.SampledFrom([]string{
				"", "/", "/a b", "/%2F", "/100%", "::user", "/ü", "?a=b#c", "/${a}", "/c::d",
			}).Draw(t, "identifier"),
	}
	maybe := func(name string, draw func() any) {
		if rapid.Bool().Draw(t, name) {
			properties[name] = draw()
		}
	}
	maybe("name", func() any { return someText.Draw(t, "name") })
	maybe("scopes", func() any {
		scopes := []any{}
		for _, value := range someNames.Draw(t, "scopes") {
			scope := map[string]any{"value": value}
			if rapid.Bool().Draw(t, "described") {
				scope["description"] = rapid.OneOf(rapid.Just(""), someText).Draw(t, "description")
			}
			scopes = append(scopes, scope)
		}
		return scopes
	})
	maybe("signing_alg", func() any {
		return rapid.SampledFrom([]string{"RS256", "RS512", "PS256", "HS256"}).Draw(t, "alg")
	})
	maybe("token_lifetime", func() any { return rapid.IntRange(0, 2592000).Draw(t, "lifetime") })
	for _, name := range []string{
		"enforce_policies", "allow_offline_access",
		"skip_consent_for_verifiable_first_party_clients",
	} {
		maybe(name, func() any { return rapid.Bool().Draw(t, name) })
	}
	maybe("token_dialect", func() any {
		return rapid.SampledFrom([]string{"access_token", "rfc9068_profile"}).Draw(t, "dialect")
	})
	maybe("subject_type_authorization", func() any {
		return map[string]any{"user": map[string]any{
			"policy": rapid.SampledFrom([]string{"allow_all", "deny_all"}).Draw(t, "policy"),
		}}
	})
	maybe("consent_policy", func() any { return "transactional-authorization-with-mfa" })
	maybe("authorization_details", func() any {
		return []any{
			map[string]any{"type": "payment"}, map[string]any{"type": "ü"},
		}[:rapid.IntRange(0, 2).Draw(t, "details")]
	})
	maybe("token_encryption", func() any { return drawEncryption(t) })
	maybe("proof_of_possession", func() any {
		return map[string]any{"mechanism": "mtls", "required": rapid.Bool().Draw(t, "required")}
	})
	maybe("authorization_policy", func() any { return map[string]any{"policy_id": "pol_1"} })
	omitted := map[string]bool{}
	for _, name := range mayOmit {
		omitted[name] = rapid.Bool().Draw(t, "omit "+name)
	}
	return tenantObject{
		properties, rapid.Bool().Draw(t, "by key"), omitted, rapid.Bool().Draw(t, "empties"),
	}
}

func drawEncryption(t *rapid.T) map[string]any {
	key := map[string]any{
		"alg": "RSA-OAEP-384",
		"pem": rapid.SampledFrom(testkeys.SomePEMs()).Draw(t, "pem"),
	}
	for _, name := range []string{"kid", "name"} {
		if rapid.Bool().Draw(t, name) {
			key[name] = someText.Draw(t, name)
		}
	}
	return map[string]any{"format": "compact-nested-jwe", "encryption_key": key}
}

func drawGrant(t *rapid.T, properties map[string]any) tenantObject {
	if rapid.Bool().Draw(t, "all scopes") {
		properties["allow_all_scopes"] = true
	} else {
		properties["scope"] = someNames.Draw(t, "scope")
	}
	if rapid.Bool().Draw(t, "organizations") {
		properties["organization_usage"] = rapid.SampledFrom([]string{
			"deny", "allow", "require",
		}).Draw(t, "usage")
	}
	if _, ok := properties["client_id"]; ok && rapid.Bool().Draw(t, "any organization") {
		properties["allow_any_organization"] = rapid.Bool().Draw(t, "any")
	}
	if rapid.Bool().Draw(t, "details") {
		properties["authorization_details_types"] = someNames.Draw(t, "types")
	}
	return tenantObject{
		properties: properties,
		byKey:      rapid.Bool().Draw(t, "by key"),
		empties:    rapid.Bool().Draw(t, "empties"),
	}
}

// tenantImport is an object of the tenant to import.
type tenantImport struct {
	address, id string
	config      string // Its resource block, generated from the object in the tenant.
}

// block returns the import block.
func (i tenantImport) block() string {
	return fmt.Sprintf("import {\n  to = %s\n  id = %s\n}\n", i.address, i.id)
}

func newImport(n *acctest.Tenant, address, id, arguments string) tenantImport {
	n.T.Helper()
	typeName, name, _ := strings.Cut(address, ".")
	return tenantImport{
		address, inHCL(n.T, id), fmt.Sprintf("resource %q %q {\n%s}\n", typeName, name, arguments),
	}
}

// imports creates the objects of a generated tenant. It returns their imports, and imports of
// the objects of every tenant, of each single scope, and of an organization's association with
// each grant.
func imports(n *acctest.Tenant, drawn generatedTenant) []tenantImport {
	n.T.Helper()
	management, myAccount := n.URL()+"/api/v2/", n.URL()+"/me/"
	n.Create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q}`, myAccount))
	out := []tenantImport{
		importOf(
			n, tenantObject{byKey: true, omitted: map[string]bool{"scopes": true}},
			acctest.ResourceServerPath(management), "m2m_resource_server.management",
		),
		importOf(
			n, tenantObject{omitted: map[string]bool{"name": true, "scopes": true}},
			acctest.ResourceServerPath(myAccount), "m2m_resource_server.my_account",
		),
	}
	var own []map[string]any
	n.AtDashboard(http.MethodGet, "/api/v2/client-grants", "", &own)
	for i, grant := range own {
		address := fmt.Sprintf("m2m_client_grant.own%d", i)
		out = append(out, importOf(
			n, tenantObject{byKey: true}, "/api/v2/client-grants/"+grant["id"].(string), address,
		))
	}
	for i, api := range drawn.apis {
		path := "/api/v2/resource-servers/" + makeObject(n, "resource-servers", api)
		out = append(out, importOf(n, api, path, fmt.Sprintf("m2m_resource_server.api%d", i)))
		out = append(out, importScopes(n, path, i)...)
	}
	organization := n.AddOrganization("acme")
	for i, grant := range drawn.grants {
		id := makeObject(n, "client-grants", grant)
		out = append(out, importOf(n, grant, "/api/v2/client-grants/"+id, fmt.Sprintf(
			"m2m_client_grant.grant%d", i,
		)))
		if grant.properties["client_id"] == nil {
			continue
		}
		n.Associate(organization, id)
		address := fmt.Sprintf("m2m_organization_client_grant.grant%d", i)
		out = append(out, newImport(n, address, keyOf(address, map[string]any{
			"organization_id": organization,
			"grant_id":        id,
		}),
			fmt.Sprintf("  organization_id = %q\n  grant_id = %q\n", organization, id)))
	}
	return append(out, importExclusive(n))
}

// importExclusive returns the import of all grants of the machine client.
func importExclusive(n *acctest.Tenant) tenantImport {
	n.T.Helper()
	ids := []string{}
	for id, client := range n.IDsOf("client-grants", "client_id") {
		if client == testserver.MachineClientID {
			ids = append(ids, id)
		}
	}
	return newImport(n, acctest.ExclusiveName, "client_id::"+testserver.MachineClientID,
		fmt.Sprintf("  client_id = %q\n  grant_ids = %s\n", testserver.MachineClientID, inHCL(n.T, ids)))
}

// make creates an object and returns its id.
func makeObject(n *acctest.Tenant, kind string, object tenantObject) string {
	n.T.Helper()
	body, err := json.Marshal(object.properties)
	if err != nil {
		n.T.Fatal(err)
	}
	return n.Create("/api/v2/"+kind, string(body))
}

// importOf returns the import of an object in the tenant.
func importOf(n *acctest.Tenant, object tenantObject, path, address string) tenantImport {
	n.T.Helper()
	var stored map[string]any
	n.AtDashboard(http.MethodGet, path, "", &stored)
	id := stored["id"].(string)
	if object.byKey {
		id = keyOf(address, stored)
	}
	return newImport(n, address, id, configOf(n.T, stored, object))
}

// importScopes returns an import for each scope of an API.
func importScopes(n *acctest.Tenant, path string, i int) []tenantImport {
	n.T.Helper()
	var api struct {
		Identifier string           `json:"identifier"`
		Scopes     []map[string]any `json:"scopes"`
	}
	n.AtDashboard(http.MethodGet, path, "", &api)
	var out []tenantImport
	for j, scope := range api.Scopes {
		out = append(out, newImport(n, fmt.Sprintf(
			"m2m_resource_server_scope.api%d_%d", i, j,
		), keyOf("m2m_resource_server_scope.it", map[string]any{
			"resource_server_identifier": api.Identifier,
			"scope":                      scope["value"],
		}),
			fmt.Sprintf("  resource_server_identifier = %s\n  scope = %s\n  description = %s\n",
				inHCL(n.T, api.Identifier), inHCL(n.T, scope["value"]),
				inHCL(n.T, scope["description"]))))
	}
	return out
}

// configOf returns the configuration of an object in the tenant.
func configOf(t *testing.T, stored map[string]any, object tenantObject) string {
	t.Helper()
	var config strings.Builder
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		value := stored[name]
		list, isList := value.([]any)
		switch {
		case slices.Contains([]string{"id", "is_system"}, name), name == "client_id" &&
			stored["identifier"] != nil:
			continue // Computed.
		case object.omitted[name], value == nil:
			continue
		case name == "token_encryption":
			encryption := object.properties[name].(map[string]any)["encryption_key"].(map[string]any)
			addKey(
				value.(map[string]any)["encryption_key"].(map[string]any), encryption["pem"],
				object.omitted,
			)
		case name == "scopes" && isList: // Of an API.
			described := map[string]any{}
			for _, scope := range list {
				described[scope.(map[string]any)["value"].(string)] = scope.(map[string]any)["description"]
			}
			value = described
		}
		if name == "scope" {
			name = "scopes"
		}
		fmt.Fprintf(&config, "  %s = %s\n", name, inHCL(t, value))
	}
	empties := map[string]string{"authorization_details_types": "[]"}
	if stored["identifier"] != nil {
		empties = map[string]string{"scopes": "{}", "authorization_details": "[]"}
	}
	for name, empty := range empties {
		if object.empties && stored[name] == nil {
			fmt.Fprintf(&config, "  %s = %s\n", name, empty)
		}
	}
	return config.String()
}

// addKey adds the PEM to an encryption key for the configuration, because the tenant's answers
// omit it.
func addKey(stored map[string]any, pem any, omitted map[string]bool) {
	if !omitted["pem"] {
		stored["pem"] = pem
	}
	if omitted["thumbprint_sha256"] {
		delete(stored, "thumbprint_sha256")
	}
}

// inHCL returns a value as HCL: JSON with template sequences escaped.
func inHCL(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(string(text))
}

// keyOf returns the natural key of the object at an address.
func keyOf(address string, object map[string]any) string {
	typeName, _, _ := strings.Cut(address, ".")
	return acctest.ResourceOf(typeName).ImportKey(object)
}

// TestAccImport_thenPlanIsEmpty imports whole tenants and expects an empty plan.
func TestAccImport_thenPlanIsEmpty(t *testing.T) {
	t.Parallel()
	for seed := range 3 {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			n := acctest.NewTenant(t)
			drawn := someTenant.Example(seed)
			var config strings.Builder
			imports := imports(n, drawn)
			for _, imported := range imports {
				config.WriteString(imported.config + imported.block())
			}
			for _, r := range acctest.Resources {
				if !slices.ContainsFunc(imports, func(i tenantImport) bool {
					return strings.HasPrefix(i.address, r.Type+".")
				}) {
					t.Errorf("no %s is imported", r.Type)
				}
			}
			n.ForgetRequests()
			t.Logf("%d objects", len(imports))
			n.Test(resource.TestStep{
				Config: config.String(), ConfigPlanChecks: acctest.EmptyPlan(),
				ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
			})
		})
	}
}
