// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// ResourceServers is the endpoint of resource servers, the tenant's APIs (API contract 3).
type ResourceServers struct {
	conn  *rest.Conn
	batch *batches
}

// ResourceServer is an API as the Management API returns it. A nil pointer or slice means that the
// answer lacks the property.
type ResourceServer struct {
	ID                         string                    `json:"id"`
	Identifier                 string                    `json:"identifier"`
	Name                       *string                   `json:"name"`
	Scopes                     []Scope                   `json:"scopes"`
	SigningAlg                 *string                   `json:"signing_alg"`
	SigningSecret              *string                   `json:"signing_secret"`
	AllowOfflineAccess         *bool                     `json:"allow_offline_access"`
	AllowOnlineAccess          *bool                     `json:"allow_online_access"`
	AllowOnlineAccessEphemeral *bool                     `json:"allow_online_access_with_ephemeral_sessions"`
	TokenLifetime              *int64                    `json:"token_lifetime"`
	TokenLifetimeForWeb        *int64                    `json:"token_lifetime_for_web"`
	TokenDialect               *string                   `json:"token_dialect"`
	EnforcePolicies            *bool                     `json:"enforce_policies"`
	SkipConsent                *bool                     `json:"skip_consent_for_verifiable_first_party_clients"`
	SubjectTypeAuthorization   *SubjectTypeAuthorization `json:"subject_type_authorization"`
	TokenEncryption            *TokenEncryption          `json:"token_encryption"`
	ConsentPolicy              *string                   `json:"consent_policy"`
	AuthorizationDetails       []AuthorizationDetail     `json:"authorization_details"`
	ProofOfPossession          *ProofOfPossession        `json:"proof_of_possession"`
	AuthorizationPolicy        *AuthorizationPolicy      `json:"authorization_policy"`
	IsSystem                   bool                      `json:"is_system"`
	ClientID                   *string                   `json:"client_id"`
}

// ResourceServerProperties are the properties that creates and updates can write.
type ResourceServerProperties struct {
	Name                       Field[string]                   `json:"name,omitzero"`
	Scopes                     Field[[]Scope]                  `json:"scopes,omitzero"`
	SigningAlg                 Field[string]                   `json:"signing_alg,omitzero"`
	SigningSecret              Field[string]                   `json:"signing_secret,omitzero"`
	AllowOfflineAccess         Field[bool]                     `json:"allow_offline_access,omitzero"`
	AllowOnlineAccess          Field[bool]                     `json:"allow_online_access,omitzero"`
	AllowOnlineAccessEphemeral Field[bool]                     `json:"allow_online_access_with_ephemeral_sessions,omitzero"`
	TokenLifetime              Field[int64]                    `json:"token_lifetime,omitzero"`
	TokenLifetimeForWeb        Field[int64]                    `json:"token_lifetime_for_web,omitzero"`
	TokenDialect               Field[string]                   `json:"token_dialect,omitzero"`
	EnforcePolicies            Field[bool]                     `json:"enforce_policies,omitzero"`
	SkipConsent                Field[bool]                     `json:"skip_consent_for_verifiable_first_party_clients,omitzero"`
	SubjectTypeAuthorization   Field[SubjectTypeAuthorization] `json:"subject_type_authorization,omitzero"`
	TokenEncryption            Field[TokenEncryption]          `json:"token_encryption,omitzero"`
	ConsentPolicy              Field[string]                   `json:"consent_policy,omitzero"`
	AuthorizationDetails       Field[[]AuthorizationDetail]    `json:"authorization_details,omitzero"`
	ProofOfPossession          Field[ProofOfPossession]        `json:"proof_of_possession,omitzero"`
	AuthorizationPolicy        Field[AuthorizationPolicy]      `json:"authorization_policy,omitzero"`
}

// NewResourceServer is the body of a create.
type NewResourceServer struct {
	Identifier string `json:"identifier"`
	ResourceServerProperties
}

// Scope is a scope that an API defines.
type Scope struct {
	Value       string  `json:"value"`
	Description *string `json:"description,omitempty"`
}

// SubjectTypeAuthorization controls who may get tokens for an API (API contract 3.5).
type SubjectTypeAuthorization struct {
	User   *SubjectPolicy `json:"user,omitempty"`
	Client *SubjectPolicy `json:"client,omitempty"`
}

// SubjectPolicy is the policy for one subject type.
type SubjectPolicy struct {
	Policy string `json:"policy"`
}

// Denies reports whether no token is issued for the subject type, whatever grants exist.
func (p *SubjectPolicy) Denies() bool { return p != nil && p.Policy == "deny_all" }

