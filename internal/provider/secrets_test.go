// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// useAs validates and configures the provider, reads an access token and creates an
// API.
func (p *protocol) useAs(provider map[string]tftypes.Value) {
	p.t.Helper()
	if p.configure(provider); p.said.Len() > 0 { // Terraform goes no further then.
		return
	}
	p.say(p.readToken(nil).Diagnostics, nil)
	orders := p.schema.ResourceSchemas["m2m_resource_server"]
	planned := p.value(orders, map[string]tftypes.Value{"identifier": text("https://orders.example.com")})
	applied, err := p.server.ApplyResourceChange(p.context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: "m2m_resource_server", PriorState: p.value(orders, nil), Config: planned, PlannedState: planned,
	})
	p.say(applied.Diagnostics, err)
}

// Whatever authenticates, and whether it is accepted or not, no log and no
// diagnostic holds a secret; nor is a diagnostic on the line of one.
func TestSecrets_stayOutOfLogsAndDiagnostics(t *testing.T) {
	t.Parallel()
	const pass = "pass-of-the-gateway"
	headers := func(name, value string) tftypes.Value {
		return tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{name: text(value)})
	}
	keyLine := strings.Split(privateKey(), "\n")[3]
	for name, method := range map[string]func(n *tenant) (config map[string]tftypes.Value, secrets []string){
		"secret": func(*tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{
				"client_id": text(testserver.ManagementClientID), "client_secret": text(testserver.ManagementClientSecret),
			}, []string{testserver.ManagementClientSecret}
		},
		"key": func(n *tenant) (map[string]tftypes.Value, []string) {
			n.SetPublicKey(testserver.ManagementClientID, "RS256", "", &signingKeys()[0].PublicKey)
			return map[string]tftypes.Value{
				"client_id": text(testserver.ManagementClientID), "client_assertion_private_key": text(privateKey()),
			}, []string{keyLine}
		},
		"wrong key": func(*tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{
				"client_id": text(testserver.ManagementClientID), "client_assertion_private_key": text(privateKey()),
			}, []string{keyLine}
		},
		"broken key": func(*tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{
				"client_id": text(testserver.ManagementClientID), "client_assertion_private_key": text(strings.Replace(privateKey(), "BEGIN", "", 1)),
			}, []string{keyLine}
		},
		"token file": func(n *tenant) (map[string]tftypes.Value, []string) {
			token := n.tokenFor(n.URL() + "/api/v2/")
			return map[string]tftypes.Value{"api_token_file": text(tokenFileOf(n.t, token+"\n"))}, []string{token}
		},
		"opaque token file": func(n *tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{"api_token_file": text(tokenFileOf(n.t, "opaque-token"))}, []string{"opaque-token"}
		},
		"broken token file": func(n *tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{"api_token_file": text(tokenFileOf(n.t, "opaque token"))}, []string{"opaque token"}
		},
		"two methods": func(*tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{"api_token": text("opaque-token"), "client_assertion_private_key": text(privateKey())},
				[]string{keyLine, "opaque-token"}
		},
		"broken header": func(*tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{"headers": headers("X-Pass", pass+"\n")}, nil
		},
		"own header": func(*tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{"headers": headers("Authorization", pass)}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newTenant(t).granted()
			provider, secrets := method(n)
			provider["domain"] = text(n.URL())
			if _, ok := provider["headers"]; !ok {
				provider["headers"] = headers("X-Pass", pass)
			}
			p := &protocol{t: t}
			p.start(nil)
			p.useAs(provider)
			if !strings.Contains(p.log.String(), `"@level":"trace"`) {
				t.Error("nothing was traced")
			}
			secrets = append(secrets, pass, "X-Pass", testserver.MachineClientSecret, "eyJ", "PRIVATE KEY-----\\n")
			for _, secret := range secrets {
				if strings.Contains(p.log.String(), secret) {
					t.Errorf("%q is in the log", secret)
				}
				if secret != "X-Pass" && strings.Contains(p.said.String(), secret) {
					t.Errorf("%q is in the diagnostics: %s", secret, &p.said)
				}
			}
			for _, attribute := range []string{`"client_assertion_private_key"`, `"headers"`, `"client_secret"`, `"api_token"`} {
				if strings.Contains(p.said.String(), "AttributeName("+attribute+")") {
					t.Errorf("a diagnostic is on the line of a secret: %s", &p.said)
				}
			}
		})
	}
}
