// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
)

// The types of resources that decide about access, of this provider and of auth0/auth0.
const (
	typeServer      = "resource_server"
	typeScope       = "resource_server_scope"
	typeScopes      = "resource_server_scopes"
	typeGrant       = "client_grant"
	typeAssociation = "organization_client_grant"
	typeClient      = "client"
	typeExclusive   = "client_grants_exclusive"
)

var types = []string{
	typeServer, typeScope, typeScopes, typeGrant, typeAssociation, typeClient, typeExclusive,
}

// typeOrganization is a type whose resources decide nothing, but have names.
const typeOrganization = "organization"

// contextTypes are data sources.
var contextTypes = []string{
	typeServer, "resource_servers", typeClient, "clients", "client_grants", typeOrganization,
	"organizations",
}

// Wanted reports whether a review needs the resources of a type.
func Wanted(typeName string) bool {
	name, isData := strings.CutPrefix(typeName, "data.")
	kind, ok := kindOf(name)
	if isData {
		return ok && slices.Contains(contextTypes, kind)
	}
	return ok && (slices.Contains(types, kind) || kind == typeOrganization)
}

// kindOf returns a type without the prefix of its provider.
func kindOf(typeName string) (kind string, ok bool) {
	for _, provider := range []string{"m2m_", "auth0_"} {
		if kind, ok = strings.CutPrefix(typeName, provider); ok {
			return kind, true
		}
	}
	return "", false
}

// server is a resource server with what matters besides the scopes and policies.
type server struct {
	access.API
	address  string
	change   plan.Change
	lifetime time.Duration // 0 if it is not known.
}

// grant is a client grant with its id, or its address if it has no id yet.
type grant struct {
	access.Grant
	id string
}

// defaultLifetime is the token lifetime of an API without the setting (API contract 3.1).
const defaultLifetime = 24 * time.Hour

// server returns the API of a resource. All scopes are known if the resource lists them.
func (r resolver) server(a attributes) server {
	identifier := cmp.Or(a.text("identifier"), a.change.Address)
	s := server{address: a.change.Address, change: a.change, API: access.API{
		Identifier:   identifier,
		ClientPolicy: policy(a, "client"),
		UserPolicy:   policy(a, "user"),
		RBAC:         a.bool("enforce_policies"),
		System:       a.bool("is_system") || isSystem(identifier),
	}}
	s.ClientPolicyUnknown = policyUnknown(a, "client")
	s.UserPolicyUnknown = policyUnknown(a, "user") || a.Unknown("enforce_policies")
	s.lifetime = time.Duration(a.number("token_lifetime")) * time.Second
	if s.lifetime == 0 && !a.Unknown("token_lifetime") {
		s.lifetime = defaultLifetime
	}
	switch {
	case a.Unknown("scopes"):
		s.ScopesPending = true
	case !a.null("scopes") && !a.of("scopes").Unknown("scopes"):
		s.Scopes = scopeNames(a)
	default:
		// The auth0 provider has no such attribute. A new API has no scopes.
		s.ScopesUnknown = !a.isNew
	}
	return s
}

// scopeNames returns the scopes of an API: the keys of a map, or the names of objects.
func scopeNames(a attributes) []string {
	if listed := a.objects("scopes"); len(listed) > 0 && listed[0].Text("name") != "" {
		var names []string
		for _, scope := range listed {
			names = append(names, scope.Text("name"))
		}
		return names
	}
	return a.of("scopes").Keys("scopes")
}

// policy returns the policy for a subject type; empty means the tenant's default.
func policy(a attributes, subjectType string) string {
	for _, part := range a.first("subject_type_authorization").Objects(subjectType) {
		return part.Text("policy")
	}
	return ""
}

// policyUnknown reports whether the policy for a subject type is known only after the apply. If the
// configuration sets only the policy for the other one, and refers to nothing, the tenant fills in
// its default.
func policyUnknown(a attributes, subjectType string) bool {
	const name = "subject_type_authorization"
	authorization := a.first(name)
	if !authorization.Exists() {
		return a.Unknown(name)
	}
	return a.Unknown(name) && authorization.Unknown(subjectType) &&
		len(a.change.Configured[name]) > 0
}

// isSystem recognizes the identifiers of system APIs (API contract 3.12). Older answers do not mark
// them.
func isSystem(identifier string) bool {
	return strings.HasPrefix(identifier, "https://") &&
		(strings.HasSuffix(identifier, "/api/v2/") || strings.HasSuffix(identifier, "/me/") ||
			strings.HasSuffix(identifier, "/my-org/"))
}

