// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// clientAnswer is a client as the Management API shows it (API contract 6.1).
type clientAnswer struct {
	Tenant              string `json:"tenant"`
	Global              bool   `json:"global"`
	CallbackURLTemplate bool   `json:"callback_url_template"`
	tenant.Client
	// The recordings have it where a client was made, and nowhere else.
	Encrypted   bool               `json:"encrypted,omitzero"`
	SigningKeys []clientSigningKey `json:"signing_keys,omitzero"`
}

type clientSigningKey struct {
	Cert    string `json:"cert"`
	PKCS7   string `json:"pkcs7"`
	Subject string `json:"subject"`
}

// showClient hides secrets and keys from tokens without the scope for them (API contract 6.2).
func (h *Handlers) showClient(one tenant.Client, who routing.Caller) clientAnswer {
	answer := clientAnswer{Tenant: tenant.Name, Global: one.IsGlobal, Client: one}
	answer.IsGlobal, answer.Credentials = false, nil
	if !who.HasAny([]string{readClientKeys}) {
		answer.Secret, answer.EncryptionKey = "", nil
		return answer
	}
	if !one.UsesSecret() {
		answer.Secret = ""
	}
	current := h.store.CurrentSigningKey()
	answer.SigningKeys = []clientSigningKey{{
		Cert:    current.CertificatePEM(),
		PKCS7:   pki.PKCS7(current.Certificate),
		Subject: "/CN=" + h.store.Host(),
	}}
	return answer
}

// showSecret shows a client with the secret that was just made for it. There is no other way to get
// to know it for a token that may not read secrets.
func (h *Handlers) showSecret(one tenant.Client, who routing.Caller) clientAnswer {
	answer := h.showClient(one, who)
	if one.UsesSecret() {
		answer.Secret = one.Secret
	}
	return answer
}

// showReader shows a client to a token that may read it in full or in part.
func (h *Handlers) showReader(one tenant.Client, who routing.Caller) any {
	answer := h.showClient(one, who)
	if who.HasAny([]string{readClients, readClientKeys}) {
		return answer
	}
	return keepFields(answer, func(field string) bool { return mayReadClient(who, field) })
}
