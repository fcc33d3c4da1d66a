// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-log/tfsdklogtest"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// protocol calls a provider as Terraform does, for what no test can make Terraform
// do, or show: warnings, logs, versions of the CLI. All that is logged at the level
// TRACE, by the framework too, goes to log.
type protocol struct {
	t      *testing.T
	now    func() time.Time // Nil means time.Now.
	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
	log    bytes.Buffer
	said   strings.Builder // The diagnostics.
}

// configuredProtocol has a provider that is configured by its environment alone.
func configuredProtocol(t *testing.T, env map[string]string) *protocol {
	t.Helper()
	p := &protocol{t: t}
	p.start(env)
	p.configure(nil)
	return p
}

// configured is that provider, without what was logged, and without diagnostics.
func configured(t *testing.T, env map[string]string) tfprotov6.ProviderServer {
	t.Helper()
	p := configuredProtocol(t, env)
	if p.said.Len() > 0 {
		t.Fatal(&p.said)
	}
	return p.server
}

func (p *protocol) start(env map[string]string) {
	p.t.Helper()
	served := testProvider(env)
	served.Now = p.now
	p.server = providerserver.NewProtocol6(New(served)())()
	schema, err := p.server.GetProviderSchema(p.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	noDiagnostics(p.t, schema.Diagnostics, err)
	p.schema = schema
}

// context is one whose logger writes to log.
func (p *protocol) context() context.Context {
	return tfsdklogtest.RootLogger(tflogtest.RootLogger(p.t.Context(), &p.log), &p.log)
}

// configure validates the configuration of the provider and configures it.
func (p *protocol) configure(given map[string]tftypes.Value) {
	p.t.Helper()
	config := p.value(p.schema.Provider, given)
	validated, err := p.server.ValidateProviderConfig(p.context(), &tfprotov6.ValidateProviderConfigRequest{Config: config})
	p.say(validated.Diagnostics, err)
	configured, err := p.server.ConfigureProvider(p.context(), &tfprotov6.ConfigureProviderRequest{Config: config})
	p.say(configured.Diagnostics, err)
}

// readToken reads the data source with tokenArguments.
func (p *protocol) readToken(further map[string]tftypes.Value) *tfprotov6.ReadDataSourceResponse {
	p.t.Helper()
	config := p.value(p.schema.DataSourceSchemas["m2m_access_token"], tokenArguments(further))
	read, err := p.server.ReadDataSource(p.context(), &tfprotov6.ReadDataSourceRequest{TypeName: "m2m_access_token", Config: config})
	if err != nil {
		p.t.Fatal(err)
	}
	return read
}

// tokenArguments are those of a token of the machine client for the sample API, and
// further ones.
func tokenArguments(further map[string]tftypes.Value) map[string]tftypes.Value {
	all := map[string]tftypes.Value{
		"client_id": text(testserver.MachineClientID), "client_secret": text(testserver.MachineClientSecret),
		"audience": text(testserver.SampleAPIAudience),
	}
	maps.Copy(all, further)
	return all
}

func text(value string) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }

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

func noDiagnostics(t *testing.T, diags []*tfprotov6.Diagnostic, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range diags {
		t.Fatalf("%s: %s", d.Summary, d.Detail)
	}
}

// importedBy is an import as Terraform asks for it, followed by the read of what was
// imported. What refuses the import is in its diagnostics.
func importedBy(t *testing.T, p tfprotov6.ProviderServer, req *tfprotov6.ImportResourceStateRequest) *tfprotov6.ReadResourceResponse {
	t.Helper()
	resp, err := p.ImportResourceState(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if len(resp.Diagnostics) > 0 {
		return &tfprotov6.ReadResourceResponse{Diagnostics: resp.Diagnostics}
	}
	object := resp.ImportedResources[0]
	read, err := p.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: req.TypeName, CurrentState: object.State, CurrentIdentity: object.Identity, Private: object.Private,
	})
	noDiagnostics(t, read.Diagnostics, err)
	return read
}

