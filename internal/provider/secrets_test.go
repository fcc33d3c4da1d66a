// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// useAs validates and configures the provider, reads an access token and creates an
// API.
func useAs(p *protocol.Protocol, provider map[string]tftypes.Value) {
	p.T.Helper()
	if p.Configure(provider); p.Said.Len() > 0 { // Terraform would stop here.
		return
	}
	p.Say(p.ReadToken(nil).Diagnostics, nil)
	orders := p.Schema.ResourceSchemas["m2m_resource_server"]
	planned := p.Value(orders, map[string]tftypes.Value{"identifier": protocol.Text(
		"https://orders.example.com",
	)})
	applied, err := p.Server.ApplyResourceChange(p.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: "m2m_resource_server", PriorState: p.Value(orders, nil), Config: planned,
		PlannedState: planned,
	})
	p.Say(applied.Diagnostics, err)
}

// No log and no diagnostic contains a secret, whichever way the provider authenticates and
// whether or not it is accepted. No diagnostic points to the line of a secret.
func TestSecrets_stayOutOfLogsAndDiagnostics(t *testing.T) {
	t.Parallel()
	const pass = "pass-of-the-gateway"
	headers := func(name, value string) tftypes.Value {
		return tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{
			name: protocol.Text(value),
		})
	}
	keyLine := strings.Split(testkeys.PrivatePEM(), "\n")[3]
	for name, method := range map[string]func(n *acctest.Tenant) (config map[string]tftypes.Value, secrets []string){
		"secret": func(*acctest.Tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{
				"client_id":     protocol.Text(testserver.ManagementClientID),
				"client_secret": protocol.Text(testserver.ManagementClientSecret),
			}, []string{testserver.ManagementClientSecret}
		},
		"key": func(n *acctest.Tenant) (map[string]tftypes.Value, []string) {
			n.SetPublicKey(
				testserver.ManagementClientID, "RS256", "", &testkeys.Signing()[0].PublicKey,
			)
			return map[string]tftypes.Value{
				"client_id":                    protocol.Text(testserver.ManagementClientID),
				"client_assertion_private_key": protocol.Text(testkeys.PrivatePEM()),
			}, []string{keyLine}
		},
		"wrong key": func(*acctest.Tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{
				"client_id":                    protocol.Text(testserver.ManagementClientID),
				"client_assertion_private_key": protocol.Text(testkeys.PrivatePEM()),
			}, []string{keyLine}
		},
		"broken key": func(*acctest.Tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{
				"client_id": protocol.Text(testserver.ManagementClientID),
				"client_assertion_private_key": protocol.Text(strings.Replace(
					testkeys.PrivatePEM(), "BEGIN", "", 1,
				)),
			}, []string{keyLine}
		},
		"token file": func(n *acctest.Tenant) (map[string]tftypes.Value, []string) {
			token := n.TokenFor(n.URL() + "/api/v2/")
			return map[string]tftypes.Value{"api_token_file": protocol.Text(tokenFileOf(
				n.T, token+"\n",
			))}, []string{token}
		},
		"opaque token file": func(n *acctest.Tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{"api_token_file": protocol.Text(tokenFileOf(
				n.T, "opaque-token",
			))}, []string{"opaque-token"}
		},
		"broken token file": func(n *acctest.Tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{"api_token_file": protocol.Text(tokenFileOf(
				n.T, "opaque token",
			))}, []string{"opaque token"}
		},
		"two methods": func(*acctest.Tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{
					"api_token":                    protocol.Text("opaque-token"),
					"client_assertion_private_key": protocol.Text(testkeys.PrivatePEM()),
				},
				[]string{keyLine, "opaque-token"}
		},
		"broken header": func(*acctest.Tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{"headers": headers("X-Pass", pass+"\n")}, nil
		},
		"own header": func(*acctest.Tenant) (map[string]tftypes.Value, []string) {
			return map[string]tftypes.Value{"headers": headers("Authorization", pass)}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := acctest.NewTenant(t).Granted()
			provider, secrets := method(n)
			provider["domain"] = protocol.Text(n.URL())
			if _, ok := provider["headers"]; !ok {
				provider["headers"] = headers("X-Pass", pass)
			}
			p := &protocol.Protocol{T: t}
			p.Start(nil)
			useAs(p, provider)
			if !strings.Contains(p.Log.String(), `"@level":"trace"`) {
				t.Error("nothing was traced")
			}
			secrets = append(
				secrets, pass, "X-Pass", testserver.MachineClientSecret, "eyJ",
				"PRIVATE KEY-----\\n",
			)
			for _, secret := range secrets {
				if strings.Contains(p.Log.String(), secret) {
					t.Errorf("%q is in the log", secret)
				}
				if secret != "X-Pass" && strings.Contains(p.Said.String(), secret) {
					t.Errorf("%q is in the diagnostics: %s", secret, &p.Said)
				}
			}
			for _, attribute := range []string{
				`"client_assertion_private_key"`, `"headers"`, `"client_secret"`, `"api_token"`,
			} {
				if strings.Contains(p.Said.String(), "AttributeName("+attribute+")") {
					t.Errorf("a diagnostic is on the line of a secret: %s", &p.Said)
				}
			}
		})
	}
}
