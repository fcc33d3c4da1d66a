// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// credentialProperties are those of a credential that is made (API contract 7.1).
var credentialProperties = []schema.Property{
	{
		Name: "credential_type", Kind: schema.String, Required: true, Description: "Type of the credential",
		Enum: []string{tenant.PublicKeyType, tenant.CertificateSubjectType, tenant.CertificateType},
	},
	{Name: "name", Kind: schema.String, Max: 128, Description: "Friendly name for a credential"},
	{Name: "subject_dn", Kind: schema.String, Min: 1, Max: 256, Description: "Subject Distinguished Name"},
	{Name: "pem", Kind: schema.String, Min: 1, Description: "PEM-formatted public key or X.509 certificate"},
	{Name: "alg", Kind: schema.String, Enum: []string{"RS256", "RS384", "PS256"}, Description: "Algorithm used with the credential"},
	{Name: "kid", Kind: schema.String, Pattern: regexp.MustCompile(`^[0-9a-zA-Z-_]{10,64}$`), Description: "Key ID"},
	{Name: "parse_expiry_from_cert", Kind: schema.Boolean, Description: "Whether to take the expiry from the certificate"},
	{Name: "expires_at", Kind: schema.String, Format: schema.DateTime, Description: "Time of the credential's expiry, in ISO 8601"},
}

var createCredentialSchema = schema.Schema{Properties: credentialProperties}

// updateCredentialSchema knows nothing but the expiry (API contract 7.2).
//
// ASSUMED: null takes the expiry away, and an empty body changes nothing.
var updateCredentialSchema = schema.Schema{Properties: []schema.Property{
	{
		Name: "expires_at", Kind: schema.String, Nullable: true, Format: schema.DateTime,
		Description: "Time of the credential's expiry, in ISO 8601; null for none",
	},
}}

func (h *handlers) credentialRoutes() []route {
	const all, one = "/api/v2/clients/{id}/credentials", "/api/v2/clients/{id}/credentials/{credential_id}"
	unknown := []*wire.Refusal{tenant.ErrNoClient, errNoCredential}
	return []route{
		{
			method: http.MethodPost, pattern: all, scopes: []string{"create:client_credentials"},
			does: "Create a credential of a client, not yet attached", status: http.StatusCreated, body: &createCredentialSchema,
			refuses: append(slices.Clone(credentialRules), tenant.ErrNoClient), handle: h.createCredential,
		},
		{
			method: http.MethodGet, pattern: all, scopes: []string{"read:client_credentials"},
			does: "List the credentials of a client, as a bare array", refuses: []*wire.Refusal{tenant.ErrNoClient}, handle: h.listCredentials,
		},
		{
			method: http.MethodGet, pattern: one, scopes: []string{"read:client_credentials"},
			does: "Read a credential of a client", refuses: unknown, handle: h.readCredential,
		},
		{
			method: http.MethodPatch, pattern: one, scopes: []string{"update:client_credentials"},
			does: "Change when a credential of a client expires", body: &updateCredentialSchema,
			refuses: unknown, handle: h.updateCredential,
		},
		{
			method: http.MethodDelete, pattern: one, scopes: []string{"delete:client_credentials"},
			does: "Delete a credential of a client, attached or not", status: http.StatusNoContent,
			handle: h.deleteCredential,
		},
	}
}

func (h *handlers) createCredential(c *call) (any, error) {
	var made tenant.Credential
	_, err := h.store.UpdateClient(c.params["id"], func(of *tenant.Client) (err error) {
		if made, err = newCredential(c.given, h.store.Now()); err == nil {
			err = of.AddCredential(made)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return showCredential(made), nil
}

func (h *handlers) listCredentials(c *call) (any, error) {
	of, err := h.store.Client(c.view, c.params["id"])
	if err != nil {
		return nil, err
	}
	shown := make([]any, len(of.Credentials))
	for i, one := range of.Credentials {
		shown[i] = showCredential(one)
	}
	return shown, nil
}

func (h *handlers) readCredential(c *call) (any, error) {
	of, err := h.store.Client(c.view, c.params["id"])
	if err != nil {
		return nil, err
	}
	i := of.FindCredential(c.params["credential_id"])
	if i < 0 {
		return nil, errNoCredential
	}
	return showCredential(of.Credentials[i]), nil
}

// updateCredential answers 200, whatever the OpenAPI says (API contract 7.2).
func (h *handlers) updateCredential(c *call) (any, error) {
	var changed tenant.Credential
	_, err := h.store.UpdateClient(c.params["id"], func(of *tenant.Client) error {
		i := of.FindCredential(c.params["credential_id"])
		if i < 0 {
			return errNoCredential
		}
		changed = of.Credentials[i]
		c.given.Overlay(&changed)
		changed.UpdatedAt = tenant.Moment{Time: h.store.Now()}
		of.Credentials = slices.Clone(of.Credentials)
		of.Credentials[i] = changed
		return nil
	})
	if err != nil {
		return nil, err
	}
	return showCredential(changed), nil
}

// deleteCredential takes what does not exist for deleted.
//
// ASSUMED: as with other objects (API contract 1.5).
func (h *handlers) deleteCredential(c *call) (any, error) {
	return nil, h.store.DropCredential(c.params["id"], c.params["credential_id"])
}
