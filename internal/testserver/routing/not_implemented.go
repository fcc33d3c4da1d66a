// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package routing

import (
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Area is a part of the API that the server does not have.
type Area struct {
	Does  string   // A short description for SUPPORTED.md.
	Paths []string // A path stands for all paths below it too, with every method.
}

// NotImplemented lists the paths that a tenant has and this server does not. A route of the server
// below one of them works, unless the path has no parameter.
var NotImplemented = []Area{
	{"Login and tokens of users", []string{
		"/authorize", "/bc-authorize", "/co", "/dbconnections", "/delegation", "/login", "/logout",
		"/mfa", "/oauth/access_token", "/oauth/device", "/oauth/par", "/oauth/revoke", "/oauth/ro",
		"/oidc", "/passwordless", "/samlp", "/tokeninfo", "/u", "/userinfo", "/v2/logout", "/wsfed",
	}},
	{"APIs for users and organizations themselves", []string{"/me", "/my-org"}},
	{"Registration, search and connections of clients", []string{
		"/api/v2/clients/cimd", "/api/v2/clients/search", "/api/v2/clients/{id}/connections",
	}},
	{"Search of APIs", []string{"/api/v2/resource-servers/search"}},
	{"Search, people, clients and connections of organizations", []string{
		"/api/v2/organizations/search", "/api/v2/organizations/{id}/clients",
		"/api/v2/organizations/{id}/connections", "/api/v2/organizations/{id}/discovery-domains",
		"/api/v2/organizations/{id}/enabled_connections", "/api/v2/organizations/{id}/groups",
		"/api/v2/organizations/{id}/invitations", "/api/v2/organizations/{id}/members",
		"/api/v2/organizations/{id}/organization-templates", "/api/v2/organizations/{id}/roles",
	}},
	{"Other keys", []string{
		"/api/v2/keys/custom-signing", "/api/v2/keys/encryption", "/api/v2/keys/network-acls",
	}},
	{"The rest of the Management API", managementPaths(
		"actions", "agents", "anomaly", "attack-protection", "blacklists", "branding",
		"connection-profiles", "connections", "connections-directory-provisionings",
		"connections-scim-configurations", "custom-domains", "device-credentials",
		"email-templates", "emails", "event-streams", "events", "experimentation", "flows", "forms",
		"grants", "groups", "guardian", "hooks", "jobs", "log-streams", "logs", "network-acls",
		"prompts", "rate-limit-policies", "refresh-tokens", "risk-assessments", "roles", "rules",
		"rules-configs", "self-service-profiles", "sessions", "stats", "supplemental-signals",
		"tenants", "tickets", "token-exchange-profiles", "user-attribute-profiles", "user-blocks",
		"users", "users-by-email", "verifiable-credentials",
	)},
}

const managementPath = "/api/v2/"

func managementPaths(names ...string) []string {
	for i, name := range names {
		names[i] = managementPath + name
	}
	return names
}

// prefix is a path of NotImplemented.
type prefix struct {
	pattern  string
	segments []string
}

// literal and parametric are the paths without and with parameters.
var literal, parametric = prefixes()

func prefixes() (literal, parametric []prefix) {
	for _, area := range NotImplemented {
		for _, path := range area.Paths {
			p := prefix{path, strings.Split(path, "/")}
			if strings.Contains(path, "{") {
				parametric = append(parametric, p)
			} else {
				literal = append(literal, p)
			}
		}
	}
	return literal, parametric
}

// notImplemented returns the route that answers for a path below one of the prefixes, or nil.
func notImplemented(prefixes []prefix, path []string) *Route {
	for _, p := range prefixes {
		if len(path) < len(p.segments) {
			continue
		}
		if _, ok := matchSegments(p.segments, path[:len(p.segments)]); ok {
			return &Route{
				Refuses: []*wire.Refusal{wire.ErrNotImplemented},
				Handle: func(c *Call) (any, error) {
					err := c.NotImplemented(c.HTTP.Method + " " + p.pattern)
					if !strings.HasPrefix(p.pattern, managementPath) {
						err = err.AsTokenError()
					}
					return nil, err
				},
			}
		}
	}
	return nil
}

// NotImplemented refuses what the API has and this server does not, and has it logged.
func (c *Call) NotImplemented(what string) *wire.Refusal {
	refused := wire.ErrNotImplemented.With(what)
	c.Warning = refused.Text
	return refused
}
