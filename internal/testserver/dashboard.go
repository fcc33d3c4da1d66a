// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"context"
	"crypto/rsa"
	"io"
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// Dashboard acts as a person at the tenant's dashboard. The same rules apply, but it needs no
// token, is not recorded, and gets no faults. The path is a path of the Management API with its
// query, such as /api/v2/clients?take=5. It panics if the path cannot be part of a URL.
func (s *Server) Dashboard(method, path, body string) (status int, answer []byte) {
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(context.Background(), method, s.url+path, content)
	if err != nil {
		panic("testserver: " + err.Error())
	}
	r.Header.Set("Content-Type", "application/json")
	c := s.newCall(r)
	c.Caller = routing.Caller{Unrestricted: true}
	done := s.guarded(s.validated(s.dispatch))(c)
	return done.Status, done.Body
}

// AddOrganization adds an organization to the tenant and returns its id. A name that is taken is a
// mistake in the test, so it panics.
func (s *Server) AddOrganization(name string) (id string) {
	added := tenant.NewOrganization()
	added.Name = name
	if err := s.store.AddOrganization(added); err != nil {
		panic("testserver: " + err.Error() + ": " + name)
	}
	return added.ID
}

// SetPublicKey lets a client authenticate with private_key_jwt and nothing else: its secret is
// unusable from then on. An empty kid stands for a key without one. A client can have several keys,
// and alg is the algorithm of its assertions: RS256, RS384 or PS256. An unknown client is a mistake
// in the test, so it panics.
func (s *Server) SetPublicKey(clientID, alg, kid string, public *rsa.PublicKey) {
	text, err := pki.EncodePublicKey(public)
	if err == nil {
		now := tenant.Moment{Time: s.clock.Now()}
		_, err = s.store.UpdateClient(clientID, func(c *tenant.Client) error {
			c.AttachKey(tenant.Credential{
				ID: tenant.NewCredentialID(), Type: tenant.PublicKeyType, Alg: alg, KID: kid,
				PEM: text, CreatedAt: now, UpdatedAt: now,
			})
			return nil
		})
	}
	if err != nil {
		panic("testserver: " + err.Error() + ": " + clientID)
	}
}
