// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
)

// Equal types allow the value of a data source where the value of a resource is expected.
func TestDataSources_typesMatchResources(t *testing.T) {
	t.Parallel()
	var resp resource.SchemaResponse
	NewResource().Schema(t.Context(), resource.SchemaRequest{}, &resp)
	shown := shownAttributes()
	for name, attribute := range shown {
		if model, ok := resp.Schema.Attributes[name]; !ok ||
			!model.GetType().Equal(attribute.GetType()) {
			t.Errorf(
				"%s is %v in data sources and %v in the resource", name, attribute.GetType(), model,
			)
		}
	}
	for name := range resp.Schema.Attributes {
		_, ok := shown[name]
		if left := strings.HasPrefix(name, "signing_secret") || name == "use_existing"; ok == left {
			t.Errorf("data sources show %s: %t, want %t (data_source_schema.go)", name, ok, !ok)
		}
	}
}

func TestEncryptionKeyFromAPI_withoutThumbprint(t *testing.T) {
	t.Parallel()
	pair, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&pair.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	key := encryptionKeyFromAPI(m2m.EncryptionKey{Alg: "RSA-OAEP-256"}, types.StringValue(text))
	thumbprint, err := input.Thumbprint(text)
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
		config, plan, prior serverModel
		want                types.String
	}{
		"new, algorithm omitted": {
			plan: serverModel{serverValues: serverValues{SigningAlg: unknown}},
			want: unknown,
		},
		"new with HS256": {
			plan: serverModel{serverValues: serverValues{SigningAlg: hs256}},
			want: unknown,
		},
		"new with RS256": {
			plan: serverModel{serverValues: serverValues{SigningAlg: rs256}},
			want: none,
		},
		"perhaps adopted": {
			plan: serverModel{
				serverValues: serverValues{SigningAlg: rs256},
				UseExisting:  types.BoolValue(true),
			},
			want: unknown,
		},
		"perhaps adopted later": {
			plan: serverModel{
				serverValues: serverValues{SigningAlg: rs256},
				UseExisting:  types.BoolUnknown(),
			},
			want: unknown,
		},
		"turned to HS256": {
			plan:  serverModel{serverValues: serverValues{SigningAlg: hs256}},
			prior: serverModel{serverValues: serverValues{ID: id, SigningAlg: rs256}},
			want:  unknown,
		},
		"kept": {
			plan: serverModel{serverValues: serverValues{SigningAlg: rs256}},
			prior: serverModel{
				serverValues:  serverValues{ID: id, SigningAlg: hs256},
				SigningSecret: known,
			},
			want: known,
		},
		"write-only": {
			config: serverModel{SigningSecretWOVersion: one},
			plan:   serverModel{serverValues: serverValues{SigningAlg: hs256}},
			want:   none,
		},
		"perhaps write-only": {
			config: serverModel{SigningSecretWOVersion: types.Int64Unknown()},
			plan:   serverModel{serverValues: serverValues{SigningAlg: rs256}},
			want:   unknown,
		},
		"no longer write-only": {
			plan: serverModel{serverValues: serverValues{SigningAlg: hs256}},
			prior: serverModel{
				serverValues:           serverValues{ID: id, SigningAlg: hs256},
				SigningSecretWOVersion: one,
			}, want: unknown,
		},
	} {
		if got := plannedSecret(c.config, c.plan, c.prior); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
