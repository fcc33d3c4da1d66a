// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package soundness

import (
	"maps"
	"slices"
	"strings"
)

// planned is the JSON of the plan for a step, as Terraform writes it with this provider or with
// auth0/auth0. TestSoundness_terraform holds it against real plans.
type planned struct {
	step
	tenant   *tenant
	provider string // "m2m" or "auth0".
	changes  []map[string]any
	blocks   []map[string]any
}

func (p *planned) text() string {
	for _, name := range sortedKeys(union(p.before.apis, p.after.apis)) {
		p.addAPI(name)
	}
	for _, name := range sortedKeys(union(p.before.grants, p.after.grants)) {
		p.addGrant(name)
	}
	return encode(map[string]any{
		"format_version": "1.2", "resource_changes": p.changes,
		"configuration": map[string]any{"root_module": map[string]any{"resources": p.blocks}},
	})
}

func union[V any](a, b map[string]V) map[string]V {
	all := map[string]V{}
	for _, m := range []map[string]V{a, b} {
		maps.Copy(all, m)
	}
	return all
}

// add adds a resource. Nil attributes mean that it does not exist.
func (p *planned) add(
	kind, name string,
	actions []string,
	before, after map[string]any,
	references map[string][]string,
) {
	typeName := p.provider + "_" + kind
	change := map[string]any{"actions": actions, "before": nil, "after": nil}
	if before != nil {
		change["before"] = before
	}
	if after != nil {
		change["after"] = after
		unknown := map[string]any{}
		if slices.Contains(actions, "create") {
			unknown["id"] = true
		}
		for attribute := range references {
			if after[attribute] == nil {
				unknown[attribute] = true
			}
		}
		change["after_unknown"] = unknown
		expressions := map[string]any{}
		for attribute := range after {
			expressions[attribute] = map[string]any{}
		}
		for attribute, target := range references {
			expressions[attribute] = map[string]any{"references": target}
		}
		p.blocks = append(p.blocks, map[string]any{
			"address": typeName + "." + name, "mode": "managed", "type": typeName, "name": name,
			"expressions": expressions,
		})
	}
	p.changes = append(p.changes, map[string]any{
		"address": typeName + "." + name, "mode": "managed", "type": typeName, "name": name,
		"change": change,
	})
}

func actions(had, has, changed, replaced, forgotten bool) []string {
	switch {
	case had && replaced:
		return []string{"delete", "create"}
	case had && has && changed:
		return []string{"update"}
	case had && has:
		return []string{"no-op"}
	case had && forgotten:
		return []string{"forget"}
	case had:
		return []string{"delete"}
	default:
		return []string{"create"}
	}
}

func (p *planned) addAPI(name string) {
	before, had := p.before.apis[name]
	after, has := p.after.apis[name]
	does := actions(
		had,
		has,
		encodeAPI(before) != encodeAPI(after),
		p.replaces(name),
		p.forgotten[name],
	)
	var was, is, scopesWere, scopesAre map[string]any
	if had {
		was, scopesWere = p.apiAttributes(before)
		was["id"] = p.tenant.made[name]
	}
	if has {
		is, scopesAre = p.apiAttributes(after)
	}
	p.add("resource_server", name, does, was, is, nil)
	if p.provider == "auth0" {
		p.add("resource_server_scopes", name, does, scopesWere, scopesAre, nil)
	}
}

func encodeAPI(a api) string {
	a.tainted = false
	return encode([]any{a.identifier, a.scopes, a.client, a.rbac, a.lifetime})
}

func (p *planned) apiAttributes(a api) (server, scopes map[string]any) {
	policy := any(map[string]any{"client": map[string]any{"policy": a.client}})
	if p.provider == "auth0" {
		policy = []any{map[string]any{"client": []any{map[string]any{"policy": a.client}}}}
	}
	server = map[string]any{
		"identifier": a.identifier, "enforce_policies": a.rbac, "token_lifetime": a.lifetime,
		"signing_alg": "HS256", "subject_type_authorization": policy,
	}
	if p.provider == "m2m" {
		descriptions := map[string]any{}
		for _, scope := range a.scopes {
			descriptions[scope] = nil
		}
		server["scopes"] = descriptions
		return server, nil
	}
	objects := []any{}
	for _, scope := range a.scopes {
		objects = append(objects, map[string]any{"name": scope, "description": ""})
	}
	return server, map[string]any{"resource_server_identifier": a.identifier, "scopes": objects}
}

func (p *planned) addGrant(name string) {
	before, had := p.before.grants[name]
	after, has := p.after.grants[name]
	moved := had && has && p.moves(after.api)
	changed := encodeGrant(before) != encodeGrant(after)
	does := actions(had, has, changed, moved, p.forgotten[name])
	var was, is map[string]any
	if had {
		was = p.grantAttributes(before, p.before)
		was["id"] = p.tenant.made[name]
	}
	if has {
		is = p.grantAttributes(after, p.after)
		if had && !moved {
			is["id"] = p.tenant.made[name]
		}
	}
	p.add("client_grant", name, does, was, is, nil)
	for _, organization := range p.tenant.organizations {
		wasIn := slices.Contains(before.organizations, organization)
		isIn := slices.Contains(after.organizations, organization)
		if !wasIn && !isIn {
			continue
		}
		does := actions(wasIn, isIn, false, wasIn && isIn && moved, p.forgotten[name])
		var was, is map[string]any
		references := map[string][]string{}
		if wasIn {
			was = map[string]any{"organization_id": organization, "grant_id": p.tenant.made[name]}
		}
		if isIn {
			is = map[string]any{"organization_id": organization, "grant_id": p.tenant.made[name]}
			address := p.provider + "_client_grant." + name
			references["grant_id"] = []string{address + ".id", address}
			if !had || moved {
				delete(is, "grant_id")
			}
		}
		suffix := strings.TrimPrefix(organization, "org_")
		p.add("organization_client_grant", name+"_"+suffix, does, was, is, references)
	}
}

func encodeGrant(g grant) string { return encode([]any{g.scopes, g.all, g.usage, g.any}) }

func (p *planned) grantAttributes(g grant, w world) map[string]any {
	attributes := map[string]any{
		"audience": w.apis[g.api].identifier, "scopes": g.scopes, "allow_all_scopes": g.all,
		"subject_type": "client", "allow_any_organization": g.any,
	}
	if g.usage != "" {
		attributes["organization_usage"] = g.usage
	}
	if g.client == thirdParties {
		attributes["default_for"] = thirdParties
	} else {
		attributes["client_id"] = p.tenant.ids[g.client]
	}
	return attributes
}
