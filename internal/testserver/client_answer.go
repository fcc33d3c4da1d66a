// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"

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
	current := s.store.currentSigningKey()
	answer.SigningKeys = []clientSigningKey{{
		Cert:    current.certificatePEM(),
		PKCS7:   pki.PKCS7(current.Certificate),
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

// showReader shows a client to a token that may read it in full or in part.
func (s *Server) showReader(one client, who caller) any {
	answer := s.showClient(one, who)
	if who.hasAny([]string{readClients, readClientKeys}) {
		return answer
	}
	return keepFields(answer, who.mayReadClient)
}
