// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// Organizations is the endpoint of organizations (API contract 5.1).
type Organizations struct{ conn *rest.Conn }

// Organization is an organization as the Management API returns it. A nil pointer or map means that
// the answer lacks the property.
type Organization struct {
	ID                     string                `json:"id"`
	Name                   string                `json:"name"`
	DisplayName            *string               `json:"display_name"`
	Branding               *OrganizationBranding `json:"branding"`
	Metadata               map[string]string     `json:"metadata"`
	ThirdPartyClientAccess *string               `json:"third_party_client_access"`
	IsAppEntitlementActive *bool                 `json:"is_app_entitlement_active"`
}

// OrganizationBranding is how the login page looks for an organization.
type OrganizationBranding struct {
	LogoURL *string           `json:"logo_url"`
	Colors  map[string]string `json:"colors"`
}

// Complete implements rest.Object.
func (o *Organization) Complete() bool { return o.ID != "" }

// IsCalled implements rest.Named.
func (o *Organization) IsCalled(name string) bool {
	return name == o.ID || o.Name == name
}

func (Organization) listName() string { return "organizations" }

func (o Organization) itemID() string { return o.ID }

// Get reads an organization by its id.
func (o *Organizations) Get(ctx context.Context, id string) (Organization, error) {
	return o.get(ctx, "organizations", id)
}

// GetByName reads an organization by its name, which is unique in the tenant.
func (o *Organizations) GetByName(ctx context.Context, name string) (Organization, error) {
	return o.get(ctx, "organizations", "name", name)
}

func (o *Organizations) get(ctx context.Context, path ...string) (Organization, error) {
	found, err := rest.Manage[Organization](ctx, o.conn, rest.Request{
		Op: "read organization", Method: http.MethodGet, Path: path, About: path[len(path)-1],
		Repeatable: true,
	})
	markMissingOrganization(err)
	return found, err
}

// markMissingOrganization makes the answer that an organization does not exist satisfy IsNotFound.
// The API sends that answer without a code (API contract 1.5), so only its message distinguishes it
// from the 404 of an unknown route or of another server.
func markMissingOrganization(err error) {
	if rest.IsPlainNotFound(err) {
		answer := rest.Answered(err)
		if strings.HasPrefix(answer.Message, "No organization found") {
			answer.Code = "inexistent_organization"
		}
	}
}

// List returns all organizations of the tenant. It reads by checkpoint, because paging by offset
// ends after 1,000 organizations (API contract 1.8).
func (o *Organizations) List(ctx context.Context) ([]Organization, error) {
	r := rest.Request{
		Op: "list organizations", Path: []string{"organizations"}, Query: checkpointQuery(),
	}
	return collect(pages(ctx, o.conn, r, byCheckpoint[Organization]))
}
