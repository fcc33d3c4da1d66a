// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-log/tfsdklogtest"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// protocol calls a provider as Terraform does, with all that is logged at the level
// TRACE, by the framework too, going to log.
type protocol struct {
	t      *testing.T
	now    func() time.Time // Nil means time.Now.
	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
	log    bytes.Buffer
	said   strings.Builder // The diagnostics.
}

func (p *protocol) start(env map[string]string) {
	p.t.Helper()
	p.server = providerserver.NewProtocol6(&m2mProvider{version: "test", now: p.now, getenv: func(name string) string { return env[name] }})()
	schema, err := p.server.GetProviderSchema(p.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		p.t.Fatal(err)
	}
	p.schema = schema
}

// value is an object of the schema with the given attributes; the others are null.
func (p *protocol) value(schema *tfprotov6.Schema, given map[string]tftypes.Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	object := schema.ValueType().(tftypes.Object)
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	maps.Copy(values, given)
	out, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
	if err != nil {
		p.t.Fatal(err)
	}
	return &out
}

func (p *protocol) say(diags []*tfprotov6.Diagnostic, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	for _, d := range diags {
		fmt.Fprintln(&p.said, d.Summary, d.Detail, d.Attribute)
	}
}

// run validates and configures the provider, and reads an access token.
func (p *protocol) run(provider, token map[string]tftypes.Value) {
	p.t.Helper()
	ctx := tfsdklogtest.RootLogger(tflogtest.RootLogger(p.t.Context(), &p.log), &p.log)
	config := p.value(p.schema.Provider, provider)
	validated, err := p.server.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: config})
	p.say(validated.Diagnostics, err)
	configured, err := p.server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: config})
	p.say(configured.Diagnostics, err)
	if p.said.Len() > 0 { // Terraform goes no further then.
		return
	}
	data := p.value(p.schema.DataSourceSchemas["m2m_access_token"], token)
	read, err := p.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: "m2m_access_token", Config: data})
	p.say(read.Diagnostics, err)
	orders := p.schema.ResourceSchemas["m2m_resource_server"]
	planned := p.value(orders, map[string]tftypes.Value{"identifier": text("https://orders.example.com")})
	applied, err := p.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: "m2m_resource_server", PriorState: p.value(orders, nil), Config: planned, PlannedState: planned,
	})
	p.say(applied.Diagnostics, err)
}

func text(value string) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }

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
			p.run(provider, map[string]tftypes.Value{
				"client_id": text(testserver.MachineClientID), "client_secret": text(testserver.MachineClientSecret),
				"audience": text(testserver.SampleAPIAudience),
			})
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
