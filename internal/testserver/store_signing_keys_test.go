// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

func TestSigningKeys_surviveASnapshot(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	old := s.store.currentSigningKey()
	for range 2 {
		if _, err := s.rotateSigningKeys(nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.store.revokeSigningKey(old.KID); err != nil {
		t.Fatal(err)
	}
	token, err := s.mint(entitlement{api: s.sampleAPI(), clientID: "c"})
	if err != nil {
		t.Fatal(err)
	}
	before := s.store.listSigningKeys(present)

	taken := s.Snapshot()
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	if err := s.Restore(taken); err != nil {
		t.Fatal(err)
	}
	equal := cmp.Comparer(func(a, b privateKey) bool { return a.Equal(b.PrivateKey) })
	if diff := cmp.Diff(before, s.store.listSigningKeys(present), equal); diff != "" {
		t.Errorf("keys (-before +after):\n%s", diff)
	}
	if _, err := s.verify(token, s.sampleAPI()); err != nil {
		t.Errorf("a token from before: %v", err)
	}
	if _, usable := s.store.verificationKey(old.KID); usable {
		t.Error("the revoked key has come back")
	}
}

func TestSigningKeys_brokenSnapshotsAreRefused(t *testing.T) {
	t.Parallel()
	key, err := newSigningKey(nil, "host", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	next := wire.Encode(key)
	key.KID = "another"
	for name, values := range map[string][]json.RawMessage{
		"two next keys":   {next, wire.Encode(key)},
		"no private key":  {json.RawMessage(`{"kid":"k","private":null}`)},
		"private garbage": {json.RawMessage(`{"kid":"k","private":"AAAA"}`)},
	} {
		s := newStore(&Clock{})
		var errs []error
		for i, value := range values {
			errs = append(errs, s.signingKeys.restore(record{"signing_keys", uint64(i + 1), value}, issuers{}))
		}
		if slices.Index(errs, nil) == len(errs)-1 || errs[len(errs)-1] == nil {
			t.Errorf("%s: %v", name, errs)
		}
	}
}
