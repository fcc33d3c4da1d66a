// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

// signingKeyAnswer is a signing key as the Management API shows it (API contract 8).
type signingKeyAnswer struct {
	KID          string `json:"kid"`
	Cert         string `json:"cert"`
	PKCS7        string `json:"pkcs7"`
	Fingerprint  string `json:"fingerprint"`
	Thumbprint   string `json:"thumbprint"`
	Current      bool   `json:"current,omitzero"`
	Next         bool   `json:"next,omitzero"`
	Previous     bool   `json:"previous,omitzero"`
	CurrentSince moment `json:"current_since,omitzero"`
	CurrentUntil moment `json:"current_until,omitzero"`
	Revoked      bool   `json:"revoked,omitzero"`
	RevokedAt    moment `json:"revoked_at,omitzero"`
}

// signingKeyReference is what rotating and revoking answer.
type signingKeyReference struct {
	Cert string `json:"cert"`
	KID  string `json:"kid"`
}

func (s *Server) signingKeyRoutes() []route {
	const all, one = "/api/v2/keys/signing", "/api/v2/keys/signing/{kid}"
	return []route{
		{
			method: http.MethodGet, pattern: all, scopes: []string{"read:signing_keys"},
			does: "List signing keys: all that are in use, and the last three revoked ones", query: &schema.Schema{},
			handle: s.readSigningKeys,
		},
		{
			method: http.MethodGet, pattern: one, scopes: []string{"read:signing_keys"},
			does: "Read a signing key", query: &schema.Schema{}, refuses: []*wire.Refusal{errNoSigningKey}, handle: s.readSigningKey,
		},
		{
			method: http.MethodPost, pattern: all + "/rotate", scopes: []string{"create:signing_keys", "update:signing_keys"}, allScopes: true,
			does: "Put the next signing key to use and make another; five times a day", status: http.StatusCreated,
			refuses: []*wire.Refusal{wire.ErrEndpointLimit}, handle: s.rotateSigningKeys,
		},
		{
			method: http.MethodPut, pattern: one + "/revoke", scopes: []string{"update:signing_keys"},
			does: "Revoke a previous signing key", refuses: []*wire.Refusal{errNoSigningKey, errNotPreviousKey}, handle: s.revokeSigningKey,
		},
	}
}

// listedRevoked is how many revoked keys a list shows (API contract 8).
const listedRevoked = 3

// readSigningKeys lists keys as the JWKS does, and some revoked ones after them.
func (s *Server) readSigningKeys(c *call) (any, error) {
	keys := s.store.listSigningKeys(c.view)
	inUse := len(slices.DeleteFunc(slices.Clone(keys), signingKey.isRevoked))
	shown := []signingKeyAnswer{}
	for _, key := range keys[:min(inUse+listedRevoked, len(keys))] {
		shown = append(shown, key.shown())
	}
	return shown, nil
}

func (s *Server) readSigningKey(c *call) (any, error) {
	key, err := s.store.signingKey(c.view, c.params["kid"])
	return key.shown(), err
}

// rotateSigningKeys makes the new key before it asks for the store, because that takes a while; and it looks at the
// limit before that, so that nobody gets keys made in vain.
func (s *Server) rotateSigningKeys(*call) (any, error) {
	if err := s.store.checkRotation(); err != nil {
		return nil, err
	}
	fresh, err := newSigningKey(nil, hostOf(s.tenant), s.clock.Now())
	if err != nil {
		return nil, err
	}
	return fresh.reference(), s.store.rotateSigningKeys(fresh)
}

func (s *Server) revokeSigningKey(c *call) (any, error) {
	key, err := s.store.revokeSigningKey(c.params["kid"])
	return key.reference(), err
}

func (k signingKey) isRevoked() bool { return k.state() == revokedKey }

func (k signingKey) reference() signingKeyReference {
	return signingKeyReference{Cert: k.certificatePEM(), KID: k.KID}
}

func (k signingKey) certificatePEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Certificate}))
}

// shown leaves out what a key is not (yet).
//
// ASSUMED: a revoked key counts as previous no longer; hexadecimal digits are upper case; times are written as those of
// credentials are.
func (k signingKey) shown() signingKeyAnswer {
	sum := k.sha1()
	state := k.state()
	return signingKeyAnswer{
		KID:          k.KID,
		Cert:         k.certificatePEM(),
		PKCS7:        pki.PKCS7(k.Certificate),
		Fingerprint:  strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":"),
		Thumbprint:   fmt.Sprintf("%X", sum),
		Current:      state == currentKey,
		Next:         state == nextKey,
		Previous:     state == previousKey,
		CurrentSince: moment{k.CurrentSince},
		CurrentUntil: moment{k.CurrentUntil},
		Revoked:      state == revokedKey,
		RevokedAt:    moment{k.RevokedAt},
	}
}
