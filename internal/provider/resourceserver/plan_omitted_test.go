// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// A plan that omits a clearable attribute clears it. So the tenant must not choose its value, and
// an apply that stores another value fails.
func TestOmitted_clearableAttributesAreNotLeftToTheTenant(t *testing.T) {
	t.Parallel()
	var schema resource.SchemaResponse
	NewResource().Schema(t.Context(), resource.SchemaRequest{}, &schema)
	for _, name := range clearable {
		if found := schema.Schema.Attributes[name]; found == nil || !found.IsComputed() {
			t.Errorf("%s is not computed, so a system API cannot keep it", name)
		}
		if leavesToTenant(run.NotSystem)(name) || !leavesToTenant(run.OnDemandAPI)(name) {
			t.Errorf("%s is left to the wrong one", name)
		}
	}
	var (
		prior serverModel
		diags diag.Diagnostics
	)
	policy := "transactional-authorization-with-mfa"
	prior.fromAPI(t.Context(), m2m.ResourceServer{
		ConsentPolicy:        &policy,
		AuthorizationDetails: []m2m.AuthorizationDetail{{Type: "payment"}},
		ProofOfPossession:    &m2m.ProofOfPossession{Mechanism: "dpop"},
		AuthorizationPolicy:  &m2m.AuthorizationPolicy{PolicyID: "p1"},
		TokenEncryption:      &m2m.TokenEncryption{Format: tokenEncryptionFormat},
	}, &diags)
	changes := (&serverModel{}).changes(t.Context(), &prior, prior.SigningSecretWO, &diags)
	want := slices.Concat(clearable, []string{"token_encryption"}) // Not computed.
	slices.Sort(want)
	if got := attribute.NamesOf(changes); !slices.Equal(got, want) {
		t.Errorf("null clears %q, want %q", got, want)
	}
}
