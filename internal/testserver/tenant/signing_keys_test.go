// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

func TestSigningKeys_brokenSnapshotsAreRefused(t *testing.T) {
	t.Parallel()
	key, err := newSigningKey(nil, "host", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	next := wire.Encode(key)
	key.KID = "another"
	for name, values := range map[string][]json.RawMessage{
		"two next keys":       {next, wire.Encode(key)},
		"no private key":      {json.RawMessage(`{"kid":"k","private":null}`)},
		"invalid private key": {json.RawMessage(`{"kid":"k","private":"AAAA"}`)},
	} {
		s := New("http://127.0.0.1:1", &Clock{})
		var errs []error
		for i, value := range values {
			errs = append(errs, s.signingKeys.restore(
				record{Table: "signing_keys", Number: uint64(i + 1), Value: value}, issuers{},
			))
		}
		if slices.Index(errs, nil) == len(errs)-1 || errs[len(errs)-1] == nil {
			t.Errorf("%s: %v", name, errs)
		}
	}
}
