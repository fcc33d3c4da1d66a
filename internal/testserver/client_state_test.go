// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"bytes"
	"crypto/rsa"
	"math/big"
	"testing"
)

// TestClient_survivesASnapshot looks at a client that has a value in every field, secrets included.
func TestClient_survivesASnapshot(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	s.SetPublicKey(MachineClientID, "RS256", "", &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2047), E: 65537})
	status, body := s.Dashboard("PATCH", "/api/v2/clients/"+MachineClientID, `{"description":"","callbacks":[],"client_metadata":{"a":"b"},`+
		`"addons":{"a":{"b":1}},"encryption_key":{"pub":"p"},"token_quota":{"client_credentials":{"enforce":false}}}`)
	if status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	saved := s.store.clients.dump()
	restored := newTable(s.store.clients.tableRules)
	for _, one := range saved {
		if err := restored.restore(one, issuers{}); err != nil {
			t.Fatal(err)
		}
	}
	again := restored.dump()
	for i := range saved {
		if !bytes.Equal(saved[i].Value, again[i].Value) {
			t.Errorf("%s\n%s", saved[i].Value, again[i].Value)
		}
	}
	one := restored.find(MachineClientID).value
	if keys := one.keys(s.clock.Now()); one.Secret != MachineClientSecret || len(keys) != 1 || keys[0].PEM == "" {
		t.Errorf("secret %q, keys %v", one.Secret, keys)
	}
}
