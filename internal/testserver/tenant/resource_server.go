// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"
)

// tokenEncryption configures the encryption of an API's tokens (API contract 3.6).
type tokenEncryption struct {
	Format        string        `json:"format"`
	EncryptionKey EncryptionKey `json:"encryption_key"`
}

// EncryptionKey is the key that an API's tokens are encrypted with.
type EncryptionKey struct {
	Name             string `json:"name,omitzero"`
	Alg              string `json:"alg"`
	KID              string `json:"kid,omitzero"`
	PEM              string `json:"pem,omitzero"`
	ThumbprintSHA256 string `json:"thumbprint_sha256,omitzero"`
}

func (k *EncryptionKey) isUsable() bool {
	_, err := pki.ParsePublicKey(k.PEM)
	return err == nil && pki.CanEncrypt(k.Alg)
}

// Encrypt encrypts a signed token with the key.
func (k *EncryptionKey) Encrypt(token string) (string, error) {
	public, err := pki.ParsePublicKey(k.PEM)
	if err != nil {
		return "", err
	}
	return pki.EncryptJWE(public, k.Alg, k.KID, token)
}

// checkRestoredAPI finds mistakes that would otherwise show up only in token requests.
func checkRestoredAPI(_ finder, api ResourceServer) error {
	switch {
	case api.ID == "" || api.Identifier == "":
		return fmt.Errorf("the API %q has no id or no identifier", api.Identifier)
	case !slices.Contains(SigningAlgorithms, api.SigningAlg):
		return fmt.Errorf(
			"the API %q has the unknown signing algorithm %q", api.Identifier, api.SigningAlg,
		)
	case api.SigningAlg == "HS256" && (api.IsSystem || len(api.SigningSecret) < MinSigningSecret):
		return fmt.Errorf("the API %q signs with HS256 but has no usable secret", api.Identifier)
	case api.TokenLifetime < 0 || api.TokenLifetime > MaxTokenLifetime:
		return fmt.Errorf(
			"the API %q has the invalid token lifetime %d", api.Identifier, api.TokenLifetime,
		)
	case api.TokenEncryption != nil && !api.TokenEncryption.EncryptionKey.isUsable():
		return fmt.Errorf("the API %q has no usable token encryption key", api.Identifier)
	}
	return nil
}

// SigningAlgorithms are the algorithms that tokens can be signed with.
var SigningAlgorithms = []string{"HS256", "RS256", "RS512", "PS256"}

// ResourceServer is an API of the tenant (API contract 3.1). Replies omit pointers and slices that
// are nil, because they never contain null (API contract 1.7).
type ResourceServer struct {
	ID                         string                   `json:"id"`
	Name                       string                   `json:"name,omitzero"`
	IsSystem                   bool                     `json:"is_system,omitzero"`
	Identifier                 string                   `json:"identifier"`
	Scopes                     []Scope                  `json:"scopes,omitzero"`
	AllowOfflineAccess         bool                     `json:"allow_offline_access"`
	AllowOnlineAccess          *bool                    `json:"allow_online_access,omitzero"`
	AllowEphemeralOnlineAccess *bool                    `json:"allow_online_access_with_ephemeral_sessions,omitzero"`
	SkipConsent                bool                     `json:"skip_consent_for_verifiable_first_party_clients"`
	SubjectTypeAuthorization   subjectTypeAuthorization `json:"subject_type_authorization"`
	TokenLifetime              int                      `json:"token_lifetime"`
	TokenLifetimeForWeb        int                      `json:"token_lifetime_for_web"`
	TokenLifetimeForAnonymous  *int                     `json:"token_lifetime_for_anonymous_access_tokens,omitzero"`
	TokenDialect               string                   `json:"token_dialect,omitzero"`
	EnforcePolicies            *bool                    `json:"enforce_policies,omitzero"`
	SigningAlg                 string                   `json:"signing_alg"`
	SigningSecret              string                   `json:"signing_secret,omitzero"`
	TokenEncryption            *tokenEncryption         `json:"token_encryption,omitzero"`
	ConsentPolicy              *string                  `json:"consent_policy,omitzero"`
	AuthorizationDetails       []json.RawMessage        `json:"authorization_details,omitzero"`
	ProofOfPossession          *proofOfPossession       `json:"proof_of_possession,omitzero"`
	AuthorizationPolicy        *authorizationPolicy     `json:"authorization_policy,omitzero"`
}

var resourceServerKind = kind[ResourceServer]{
	name: "resource_servers",
	id:   func(api ResourceServer) string { return api.ID },
	key:  func(api ResourceServer) string { return api.Identifier },
	rename: func(api ResourceServer, rename func(string) string) ResourceServer {
		api.Identifier = rename(api.Identifier)
		return api
	},
	sound:  checkRestoredAPI,
	ownIDs: true,
}

// Scope is a permission that an API defines. Description is nil unless it was sent (API contract
// 3.2).
type Scope struct {
	Value       string  `json:"value"`
	Description *string `json:"description,omitzero"`
}

// subjectTypeAuthorization says who can get tokens. Its fields are not pointers, so that an update
// that omits one keeps its value.
//
// ASSUMED: an omitted field keeps its value and is not reset (API contract 3.5).
type subjectTypeAuthorization struct {
	User          accessPolicy `json:"user"`
	Client        accessPolicy `json:"client"`
	AnonymousUser accessPolicy `json:"anonymous_user,omitzero"`
}

type accessPolicy struct {
	Policy string `json:"policy"`
}

type proofOfPossession struct {
	Mechanism   string  `json:"mechanism"`
	Required    bool    `json:"required"`
	RequiredFor *string `json:"required_for,omitzero"`
}

type authorizationPolicy struct {
	PolicyID string `json:"policy_id"`
}

// Policies for getting tokens for an API (API contract 3.5).
const (
	allowAll           = "allow_all"
	DenyAll            = "deny_all"
	requireClientGrant = "require_client_grant"
)

// NewResourceServer returns an API with default settings (API contract 3.1). If sources disagree,
// observed replies take precedence over documentation.
func NewResourceServer(now time.Time) ResourceServer {
	return ResourceServer{
		ID: newResourceServerID(now),
		SubjectTypeAuthorization: subjectTypeAuthorization{
			User:   accessPolicy{allowAll},
			Client: accessPolicy{requireClientGrant},
		},
		TokenLifetime:       86400,
		TokenLifetimeForWeb: 7200,
		SigningAlg:          "RS256",
	}
}

// ScopeValues returns the scopes that the API currently defines.
func (api ResourceServer) ScopeValues() []string {
	values := make([]string, len(api.Scopes))
	for i, defined := range api.Scopes {
		values[i] = defined.Value
	}
	return values
}

// Limits of an API's settings (API contract 3.1).
const (
	MaxTokenLifetime = 2_592_000
	MinSigningSecret = 16
)
