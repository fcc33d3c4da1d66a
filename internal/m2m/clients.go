// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// Clients is the endpoint of OAuth clients (API contract 6).
type Clients struct{ conn *rest.Conn }

// OAuthClient is an OAuth client as the Management API returns it, with the properties that matter
// for grants. A nil pointer, slice or map means that the answer lacks the property.
type OAuthClient struct {
	ClientID                 string                     `json:"client_id"`
	Name                     *string                    `json:"name"`
	Description              *string                    `json:"description"`
	AppType                  *string                    `json:"app_type"`
	IsFirstParty             *bool                      `json:"is_first_party"`
	IsGlobal                 bool                       `json:"global"`
	GrantTypes               []string                   `json:"grant_types"`
	TokenEndpointAuthMethod  *string                    `json:"token_endpoint_auth_method"`
	AuthenticationMethods    map[string]json.RawMessage `json:"client_authentication_methods"`
	OrganizationUsage        *string                    `json:"organization_usage"`
	DefaultOrganization      *DefaultOrganization       `json:"default_organization"`
	ResourceServerIdentifier *string                    `json:"resource_server_identifier"`
	// ClientSecret is set only by GetWithSecret.
	ClientSecret *string `json:"client_secret"`
}

// DefaultOrganization is the organization of a token if its request does not name an organization.
type DefaultOrganization struct {
	OrganizationID string   `json:"organization_id"`
	Flows          []string `json:"flows"`
}

// clientFields are the properties to request. They omit secrets and keys, which should be sent only
// if a caller needs them.
var clientFields = []string{
	"client_id", "name", "description", "app_type", "is_first_party", "global", "grant_types",
	"token_endpoint_auth_method",
	"client_authentication_methods", "organization_usage", "default_organization",
	"resource_server_identifier",
}

// Complete implements rest.Object.
func (a *OAuthClient) Complete() bool { return a.ClientID != "" }

// IsCalled implements rest.Named.
func (a *OAuthClient) IsCalled(name string) bool { return name == a.ClientID }

// Secrets implements rest.Confidential.
func (a *OAuthClient) Secrets() []string { return given(a.ClientSecret) }

func (OAuthClient) listName() string { return "clients" }

func (a OAuthClient) itemID() string { return a.ClientID }

// Get reads a client by its id.
func (a *Clients) Get(ctx context.Context, id string) (OAuthClient, error) {
	return a.get(ctx, id, clientFields)
}

// GetWithSecret reads a client and its secret, which requires the management scope
// read:client_keys. A client that authenticates in another way has no secret to show.
func (a *Clients) GetWithSecret(ctx context.Context, id string) (OAuthClient, error) {
	return a.get(ctx, id, append([]string{"client_secret"}, clientFields...))
}

func (a *Clients) get(ctx context.Context, id string, fields []string) (OAuthClient, error) {
	return rest.Manage[OAuthClient](ctx, a.conn, rest.Request{
		Op: "read client", Method: http.MethodGet,
		Path: []string{"clients", id}, Query: withFields(url.Values{}, fields), About: id,
		Repeatable: true,
	})
}

// withFields limits the answer to these properties.
func withFields(query url.Values, fields []string) url.Values {
	query.Set("fields", strings.Join(fields, ","))
	query.Set("include_fields", "true")
	return query
}

// OAuthClientFilter selects the clients to list. A client must match every field that is set.
type OAuthClientFilter struct {
	AppTypes     []string // Any of these; nil means all.
	IsFirstParty *bool
	// IsGlobal lists only the tenant's global client, which represents all applications, instead of
	// the applications.
	IsGlobal bool
}

// List returns the clients that match the filter, without their secrets.
func (a *Clients) List(ctx context.Context, filter OAuthClientFilter) ([]OAuthClient, error) {
	if filter.AppTypes != nil && len(filter.AppTypes) == 0 {
		return []OAuthClient{}, nil
	}
	query := withFields(checkpointQuery(), clientFields)
	query.Set("is_global", strconv.FormatBool(filter.IsGlobal))
	if filter.IsFirstParty != nil {
		query.Set("is_first_party", strconv.FormatBool(*filter.IsFirstParty))
	}
	if len(filter.AppTypes) > 0 {
		query.Set("app_type", strings.Join(filter.AppTypes, ","))
	}
	r := rest.Request{Op: "list clients", Path: []string{"clients"}, Query: query}
	return collect(pages(ctx, a.conn, r, byCheckpoint[OAuthClient]))
}
