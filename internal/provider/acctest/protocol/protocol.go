// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package protocol has the provider as Terraform sees it: served to Terraform, or called directly.
// It knows no types and starts no tenant.
package protocol

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-log/tfsdklogtest"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// Protocol calls a provider as Terraform does. It is for tests that Terraform cannot run: of
// warnings, logs and other versions of the CLI. Log contains everything that the provider and the
// framework log at the level TRACE.
type Protocol struct {
	T      *testing.T
	Now    func() time.Time // Nil means time.Now.
	Server tfprotov6.ProviderServer
	Schema *tfprotov6.GetProviderSchemaResponse
	Log    Log
	Said   strings.Builder // The diagnostics.
	// PlanWait and Transport are as in the options of the provider.
	PlanWait  time.Duration
	Transport http.RoundTripper
	// SeveralWalks configures the provider as a process for several plans and applies.
	SeveralWalks bool
}

// Log is a log that parallel calls write.
type Log struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write adds a part of the log.
func (l *Log) Write(part []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(part)
}

// String returns the log.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// ConfiguredProtocol returns a provider that is configured only by its environment.
func ConfiguredProtocol(t *testing.T, env map[string]string) *Protocol {
	t.Helper()
	p := &Protocol{T: t}
	p.Start(env)
	p.Configure(nil)
	return p
}

// Configured returns the server of ConfiguredProtocol. The test fails if there are diagnostics.
func Configured(t *testing.T, env map[string]string) tfprotov6.ProviderServer {
	t.Helper()
	p := ConfiguredProtocol(t, env)
	if p.Said.Len() > 0 {
		t.Fatal(&p.Said)
	}
	return p.Server
}

// Start starts a provider in an environment.
func (p *Protocol) Start(env map[string]string) {
	p.T.Helper()
	o := Options(env)
	o.Now, o.PlanWait, o.Transport = p.Now, p.PlanWait, p.Transport
	p.Server = provider.NewServer(o)()
	schema, err := p.Server.GetProviderSchema(p.T.Context(), &tfprotov6.GetProviderSchemaRequest{})
	NoDiagnostics(p.T, schema.Diagnostics, err)
	p.Schema = schema
}

// Context returns a context whose logger writes to Log.
func (p *Protocol) Context() context.Context {
	return tfsdklogtest.RootLogger(tflogtest.RootLogger(p.T.Context(), &p.Log), &p.Log)
}

// Configure validates the configuration of the provider and configures it. For several walks,
// Terraform does not validate it.
func (p *Protocol) Configure(given map[string]tftypes.Value) {
	p.T.Helper()
	config := p.Value(p.Schema.Provider, given)
	if !p.SeveralWalks {
		validated, err := p.Server.ValidateProviderConfig(
			p.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: config},
		)
		p.Say(validated.Diagnostics, err)
	}
	configured, err := p.Server.ConfigureProvider(
		p.Context(), &tfprotov6.ConfigureProviderRequest{Config: config},
	)
	p.Say(configured.Diagnostics, err)
}

// ReadToken reads m2m_access_token with TokenArguments.
func (p *Protocol) ReadToken(further map[string]tftypes.Value) *tfprotov6.ReadDataSourceResponse {
	p.T.Helper()
	config := p.Value(p.Schema.DataSourceSchemas["m2m_access_token"], TokenArguments(further))
	read, err := p.Server.ReadDataSource(p.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: "m2m_access_token",
		Config:   config,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return read
}

// TokenArguments are the arguments of a token of the machine client for the sample API, with
// additional arguments.
func TokenArguments(further map[string]tftypes.Value) map[string]tftypes.Value {
	all := map[string]tftypes.Value{
		"client_id":     Text(testserver.MachineClientID),
		"client_secret": Text(testserver.MachineClientSecret),
		"audience":      Text(testserver.SampleAPIAudience),
	}
	maps.Copy(all, further)
	return all
}

// Text is a string of the protocol.
func Text(value string) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }

// Value is an object of the schema with the given attributes. All others are null.
func (p *Protocol) Value(
	schema *tfprotov6.Schema, given map[string]tftypes.Value,
) *tfprotov6.DynamicValue {
	p.T.Helper()
	object := schema.ValueType().(tftypes.Object)
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	maps.Copy(values, given)
	out, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
	if err != nil {
		p.T.Fatal(err)
	}
	return &out
}

// Say records diagnostics in Said.
func (p *Protocol) Say(diags []*tfprotov6.Diagnostic, err error) {
	p.T.Helper()
	if err != nil {
		p.T.Fatal(err)
	}
	for _, d := range diags {
		fmt.Fprintln(&p.Said, d.Summary, d.Detail, d.Attribute)
	}
}

// NoDiagnostics fails the test if there are any.
func NoDiagnostics(t *testing.T, diags []*tfprotov6.Diagnostic, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range diags {
		t.Fatalf("%s: %s", d.Summary, d.Detail)
	}
}
