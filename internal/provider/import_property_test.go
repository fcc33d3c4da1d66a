// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

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

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// tenantObject is an object to make at the dashboard and to import.
type tenantObject struct {
	properties map[string]any
	byKey      bool            // Imported by its natural key, not by its id.
	leftOut    map[string]bool // Left out of the configuration, where that may be.
}

// generatedTenant is what a tenant has when Terraform first sees it.
type generatedTenant struct{ apis, grants []tenantObject }

// kept are the properties that a configuration can leave to the tenant.
var kept = []string{
	"name", "scopes", "signing_alg", "signing_secret", "token_lifetime", "token_lifetime_for_web", "token_dialect", "enforce_policies",
	"allow_offline_access", "skip_consent_for_verifiable_first_party_clients", "subject_type_authorization",
}

// someTenant draws a tenant. There is no token encryption in it, as its key cannot
// be read back.
var someTenant = rapid.Custom(func(t *rapid.T) generatedTenant {
	var out generatedTenant
	for i := range 8 {
		api := drawAPI(t, i)
		out.apis = append(out.apis, api)
		holders := []map[string]any{
			{"client_id": testserver.MachineClientID}, {"client_id": testserver.WebClientID}, {"default_for": "third_party_clients"},
		}
		for _, holder := range holders {
			for _, subject := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"client", "user"}), rapid.ID[string]).Draw(t, "subjects") {
				properties := maps.Clone(holder)
				properties["audience"], properties["subject_type"] = api.properties["identifier"], subject
				out.grants = append(out.grants, drawGrant(t, properties))
			}
		}
	}
	return out
})

var (
	someText  = rapid.SampledFrom([]string{"a", "read:orders", "x y", "ü", "${a}", "%{ if a }", "a\"b\\c", "$", "'"})
	someNames = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b:c", "read:orders", "${x}", "%{y}", "ü", "/z"}), 0, 4, rapid.ID[string])
)

