// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"encoding/pem"
	"net/http"
	"slices"
	"strings"
)

// clientAnswer is a client as the Management API shows it (API contract 6.1).
type clientAnswer struct {
	Tenant              string `json:"tenant"`
	Global              bool   `json:"global"`
	CallbackURLTemplate bool   `json:"callback_url_template"`
	client
	Encrypted   bool               `json:"encrypted,omitzero"` // The recordings have it where a client was made, and nowhere else.
	SigningKeys []clientSigningKey `json:"signing_keys,omitzero"`
}

type clientSigningKey struct {
	Cert    string `json:"cert"`
	PKCS7   string `json:"pkcs7"`
	Subject string `json:"subject"`
}

// showClient hides secrets and keys from tokens without the scope for them (API contract 6.2).
func (s *Server) showClient(one client, who caller) clientAnswer {
	answer := clientAnswer{Tenant: tenantName, Global: one.IsGlobal, client: one}
	answer.IsGlobal, answer.Credentials = false, nil
	if !who.hasAny([]string{readClientKeys}) {
		answer.Secret, answer.EncryptionKey = "", nil
		return answer
	}
	if !one.usesSecret() {
		answer.Secret = ""
	}
	certificate := s.store.currentSigningKey().Certificate
	answer.SigningKeys = []clientSigningKey{{
		Cert:    string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})),
		PKCS7:   pkcs7Of(certificate),
		Subject: "/CN=" + hostOf(s.tenant),
	}}
	return answer
}

// showSecret shows a client with the secret that was just made for it. There is no other way to get to know it for a
// token that may not read secrets.
func (s *Server) showSecret(one client, who caller) clientAnswer {
	answer := s.showClient(one, who)
	if one.usesSecret() {
		answer.Secret = one.Secret
	}
	return answer
}

const (
	readClients           = "read:clients"
	readClientKeys        = "read:client_keys"
	readClientCredentials = "read:client_credentials"
)

// clientReaders are the scopes that let a token read clients (API contract 2).
var clientReaders = []string{readClients, readClientKeys, readClientCredentials, "read:client_summary"}

// The fields that not every reader sees (API contract 6.2).
//
// ASSUMED: what a summary has, and that read:client_credentials shows it together with how the client authenticates;
// read:client_keys shows all that there is.
var (
	clientKeyFields     = []string{"client_secret", "encryption_key", "signing_keys"}
	clientSummaryFields = []string{
		"tenant", "global", "client_id", "name", "description", "logo_uri", "app_type", "is_first_party",
	}
	clientCredentialFields = append(
		[]string{"token_endpoint_auth_method", "client_authentication_methods"}, clientSummaryFields...)
)

// mayReadClient reports whether a token may read a field of clients.
func (who caller) mayReadClient(field string) bool {
	switch {
	case who.hasAny([]string{readClientKeys}):
		return true
	case who.hasAny([]string{readClients}):
		return !slices.Contains(clientKeyFields, field)
	case who.hasAny([]string{readClientCredentials}):
		return slices.Contains(clientCredentialFields, field)
	default:
		return slices.Contains(clientSummaryFields, field)
	}
}

// showReader shows a client to a token that may read it in full or in part.
func (s *Server) showReader(one client, who caller) any {
	answer := s.showClient(one, who)
	if who.hasAny([]string{readClients, readClientKeys}) {
		return answer
	}
	return keepFields(answer, who.mayReadClient)
}

var errHiddenField = &refusal{
	status: http.StatusForbidden, code: "insufficient_scope", text: "Insufficient scope, expected any of: %s",
}

// hiddenFields refuses to name a field that the token may not read; unnamed, it is left out (API contract 6.2).
func hiddenFields(q document, who caller) error {
	excluding := q.has("include_fields") && !q.isTrue("include_fields")
	if q.text("fields") == "" || excluding {
		return nil
	}
	for field := range strings.SplitSeq(q.text("fields"), ",") {
		switch {
		case who.mayReadClient(field):
		case slices.Contains(clientKeyFields, field):
			return errHiddenField.with(readClientKeys)
		default:
			return errHiddenField.with(readClients + "," + readClientKeys)
		}
	}
	return nil
}
