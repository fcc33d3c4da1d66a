// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// validate checks the credentials. Its errors are not on a credential, because Terraform would
// print its line.
func (m *tokenModel) validate(diags *diag.Diagnostics) {
	if attribute.IsUnset(m.ClientAssertionPrivateKey) {
		return
	}
	if !attribute.IsUnset(m.ClientSecret) {
		diags.AddError("Several ways to authenticate",
			"client_secret and client_assertion_private_key are both set. Remove one of them "+
				"from the configuration.")
	}
	if !attribute.IsUnset(m.TokenEndpointAuthMethod) {
		diags.AddAttributeError(path.Root("token_endpoint_auth_method"), "No secret to send",
			m.TokenEndpointAuthMethod.ValueString()+
				" sends a secret, but client_assertion_private_key authenticates without one. "+
				"Remove one of them from the configuration.")
	}
	if _, err := input.ParsePrivateKey(m.ClientAssertionPrivateKey.ValueString()); err != nil {
		diags.AddError("Invalid private key", "client_assertion_private_key: "+
			err.Error()+". "+attribute.PrivateKeyForm)
	}
}