// TokenEncryption turns the access tokens of an API into JWEs (API contract 3.6).
type TokenEncryption struct {
	Format        string        `json:"format"`
	EncryptionKey EncryptionKey `json:"encryption_key"`
}

// EncryptionKey is the public key that encrypts tokens. Requests have PEM, answers have
// ThumbprintSHA256.
type EncryptionKey struct {
	Name             *string `json:"name,omitempty"`
	Alg              string  `json:"alg"`
	KID              *string `json:"kid,omitempty"`
	PEM              string  `json:"pem,omitempty"`
	ThumbprintSHA256 string  `json:"thumbprint_sha256,omitempty"`
}

// AuthorizationDetail is a type of rich authorization request.
type AuthorizationDetail struct {
	Type string `json:"type"`
}

// ProofOfPossession binds tokens to a key of their holder (API contract 3.7).
type ProofOfPossession struct {
	Mechanism   string  `json:"mechanism"`
	Required    bool    `json:"required"`
	RequiredFor *string `json:"required_for,omitempty"`
}

// AuthorizationPolicy links an API to a policy.
type AuthorizationPolicy struct {
	PolicyID string `json:"policy_id"`
}

// Complete implements rest.Object.
func (s *ResourceServer) Complete() bool { return s.ID != "" }

// IsCalled implements rest.Named.
func (s *ResourceServer) IsCalled(name string) bool { return name == s.ID || name == s.Identifier }

// Secrets implements rest.Confidential.
func (s *ResourceServer) Secrets() []string { return given(s.SigningSecret) }

func (ResourceServer) listName() string { return "resource_servers" }

func (s ResourceServer) itemID() string { return s.ID }

// Create makes an API. The error is a *ConflictError if the identifier is taken.
func (s *ResourceServers) Create(
	ctx context.Context, in NewResourceServer,
) (ResourceServer, error) {
	created, err := create(ctx, s.conn, creation[ResourceServer]{
		Request: rest.Request{
			Op: "create resource server", Method: http.MethodPost,
			Path: []string{"resource-servers"}, Body: in, About: in.Identifier,
			Secrets: secretsOf(in.ResourceServerProperties),
		},
		find: func(ctx context.Context) (ResourceServer, string, error) {
			found, err := s.Find(ctx, in.Identifier)
			return found, found.ID, err
		},
		defaults: resourceServerDefaults,
		parts:    []string{"scopes"},
	})
	s.batch.wroteServer("", in.Identifier, created, err)
	return created, err
}

// resourceServerDefaults are the values that a tenant fills in (API contract 3.1).
var resourceServerDefaults = map[string]any{
	"id":                   nil,
	"client_id":            nil,
	"is_system":            false,
	"signing_alg":          "RS256",
	"token_dialect":        "access_token",
	"signing_secret":       nil,
	"allow_offline_access": false,
	"skip_consent_for_verifiable_first_party_clients": false,
	"token_lifetime":         86400,
	"token_lifetime_for_web": 7200,
	"subject_type_authorization": SubjectTypeAuthorization{
		User:   &SubjectPolicy{Policy: "allow_all"},
		Client: &SubjectPolicy{Policy: "require_client_grant"},
	},
	// Only compared if a PEM was sent.
	"token_encryption": map[string]any{"encryption_key": map[string]any{"thumbprint_sha256": nil}},
}

// Find reads the API with exactly this identifier, even if the identifier looks like the id of
// another API. If there is none, the error satisfies IsNotFound.
func (s *ResourceServers) Find(ctx context.Context, identifier string) (ResourceServer, error) {
	found, err := rest.Manage[array[ResourceServer]](ctx, s.conn, rest.Request{
		Op: "look up resource server", Method: http.MethodGet,
		Path: []string{"resource-servers"}, Query: url.Values{"identifiers": {identifier}},
		Repeatable: true,
	})
	if err != nil {
		return ResourceServer{}, err
	}
	for _, server := range found {
		if server.Identifier == identifier {
			return server, nil
		}
	}
	return ResourceServer{}, &rest.Error{
		Method: http.MethodGet, Path: "/api/v2/resource-servers", Status: http.StatusNotFound,
		Code: "inexistent_resource_server", Message: "no API has this identifier",
	}
}

// Get reads an API by its id or its identifier.
func (s *ResourceServers) Get(ctx context.Context, id string) (ResourceServer, error) {
	return rest.Manage[ResourceServer](ctx, s.conn, rest.Request{
		Op: "read resource server", Method: http.MethodGet,
		Path: []string{"resource-servers", id}, About: id, Repeatable: true,
	})
}

