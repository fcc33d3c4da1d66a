// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// signingKeyAnswer is a signing key as the Management API shows it (API contract 8).
type signingKeyAnswer struct {
	KID          string        `json:"kid"`
	Cert         string        `json:"cert"`
	PKCS7        string        `json:"pkcs7"`
	Fingerprint  string        `json:"fingerprint"`
	Thumbprint   string        `json:"thumbprint"`
	Current      bool          `json:"current,omitzero"`
	Next         bool          `json:"next,omitzero"`
	Previous     bool          `json:"previous,omitzero"`
	CurrentSince tenant.Moment `json:"current_since,omitzero"`
	CurrentUntil tenant.Moment `json:"current_until,omitzero"`
	Revoked      bool          `json:"revoked,omitzero"`
	RevokedAt    tenant.Moment `json:"revoked_at,omitzero"`
}

// signingKeyReference is what rotating and revoking answer.
type signingKeyReference struct {
	Cert string `json:"cert"`
	KID  string `json:"kid"`
}

func (h *Handlers) signingKeyRoutes() []routing.Route {
	const all, one = "/api/v2/keys/signing", "/api/v2/keys/signing/{kid}"
	return []routing.Route{
		{
			Method: http.MethodGet, Pattern: all, Scopes: []string{"read:signing_keys"},
			Does:   "List signing keys: all that are in use, and the last three revoked ones",
			Query:  &schema.Schema{},
			Handle: h.readSigningKeys,
		},
		{
			Method: http.MethodGet, Pattern: one, Scopes: []string{"read:signing_keys"},
			Does: "Read a signing key", Query: &schema.Schema{},
			Refuses: []*wire.Refusal{tenant.ErrNoSigningKey}, Handle: h.readSigningKey,
		},
		{
			Method: http.MethodPost, Pattern: all + "/rotate",
			Scopes: []string{"create:signing_keys", "update:signing_keys"}, AllScopes: true,
			Does:    "Put the next signing key to use and make another; five times a day",
			Status:  http.StatusCreated,
			Refuses: []*wire.Refusal{wire.ErrEndpointLimit}, Handle: h.rotateSigningKeys,
		},
		{
			Method: http.MethodPut, Pattern: one + "/revoke",
			Scopes:  []string{"update:signing_keys"},
			Does:    "Revoke a previous signing key",
			Refuses: []*wire.Refusal{tenant.ErrNoSigningKey, tenant.ErrNotPreviousKey},
			Handle:  h.revokeSigningKey,
		},
	}
}

// listedRevoked is how many revoked keys a list shows (API contract 8).
const listedRevoked = 3

// readSigningKeys lists keys as the JWKS does, and some revoked ones after them.
func (h *Handlers) readSigningKeys(c *routing.Call) (any, error) {
	keys := h.store.ListSigningKeys(c.View)
	inUse := len(slices.DeleteFunc(slices.Clone(keys), tenant.SigningKey.IsRevoked))
	shown := []signingKeyAnswer{}
	for _, key := range keys[:min(inUse+listedRevoked, len(keys))] {
		shown = append(shown, showSigningKey(key))
	}
	return shown, nil
}

func (h *Handlers) readSigningKey(c *routing.Call) (any, error) {
	key, err := h.store.SigningKey(c.View, c.Params["kid"])
	if err != nil {
		return nil, err
	}
	return showSigningKey(key), nil
}

// rotateSigningKeys makes the new key before it takes the store's lock, because that is slow. It
// checks the limit first, so that a refused request makes no key.
func (h *Handlers) rotateSigningKeys(*routing.Call) (any, error) {
	if err := h.store.CheckRotation(); err != nil {
		return nil, err
	}
	fresh, err := h.store.NewSigningKey()
	if err != nil {
		return nil, err
	}
	if err := h.store.RotateSigningKeys(fresh); err != nil {
		return nil, err
	}
	return referTo(fresh), nil
}

func (h *Handlers) revokeSigningKey(c *routing.Call) (any, error) {
	key, err := h.store.RevokeSigningKey(c.Params["kid"])
	if err != nil {
		return nil, err
	}
	return referTo(key), nil
}

func referTo(k tenant.SigningKey) signingKeyReference {
	return signingKeyReference{Cert: k.CertificatePEM(), KID: k.KID}
}

// showSigningKey leaves out what a key is not (yet).
//
// ASSUMED: a revoked key counts as previous no longer; hexadecimal digits are upper case; times are
// written as those of credentials are.
func showSigningKey(k tenant.SigningKey) signingKeyAnswer {
	sum := k.SHA1()
	state := k.State()
	return signingKeyAnswer{
		KID:          k.KID,
		Cert:         k.CertificatePEM(),
		PKCS7:        pki.PKCS7(k.Certificate),
		Fingerprint:  strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":"),
		Thumbprint:   fmt.Sprintf("%X", sum),
		Current:      state == tenant.CurrentKey,
		Next:         state == tenant.NextKey,
		Previous:     state == tenant.PreviousKey,
		CurrentSince: tenant.Moment{Time: k.CurrentSince},
		CurrentUntil: tenant.Moment{Time: k.CurrentUntil},
		Revoked:      state == tenant.RevokedKey,
		RevokedAt:    tenant.Moment{Time: k.RevokedAt},
	}
}