func drawAPI(t *rapid.T, i int) tenantObject {
	properties := map[string]any{
		"identifier": fmt.Sprintf("https://api%d.example.com", i) +
			rapid.SampledFrom([]string{"", "/", "/a b", "/%2F", "/100%", "::user", "/ü", "?a=b#c", "/${a}", "/c::d"}).Draw(t, "identifier"),
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
	maybe("signing_alg", func() any { return rapid.SampledFrom([]string{"RS256", "RS512", "PS256", "HS256"}).Draw(t, "alg") })
	maybe("token_lifetime", func() any { return rapid.IntRange(0, maxLifetime).Draw(t, "lifetime") })
	for _, name := range []string{"enforce_policies", "allow_offline_access", "skip_consent_for_verifiable_first_party_clients"} {
		maybe(name, func() any { return rapid.Bool().Draw(t, name) })
	}
	maybe("token_dialect", func() any { return rapid.SampledFrom([]string{"access_token", "rfc9068_profile"}).Draw(t, "dialect") })
	maybe("subject_type_authorization", func() any {
		return map[string]any{"user": map[string]any{"policy": rapid.SampledFrom([]string{"allow_all", "deny_all"}).Draw(t, "policy")}}
	})
	maybe("consent_policy", func() any { return "transactional-authorization-with-mfa" })
	maybe("authorization_details", func() any { return []any{map[string]any{"type": "payment"}, map[string]any{"type": "ü"}} })
	maybe("proof_of_possession", func() any { return map[string]any{"mechanism": "mtls", "required": rapid.Bool().Draw(t, "required")} })
	maybe("authorization_policy", func() any { return map[string]any{"policy_id": "pol_1"} })
	leftOut := map[string]bool{}
	for _, name := range kept {
		leftOut[name] = rapid.Bool().Draw(t, "leave out "+name)
	}
	return tenantObject{properties, rapid.Bool().Draw(t, "by key"), leftOut}
}

func drawGrant(t *rapid.T, properties map[string]any) tenantObject {
	if rapid.Bool().Draw(t, "all scopes") {
		properties["allow_all_scopes"] = true
	} else {
		properties["scope"] = someNames.Draw(t, "scope")
	}
	if rapid.Bool().Draw(t, "organizations") {
		properties["organization_usage"] = rapid.SampledFrom([]string{"deny", "allow", "require"}).Draw(t, "usage")
	}
	if _, ok := properties["client_id"]; ok && rapid.Bool().Draw(t, "any organization") {
		properties["allow_any_organization"] = rapid.Bool().Draw(t, "any")
	}
	if rapid.Bool().Draw(t, "details") {
		properties["authorization_details_types"] = someNames.Draw(t, "types")
	}
	return tenantObject{properties: properties, byKey: rapid.Bool().Draw(t, "by key")}
}

// importOf makes an object and returns its configuration, which is written from
// what the tenant then has, and the block that imports it.
func (n *tenant) importOf(object tenantObject, kind, address string, key func(map[string]any) string) string {
	n.t.Helper()
	body, err := json.Marshal(object.properties)
	if err != nil {
		n.t.Fatal(err)
	}
	var created, stored map[string]any
	n.dashboard(http.MethodPost, "/api/v2/"+kind, string(body), &created)
	id := created["id"].(string)
	n.dashboard(http.MethodGet, "/api/v2/"+kind+"/"+id, "", &stored)
	imported := importBlock(address, id)
	if object.byKey {
		imported = fmt.Sprintf("import {\n  to = %s\n  id = %s\n}\n", address, inHCL(n.t, key(stored)))
	}
	typeName, name, _ := strings.Cut(address, ".")
	return fmt.Sprintf("resource %q %q {\n%s}\n", typeName, name, configOf(n.t, stored, object.leftOut)) + imported
}

// configOf is the configuration of an object that the tenant has.
func configOf(t *testing.T, stored map[string]any, leftOut map[string]bool) string {
	t.Helper()
	var config strings.Builder
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		value := stored[name]
		list, isList := value.([]any)
		switch {
		case slices.Contains([]string{"id", "is_system"}, name), name == "client_id" && stored["identifier"] != nil:
			continue // Computed.
		case leftOut[name], value == nil, name == "authorization_details_types" && len(list) == 0:
			continue
		case name == "scopes" && isList: // Of an API.
			described := map[string]any{}
			for _, scope := range list {
				described[scope.(map[string]any)["value"].(string)] = scope.(map[string]any)["description"]
			}
			value = described
		}
		fmt.Fprintf(&config, "  %s = %s\n", attributeName(name), inHCL(t, value))
	}
	return config.String()
}

// inHCL is a value in HCL, which takes JSON but for its templates.
func inHCL(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(string(text))
}

func apiKey(api map[string]any) string { return api["identifier"].(string) }

func grantKey(grant map[string]any) string {
	holder, ok := grant["client_id"].(string)
	if !ok {
		holder = grant["default_for"].(string)
	}
	key := holder + "::" + grant["audience"].(string)
	if grant["subject_type"] != "client" || strings.HasSuffix(key, "::user") {
		key += "::" + grant["subject_type"].(string)
	}
	return key
}

// TestAccImport_thenPlanIsEmpty imports whole tenants.
func TestAccImport_thenPlanIsEmpty(t *testing.T) {
	t.Parallel()
	for seed := range 3 {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			n := newTenant(t)
			drawn := someTenant.Example(seed)
			var config strings.Builder
			for i, api := range drawn.apis {
				config.WriteString(n.importOf(api, "resource-servers", fmt.Sprintf("m2m_resource_server.api%d", i), apiKey))
			}
			for i, grant := range drawn.grants {
				config.WriteString(n.importOf(grant, "client-grants", fmt.Sprintf("m2m_client_grant.grant%d", i), grantKey))
			}
			n.ForgetRequests()
			t.Logf("%d APIs and %d grants", len(drawn.apis), len(drawn.grants))
			accTestIn(t, n.env(), resource.TestStep{
				Config: config.String(), ConfigPlanChecks: emptyPlan(), ConfigStateChecks: []statecheck.StateCheck{n.sent()},
			})
		})
	}
}