// Look reads an API some time after an update, to see whether somebody else has changed it at the
// same time.
func (s *ResourceServers) Look(
	ctx context.Context, id string, updated ResourceServerProperties,
) (ResourceServer, error) {
	return look(ctx, updated, func() (ResourceServer, error) { return s.Get(ctx, id) })
}

// byIdentifier reads the API with exactly this identifier. The endpoint also accepts an id, so the
// answer may be another API whose id equals the identifier.
func (s *ResourceServers) byIdentifier(
	ctx context.Context, identifier string,
) (ResourceServer, error) {
	if identifier == "." || identifier == ".." {
		return s.Find(ctx, identifier) // A path cannot contain these.
	}
	found, err := s.Get(ctx, identifier)
	if err != nil || found.Identifier == identifier {
		return found, err
	}
	named := found.Identifier
	found, err = s.Find(ctx, identifier)
	if rest.IsNotFound(err) {
		return found, &rest.Error{
			Method: http.MethodGet, Path: "/api/v2/resource-servers/" + url.PathEscape(identifier),
			Status:  http.StatusNotFound,
			Code:    "inexistent_resource_server",
			Message: fmt.Sprintf("no API has this identifier; it is the id of the API %q", named),
		}
	}
	return found, err
}

// maxIdentifiers is the most identifiers that one list request accepts (API contract 3.9).
const maxIdentifiers = 10

// All returns the APIs with these identifiers; identifiers that match no API are ignored, and nil
// means all APIs of the tenant. It requests a page when its first item is needed, and ends after an
// error.
func (s *ResourceServers) All(
	ctx context.Context, identifiers []string,
) iter.Seq2[ResourceServer, error] {
	list := func(query url.Values) iter.Seq2[ResourceServer, error] {
		r := rest.Request{
			Op: "list resource servers", Path: []string{"resource-servers"}, Query: query,
		}
		return pages(ctx, s.conn, r, byOffset[ResourceServer])
	}
	if identifiers == nil {
		return list(offsetQuery())
	}
	return func(yield func(ResourceServer, error) bool) {
		for some := range slices.Chunk(identifiers, maxIdentifiers) {
			query := offsetQuery()
			query["identifiers"] = some
			for server, err := range list(query) {
				if err == nil && !slices.Contains(some, server.Identifier) {
					continue
				}
				if !yield(server, err) || err != nil {
					return
				}
			}
		}
	}
}

// List returns the same APIs as All, all at once.
func (s *ResourceServers) List(
	ctx context.Context, identifiers []string,
) ([]ResourceServer, error) {
	return collect(s.All(ctx, identifiers))
}

// Update changes the properties that the request sets. All others stay unchanged.
func (s *ResourceServers) Update(
	ctx context.Context, id string, in ResourceServerProperties,
) (ResourceServer, error) {
	return s.update(ctx, rest.Request{
		Path: []string{"resource-servers", id}, Body: in, About: id,
		Secrets: secretsOf(in),
	})
}

// replaceScopes is like Update, but is not delayed: the list gets old.
func (s *ResourceServers) replaceScopes(
	ctx context.Context, id string, list []Scope,
) (ResourceServer, error) {
	return s.update(ctx, rest.Request{
		Path: []string{"resource-servers", id}, About: id, Prompt: true,
		Body: ResourceServerProperties{Scopes: Set(list)},
	})
}

func (s *ResourceServers) update(ctx context.Context, r rest.Request) (ResourceServer, error) {
	r.Op, r.Method, r.Repeatable = "update resource server", http.MethodPatch, true
	updated, err := rest.Manage[ResourceServer](ctx, s.conn, r)
	s.batch.wroteServer(r.About, "", updated, err)
	return updated, err
}

// Delete deletes an API. It is not certain that the tenant also deletes the grants of the API (API
// contract 14). It succeeds if the API is already gone.
func (s *ResourceServers) Delete(ctx context.Context, id string) error {
	err := remove(ctx, s.conn, removal{
		Request: rest.Request{
			Op: "delete resource server", Method: http.MethodDelete,
			Path: []string{"resource-servers", id}, Repeatable: true,
		},
		read: func(ctx context.Context) error {
			_, err := s.Get(ctx, id)
			return err
		},
	})
	s.batch.deletedServer(id, err)
	return err
}

func secretsOf(in ResourceServerProperties) []string { return given(in.SigningSecret.Value()) }

// given returns a secret, or nothing if there is none.
func given(secret *string) []string {
	if secret == nil {
		return nil
	}
	return []string{*secret}
}