// imported is the id in the state after an import.
func imported(t *testing.T, p tfprotov6.ProviderServer, typeName, id string) (string, []*tfprotov6.Diagnostic) {
	t.Helper()
	read := importedBy(t, p, &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id})
	if len(read.Diagnostics) > 0 {
		return "", read.Diagnostics
	}
	return stateOf(t, typeName, read.NewState).(map[string]any)["id"].(string), nil
}

// identityData is an identity of which all attributes are texts.
func identityData(t *testing.T, identity map[string]string) *tfprotov6.ResourceIdentityData {
	t.Helper()
	kind, values := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}, map[string]tftypes.Value{}
	for name, value := range identity {
		kind.AttributeTypes[name], values[name] = tftypes.String, text(value)
	}
	data, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
	if err != nil {
		t.Fatal(err)
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: &data}
}

// testIdentity imports an object by its identity and by ids. Each way, and in each
// read afterwards, it has that identity, also when it is read from a state that has
// none, as one from a CLI that knows none, and when it is gone.
func (n *tenant) testIdentity(typeName string, identity map[string]string, remove func(), ids ...string) {
	n.t.Helper()
	p, want := configured(n.t, n.env()), identityData(n.t, identity)
	check := func(got *tfprotov6.ResourceIdentityData) {
		n.t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			n.t.Errorf("identity (-want +got):\n%s", diff)
		}
	}
	requests := []*tfprotov6.ImportResourceStateRequest{{TypeName: typeName, Identity: want}}
	for _, id := range ids {
		requests = append(requests, &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id})
	}
	var state *tfprotov6.DynamicValue
	for _, req := range requests {
		resp, err := p.ImportResourceState(n.t.Context(), req)
		noDiagnostics(n.t, resp.Diagnostics, err)
		object := resp.ImportedResources[0]
		check(object.Identity)
		for _, prior := range []*tfprotov6.ResourceIdentityData{object.Identity, nil} {
			read, err := p.ReadResource(n.t.Context(), &tfprotov6.ReadResourceRequest{
				TypeName: typeName, CurrentState: object.State, CurrentIdentity: prior,
			})
			noDiagnostics(n.t, read.Diagnostics, err)
			check(read.NewIdentity)
			state = read.NewState
		}
	}
	remove()
	gone, err := p.ReadResource(n.t.Context(), &tfprotov6.ReadResourceRequest{TypeName: typeName, CurrentState: state})
	noDiagnostics(n.t, gone.Diagnostics, err)
	check(gone.NewIdentity)
}

// stateOf is a state as JSON has it, without those attributes of objects that are
// null.
func stateOf(t *testing.T, typeName string, state *tfprotov6.DynamicValue) any {
	t.Helper()
	schemas, err := configured(t, nil).GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	noDiagnostics(t, schemas.Diagnostics, err)
	value, err := state.Unmarshal(schemas.ResourceSchemas[typeName].ValueType())
	if err != nil {
		t.Fatal(err)
	}
	return plainValue(t, value)
}

// plainValue is a value as JSON has it, without those attributes of objects that
// are null.
func plainValue(t *testing.T, value tftypes.Value) any {
	t.Helper()
	as := func(into any) {
		if err := value.As(into); err != nil {
			t.Fatal(err)
		}
	}
	switch kind := value.Type(); {
	case value.IsNull():
		return nil
	case kind.Is(tftypes.String):
		var text string
		as(&text)
		return text
	case kind.Is(tftypes.Bool):
		var yes bool
		as(&yes)
		return yes
	case kind.Is(tftypes.Number):
		var number big.Float
		as(&number)
		float, _ := number.Float64()
		return float
	case kind.Is(tftypes.Object{}), kind.Is(tftypes.Map{}):
		var parts map[string]tftypes.Value
		as(&parts)
		out := map[string]any{}
		for name, part := range parts {
			if kind.Is(tftypes.Map{}) || !part.IsNull() {
				out[name] = plainValue(t, part)
			}
		}
		return out
	default:
		var parts []tftypes.Value
		as(&parts)
		out := []any{}
		for _, part := range parts {
			out = append(out, plainValue(t, part))
		}
		return out
	}
}
