// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/redact"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Short names of what tests of the client share.
type tenant = m2mtest.Tenant

var (
	serve, script       = m2mtest.Serve, m2mtest.Script
	reply, answer       = m2mtest.Reply, m2mtest.Answer
	noon, atNoon        = m2mtest.Noon, m2mtest.AtNoon
	rsaKey, otherRSAKey = m2mtest.RSAKey, m2mtest.OtherRSAKey
)

// verifierOf returns a verifier of a tenant.
func verifierOf(s *tenant, now func() time.Time) *Verifier {
	return verifier(s.URL+"/", http.DefaultTransport, now)
}

// over returns a verifier of https://tenant.example/ whose documents come from f.
func over(f m2mtest.Wire) *Verifier { return verifier("https://tenant.example/", f, atNoon) }

func verifier(issuer string, transport http.RoundTripper, now func() time.Time) *Verifier {
	return New(Tenant{
		Issuer: issuer, Secrets: &redact.Secrets{}, Now: now,
		Document: func(ctx context.Context, _, address string, out any) error {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
			if err != nil {
				return err
			}
			resp, err := transport.RoundTrip(req)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			return json.NewDecoder(resp.Body).Decode(out)
		},
	})
}
