// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// The key stays known where an answer has no thumbprint yet (API contract 3.6).
func TestEncryptionKeyFromAPI_withoutThumbprint(t *testing.T) {
	t.Parallel()
	text := testkeys.PublicPEM()
	key := encryptionKeyFromAPI(m2m.EncryptionKey{Alg: "RSA-OAEP-256"}, types.StringValue(text))
	thumbprint, err := m2m.Thumbprint(text)
	if err != nil {
		t.Fatal(err)
	}
	if key.PEM.ValueString() != text || key.ThumbprintSHA256.ValueString() != thumbprint {
		t.Errorf("the key is %v, want the known PEM and the thumbprint %s", key, thumbprint)
	}
}

func TestPlannedSecret(t *testing.T) {
	t.Parallel()
	var (
		known   = types.StringValue("0123456789abcdef")
		unknown = types.StringUnknown()
		none    = types.StringNull()
		hs256   = types.StringValue("HS256")
		rs256   = types.StringValue("RS256")
		id      = types.StringValue("6b00")
		one     = types.Int64Value(1)
	)
	for name, c := range map[string]struct {
		config, plan, prior resourceServerModel
		want                types.String
	}{
		"new, algorithm left out": {plan: resourceServerModel{SigningAlg: unknown}, want: unknown},
		"new with HS256":          {plan: resourceServerModel{SigningAlg: hs256}, want: unknown},
		"new with RS256":          {plan: resourceServerModel{SigningAlg: rs256}, want: none},
		"perhaps adopted":         {plan: resourceServerModel{SigningAlg: rs256, UseExisting: types.BoolValue(true)}, want: unknown},
		"perhaps adopted later":   {plan: resourceServerModel{SigningAlg: rs256, UseExisting: types.BoolUnknown()}, want: unknown},
		"turned to HS256":         {plan: resourceServerModel{SigningAlg: hs256}, prior: resourceServerModel{ID: id, SigningAlg: rs256}, want: unknown},
		"kept":                    {plan: resourceServerModel{SigningAlg: rs256}, prior: resourceServerModel{ID: id, SigningAlg: hs256, SigningSecret: known}, want: known},
		"write-only":              {config: resourceServerModel{SigningSecretWOVersion: one}, plan: resourceServerModel{SigningAlg: hs256}, want: none},
		"perhaps write-only":      {config: resourceServerModel{SigningSecretWOVersion: types.Int64Unknown()}, plan: resourceServerModel{SigningAlg: rs256}, want: unknown},
		"no longer write-only": {
			plan: resourceServerModel{SigningAlg: hs256}, prior: resourceServerModel{ID: id, SigningAlg: hs256, SigningSecretWOVersion: one}, want: unknown,
		},
	} {
		if got := plannedSecret(c.config, c.plan, c.prior); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
