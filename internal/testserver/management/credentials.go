// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// credentialProperties are the properties of a new credential (API contract 7.1).
var credentialProperties = []schema.Property{
	{
		Name: "credential_type", Kind: schema.String, Required: true,
		Description: "Type of the credential",
		Enum: []string{
			tenant.PublicKeyType, tenant.CertificateSubjectType, tenant.CertificateType,
		},
	},
	{Name: "name", Kind: schema.String, Max: 128, Description: "Friendly name for a credential"},
	{
		Name: "subject_dn", Kind: schema.String, Min: 1, Max: 256,
		Description: "Subject Distinguished Name",
	},
	{
		Name: "pem", Kind: schema.String, Min: 1,
		Description: "PEM-formatted public key or X.509 certificate",
	},
	{
		Name: "alg", Kind: schema.String, Enum: []string{"RS256", "RS384", "PS256"},
		Description: "Algorithm used with the credential",
	},
	{
		Name: "kid", Kind: schema.String, Pattern: regexp.MustCompile(`^[0-9a-zA-Z-_]{10,64}$`),
		Description: "Key ID",
	},
	{
		Name:        "parse_expiry_from_cert",
		Kind:        schema.Boolean,
		Description: "Whether to take the expiry from the certificate",
	},
	{
		Name: "expires_at", Kind: schema.String, Format: schema.DateTime,
		Description: "Time of the credential's expiry, in ISO 8601",
	},
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

func (h *Handlers) credentialRoutes() []routing.Route {
	const all = "/api/v2/clients/{id}/credentials"
	const one = all + "/{credential_id}"
	unknown := []*wire.Refusal{tenant.ErrNoClient, errNoCredential}
	return []routing.Route{
		{
			Method: http.MethodPost, Pattern: all, Scopes: []string{"create:client_credentials"},
			Does: "Create a credential of a client, not yet attached", Status: http.StatusCreated,
			Body:    &createCredentialSchema,
			Refuses: append(slices.Clone(credentialRules), tenant.ErrNoClient),
			Handle:  h.createCredential,
		},
		{
			Method: http.MethodGet, Pattern: all, Scopes: []string{"read:client_credentials"},
			Does:    "List the credentials of a client, as a bare array",
			Refuses: []*wire.Refusal{tenant.ErrNoClient}, Handle: h.listCredentials,
		},
		{
			Method: http.MethodGet, Pattern: one, Scopes: []string{"read:client_credentials"},
			Does: "Read a credential of a client", Refuses: unknown, Handle: h.readCredential,
		},
		{
			Method: http.MethodPatch, Pattern: one, Scopes: []string{"update:client_credentials"},
			Does: "Change when a credential of a client expires", Body: &updateCredentialSchema,
			Refuses: unknown, Handle: h.updateCredential,
		},
		{
			Method: http.MethodDelete, Pattern: one, Scopes: []string{"delete:client_credentials"},
			Does: "Delete a credential of a client, attached or not", Status: http.StatusNoContent,
			Handle: h.deleteCredential,
		},
	}
}

func (h *Handlers) createCredential(c *routing.Call) (any, error) {
	var made tenant.Credential
	_, err := h.store.UpdateClient(c.Params["id"], func(of *tenant.Client) (err error) {
		if made, err = newCredential(c.Given, h.store.Now()); err == nil {
			err = of.AddCredential(made)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return showCredential(made), nil
}

func (h *Handlers) listCredentials(c *routing.Call) (any, error) {
	of, err := h.store.Client(c.View, c.Params["id"])
	if err != nil {
		return nil, err
	}
	shown := make([]any, len(of.Credentials))
	for i, one := range of.Credentials {
		shown[i] = showCredential(one)
	}
	return shown, nil
}

func (h *Handlers) readCredential(c *routing.Call) (any, error) {
	of, err := h.store.Client(c.View, c.Params["id"])
	if err != nil {
		return nil, err
	}
	i := of.FindCredential(c.Params["credential_id"])
	if i < 0 {
		return nil, errNoCredential
	}
	return showCredential(of.Credentials[i]), nil
}

// updateCredential answers 200, whatever the OpenAPI says (API contract 7.2).
func (h *Handlers) updateCredential(c *routing.Call) (any, error) {
	var changed tenant.Credential
	_, err := h.store.UpdateClient(c.Params["id"], func(of *tenant.Client) error {
		i := of.FindCredential(c.Params["credential_id"])
		if i < 0 {
			return errNoCredential
		}
		changed = of.Credentials[i]
		c.Given.Overlay(&changed)
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

// deleteCredential treats a missing credential as deleted.
//
// ASSUMED: as with other objects (API contract 1.5).
func (h *Handlers) deleteCredential(c *routing.Call) (any, error) {
	return nil, h.store.DropCredential(c.Params["id"], c.Params["credential_id"])
}
