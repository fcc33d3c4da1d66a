// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package access says who can call what. It computes effective access from the objects of a tenant
// (clients, APIs, grants and their organizations), and compares two states of a tenant. It knows
// neither Terraform nor the Management API: the provider and the access review both fill in its
// types. The rules are in the API contract 3.5, 4.1 to 4.4, 6.1 and 10.4.
package access

import "time"

// Subject types of grants and rows.
const (
	Machine = "client" // Tokens for the client itself (client credentials).
	User    = "user"   // Tokens for users of the client.
)

// Names of clients that stand for many.
const (
	// ThirdPartyClients stands for all third-party clients without a grant of their own.
	ThirdPartyClients = "third_party_clients"
	// FirstPartyClients stands for all first-party clients.
	FirstPartyClients = "first_party_clients"
)

// Scopes and organizations of a row that are not names.
const (
	// NoScope is the scope of the row for the token itself: a token with no scopes can still call
	// an API.
	NoScope = ""
	// AllScopes stands for all scopes of an API whose scopes are not known.
	AllScopes = "*"
	// NoOrganization is the organization of tokens that are for none.
	NoOrganization = ""
	// AnyOrganization stands for all organizations.
	AnyOrganization = "*"
)

// Policies of an API (API contract 3.5).
const (
	AllowAll           = "allow_all"
	DenyAll            = "deny_all"
	RequireClientGrant = "require_client_grant"
)

// Tenant holds the objects that decide who can call what.
type Tenant struct {
	APIs    map[string]API    // By identifier. Grants for other APIs count too.
	Clients map[string]Client // By client ID. Grants of other clients count too.
	Grants  []Grant
	// These decide nothing, but people want to know them: the names of clients, APIs and
	// organizations by id and identifier, and how long the tokens of an API last.
	Names     map[string]string
	Lifetimes map[string]time.Duration
}

// API is a resource server.
type API struct {
	Identifier string
	Scopes     []string
	// ScopesUnknown means that Scopes may not be all. The scopes of a grant are then assumed to be
	// defined, except for those in Undefined.
	ScopesUnknown bool
	Undefined     []string
	// ScopesPending means that the scopes will be known only after a change.
	ScopesPending bool
	ClientPolicy  string // Empty means RequireClientGrant.
	UserPolicy    string // Empty means AllowAll.
	// These mean that the policy may be any.
	ClientPolicyUnknown, UserPolicyUnknown bool
	// RBAC limits the scopes of users to the permissions in their roles.
	RBAC   bool
	System bool
}

// Client is an application.
type Client struct {
	ID         string
	ThirdParty bool
	// NoClientCredentials means that the client may not use the client credentials grant.
	NoClientCredentials bool
	// Unknown means that the two properties above are not known.
	Unknown bool
}

// Grant is a client grant.
type Grant struct {
	// Source identifies the grant in reasons: an id, or the address of a resource.
	Source      string
	ClientID    string // ThirdPartyClients if the grant is the default for these.
	Audience    string
	SubjectType string // Empty means Machine.
	Scopes      []string
	AllScopes   bool
	// OrganizationUsage is "deny", "allow" or "require". Empty means "deny".
	OrganizationUsage string
	AnyOrganization   bool
	Organizations     []string // Those associated with the grant.
	// Unknown says which of the properties are not known.
	Unknown Unknown
}

// Unknown says which properties of a grant are not known. The properties themselves are then empty.
type Unknown struct {
	// Existence means that the grant may not exist.
	Existence     bool
	Scopes        bool
	Organizations bool // OrganizationUsage, AnyOrganization or Organizations.
}

// Row says that a client can call an API with a scope.
type Row struct {
	Key
	Scope        string // A scope, NoScope or AllScopes.
	Organization string // The id of an organization, NoOrganization or AnyOrganization.
	// Roles means that users need a role that has the scope.
	Roles      bool
	ThirdParty bool // The client is a third-party client.
	// Except are scopes that AllScopes does not include.
	Except []string
	// Uncertain means that the access may not exist: it depends on unknown values.
	Uncertain bool
	Reason    Reason
}

// Key identifies the rows of a client and an API.
type Key struct {
	Client      string // A client ID, ThirdPartyClients or FirstPartyClients.
	API         string // The identifier.
	SubjectType string
}

// Reason says why a client has access.
type Reason struct {
	Kind   ReasonKind
	Source string // The source of the grant, or the identifier of the API with the policy.
}

// ReasonKind is the kind of a reason.
type ReasonKind string

// The kinds of reasons.
const (
	ByGrant        ReasonKind = "client_grant"
	ByDefaultGrant ReasonKind = "default_grant" // A grant for all third-party clients.
	ByPolicy       ReasonKind = "policy"        // The API allows all first-party clients.
)
