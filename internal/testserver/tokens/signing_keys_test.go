// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

func TestSigningKeys_surviveASnapshot(t *testing.T) {
	t.Parallel()
	store := tenant.New("http://127.0.0.1:1", &tenant.Clock{})
	mustSucceed(t, store.MakeSigningKeys(nil))
	mustSucceed(t, store.Seed(nil))
	store.Settle()
	s := New(store, nil, slog.New(slog.DiscardHandler))
	old := store.CurrentSigningKey()
	for range 2 {
		fresh, err := store.NewSigningKey()
		mustSucceed(t, err)
		mustSucceed(t, store.RotateSigningKeys(fresh))
	}
	if _, err := store.RevokeSigningKey(old.KID); err != nil {
		t.Fatal(err)
	}
	api, err := store.ResourceServerByIdentifier(tenant.SampleAPIAudience)
	mustSucceed(t, err)
	token, err := s.mint(entitlement{api: api, clientID: "c"})
	if err != nil {
		t.Fatal(err)
	}
	before := store.ListSigningKeys(tenant.Present)

	taken := store.Snapshot()
	if err := store.Reset(); err != nil {
		t.Fatal(err)
	}
	if err := store.Restore(taken); err != nil {
		t.Fatal(err)
	}
	equal := cmp.Comparer(func(a, b tenant.PrivateKey) bool { return a.Equal(b.PrivateKey) })
	if diff := cmp.Diff(before, store.ListSigningKeys(tenant.Present), equal); diff != "" {
		t.Errorf("keys (-before +after):\n%s", diff)
	}
	if _, err := s.Verify(token, api); err != nil {
		t.Errorf("a token from before: %v", err)
	}
	if _, usable := store.VerificationKey(old.KID); usable {
		t.Error("the revoked key has come back")
	}
}

// mustSucceed ends the test if a setup step fails.
func mustSucceed(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
