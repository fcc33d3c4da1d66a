// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

// Exchange describes a token request to a machine-to-machine action (API contract 9.5).
type Exchange struct {
	ClientID       string
	Audience       string
	OrganizationID string   // Empty if the token is for no organization.
	Scopes         []string // The scopes of the token.
	// The request body without client_secret and client_assertion.
	Parameters map[string]string
}

// Verdict is an action's decision about an exchange. The zero value allows it unchanged.
type Verdict struct {
	Deny   *Denial        // nil to issue the token.
	Claims map[string]any // Claims to add to the token.
}

// Denial is an action's reason to deny a token. The code is invalid_scope, invalid_request or
// server_error.
type Denial struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}