// definition is a scope that a resource of its own defines at an API.
type definition struct {
	api, scope, address string
}

// definitions returns the scopes that a resource adds to an API.
func (r resolver) definitions(a attributes, kind string) (found []definition, pendingScopes bool) {
	api := r.api(a, "resource_server_identifier")
	if kind == typeScope {
		return []definition{{api, a.text("scope"), a.change.Address}}, a.Unknown("scope")
	}
	for _, scope := range a.objects("scopes") {
		found = append(found, definition{api, scope.Text("name"), a.change.Address})
	}
	return found, a.Unknown("scopes")
}

// api returns the identifier in an attribute, or what stands for it.
func (r resolver) api(a attributes, name string) string {
	if text := a.text(name); text != "" {
		return text
	}
	if target, ok := r.referent(a.change, name); ok {
		for _, attribute := range []string{"identifier", "resource_server_identifier"} {
			if text := after(target).text(attribute); text != "" {
				return text
			}
		}
		if kind, _ := kindOf(target.Type); kind == typeServer {
			return target.Address
		}
	}
	return pending(a.change, name)
}

// client returns the client ID in an attribute, or what stands for it.
func (r resolver) client(a attributes, name string) (id string, known bool) {
	if text := a.text(name); text != "" {
		return text, true
	}
	if target, ok := r.referent(a.change, name); ok {
		if kind, _ := kindOf(target.Type); kind == typeClient {
			return cmp.Or(after(target).text("client_id"), target.Address), true
		}
	}
	return pending(a.change, name), false
}

// grant returns the grant of a resource.
func (r resolver) grant(a attributes) grant {
	g := grant{id: cmp.Or(a.text("id"), a.change.Address), Grant: access.Grant{
		Source:            a.change.Address,
		Audience:          r.api(a, "audience"),
		SubjectType:       cmp.Or(a.text("subject_type"), access.Machine),
		Scopes:            a.texts("scopes"),
		AllScopes:         a.bool("allow_all_scopes"),
		OrganizationUsage: strings.ToLower(a.text("organization_usage")),
		AnyOrganization:   a.bool("allow_any_organization"),
	}}
	g.Unknown.Scopes = a.Unknown("scopes") || a.Unknown("allow_all_scopes")
	g.Unknown.Organizations = a.Unknown("organization_usage") || a.Unknown("allow_any_organization")
	g.Unknown.Existence = a.Unknown("subject_type") ||
		a.text("audience") == "" && strings.HasPrefix(g.Audience, "(")
	if a.text("default_for") != "" {
		g.ClientID = access.ThirdPartyClients
		return g
	}
	id, known := r.client(a, "client_id")
	g.ClientID = id
	g.Unknown.Existence = g.Unknown.Existence || !known
	return g
}

// association is a grant that an organization may use.
type association struct {
	organization, grant, address string
}

func (r resolver) association(a attributes) association {
	found := association{
		organization: a.text(
			"organization_id",
		), grant: a.text("grant_id"), address: a.change.Address,
	}
	if found.organization == "" {
		found.organization = pending(a.change, "organization_id")
		if target, ok := r.referent(a.change, "organization_id"); ok {
			found.organization = cmp.Or(after(target).text("id"), target.Address)
		}
	}
	if found.grant == "" {
		if target, ok := r.referent(a.change, "grant_id"); ok {
			found.grant = cmp.Or(after(target).text("id"), target.Address)
		}
	}
	return found
}

// newClient returns the client of a resource of the auth0 provider.
func newClient(a attributes) access.Client {
	client := access.Client{
		ID: cmp.Or(a.text("client_id"), a.change.Address),
		// Clients are first-party clients unless configured otherwise (API contract 6.1).
		ThirdParty: !a.null("is_first_party") &&
			!a.of("is_first_party").Unknown("is_first_party") &&
			!a.bool("is_first_party"),
		Unknown: a.Unknown("grant_types") || a.Unknown("is_first_party") || a.Unknown("app_type"),
	}
	if a.null("grant_types") || a.of("grant_types").Unknown("grant_types") {
		// The default of the tenant (API contract 6.1).
		client.NoClientCredentials = slices.Contains(
			[]string{"spa", "native", "resource_server"}, a.text("app_type"),
		)
		return client
	}
	client.NoClientCredentials = !slices.Contains(a.texts("grant_types"), "client_credentials")
	return client
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
