// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

// Exchange is a token that is about to be issued, as a machine-to-machine action sees it (API
// contract 9.5).
type Exchange struct {
	ClientID       string
	Audience       string
	OrganizationID string   // Empty when the token is for none.
	Scopes         []string // What the token will carry.
	// The body of the request without client_secret and client_assertion.
	Parameters map[string]string
}

// Verdict is what an action makes of an exchange. The zero value lets it pass.
type Verdict struct {
	Deny   *Denial        // nil to let the token be issued.
	Claims map[string]any // To add to the token.
}

// Denial is why an action denies a token. The code is invalid_scope, invalid_request or
// server_error.
type Denial struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}
