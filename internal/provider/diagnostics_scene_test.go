// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// diagnostic is what a person reads, and during which operation.
type diagnostic struct{ where, severity, title, at, text string }

// scene lets diagnostics arise: it has a tenant, and calls the provider as Terraform does. It needs
// no network, and waits cost no time.
type scene struct {
	*planRun
	answers map[string]reply // By method and path, instead of the tenant's.
	mu      sync.Mutex
	heard   []diagnostic
	folders []string // Temporary ones, whose names differ.
}

// reply answers a request, or is an error of the network.
type reply func(*http.Request) (*http.Response, error)

const (
	sceneDomain = "acme.eu.auth0.com"
	sceneURL    = "https://" + sceneDomain
	systemAPI   = sceneURL + "/api/v2/"
)

// play plays a scene and returns its diagnostics.
func play(t *testing.T, scene func(*scene)) []diagnostic {
	t.Helper()
	srv, err := testserver.Listen(testserver.Config{
		Addr: "127.0.0.1:0", Issuer: sceneURL, SigningKeys: testkeys.Signing(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	s := newScene(srv)
	synctest.Test(t, func(t *testing.T) {
		s.tenant.T = t
		s.Protocol = &protocol.Protocol{T: t, PlanWait: 1, Transport: s}
		scene(s)
	})
	return s.heard
}

func newScene(srv *testserver.Server) *scene {
	n := &acctest.Tenant{Server: srv}
	return &scene{planRun: &planRun{tenant: n}, answers: map[string]reply{}}
}

// RoundTrip gives the answer of the scene or of the tenant.
func (s *scene) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	scripted := s.answers[r.Method+" "+r.URL.Path]
	if scripted == nil {
		scripted = s.answers["*"]
	}
	s.mu.Unlock()
	if scripted != nil {
		return scripted(r)
	}
	return s.asks(r)
}

// asks sends a request to the tenant.
func (s *scene) asks(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	s.tenant.ServeHTTP(recorder, r)
	result := recorder.Result()
	result.Request = r
	return result, nil
}

// on sets the answer to requests, given as method and path; * stands for all requests.
func (s *scene) on(request string, gives reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[request] = gives
}

// gives answers with a status and a body.
func gives(status int, contentType, body string, header ...string) reply {
	return func(r *http.Request) (*http.Response, error) {
		resp := &http.Response{
			StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, Request: r,
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		}
		for pair := range slices.Chunk(header, 2) {
			resp.Header.Set(pair[0], pair[1])
		}
		return resp, nil
	}
}

// refuses answers as the Management API does.
func refuses(status int, code, message string) reply {
	return gives(status, "application/json; charset=utf-8", fmt.Sprintf(
		`{"statusCode":%d,"error":%q,"message":%q,"errorCode":%q}`,
		status, http.StatusText(status), message, code,
	))
}

// refusesToken answers as the token endpoint does.
func refusesToken(status int, code, message string) reply {
	return gives(status, "application/json", fmt.Sprintf(
		`{"error":%q,"error_description":%q}`, code, message,
	))
}

func fails(err error) reply {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// loses sends a request and loses its answer.
func loses(err error) reply {
	return func(r *http.Request) (*http.Response, error) {
		httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
		return nil, err
	}
}

// run starts a run of the provider that logs in as a client. Changes are pairs of name and value of
// its environment.
func (s *scene) run(changes ...string) {
	s.T.Helper()
	s.configure(nil, changes...)
}

// configure starts a run with a provider block.
func (s *scene) configure(block values, changes ...string) {
	s.T.Helper()
	env := s.tenant.Env("AUTH0_DOMAIN", sceneDomain)
	for pair := range slices.Chunk(changes, 2) {
		env[pair[0]] = pair[1]
	}
	s.Start(env)
	config := s.objectOf(s.Schema.Provider, values{})
	if block != nil {
		config = s.objectOf(s.Schema.Provider, block)
	}
	validated, err := s.Server.ValidateProviderConfig(
		s.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: config},
	)
	s.hear("The provider block", validated.Diagnostics, err)
	configured, err := s.Server.ConfigureProvider(
		s.Context(), &tfprotov6.ConfigureProviderRequest{Config: config},
	)
	s.hear("The provider block", configured.Diagnostics, err)
}

func (s *scene) hear(where string, diags []*tfprotov6.Diagnostic, err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
	for _, d := range diags {
		at := ""
		if d.Attribute != nil && len(d.Attribute.Steps()) > 0 {
			at = written(d.Attribute)
		}
		s.heard = append(s.heard, diagnostic{
			where, strings.ToLower(d.Severity.String()), d.Summary, at, s.inHome(d.Detail),
		})
	}
}

// inHome replaces the names of temporary folders.
func (s *scene) inHome(text string) string {
	for _, folder := range s.folders {
		text = strings.ReplaceAll(text, folder, "/home/me")
	}
	return text
}

// written writes the path of an attribute as a configuration does.
func written(path *tftypes.AttributePath) string {
	text := ""
	for _, step := range path.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			text = strings.TrimPrefix(text+"."+string(step), ".")
		case tftypes.ElementKeyString:
			text += fmt.Sprintf("[%q]", string(step))
		default:
			text += "[…]"
		}
	}
	return text
}

func (s *scene) validate(typeName string, config values) {
	s.T.Helper()
	resp, err := s.Server.ValidateResourceConfig(
		s.Context(), &tfprotov6.ValidateResourceConfigRequest{
			TypeName: typeName, Config: s.object(typeName, config),
		},
	)
	s.hear("A resource block", resp.Diagnostics, err)
}

func (s *scene) validateData(typeName string, config values) {
	s.T.Helper()
	resp, err := s.Server.ValidateDataResourceConfig(
		s.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
			TypeName: typeName, Config: s.objectOf(s.Schema.DataSourceSchemas[typeName], config),
		},
	)
	s.hear("A data source", resp.Diagnostics, err)
}

// plans plans a change. It returns the plan, for an apply.
func (s *scene) plans(
	typeName string, state, plan values, private ...byte,
) *tfprotov6.PlanResourceChangeResponse {
	s.T.Helper()
	config := maps.Clone(plan)
	delete(config, "id")
	resp, err := s.Server.PlanResourceChange(s.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: s.object(typeName, state),
		ProposedNewState: s.object(typeName, plan), Config: s.object(typeName, config),
		PriorPrivate: private,
	})
	s.hear("A plan", resp.Diagnostics, err)
	return resp
}

// applies applies a change without a plan, unless planned is one.
func (s *scene) applies(
	typeName string, state, plan values, planned ...*tfprotov6.PlanResourceChangeResponse,
) *tfprotov6.ApplyResourceChangeResponse {
	s.T.Helper()
	config := maps.Clone(plan)
	delete(config, "id")
	req := &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: s.object(typeName, state),
		PlannedState: s.object(typeName, plan), Config: s.object(typeName, config),
	}
	for _, p := range planned {
		req.PlannedState, req.PlannedPrivate = p.PlannedState, p.PlannedPrivate
	}
	resp, err := s.Server.ApplyResourceChange(s.Context(), req)
	s.hear("An apply", resp.Diagnostics, err)
	return resp
}

func (s *scene) reads(typeName string, state values, private []byte) *tfprotov6.ReadResourceResponse {
	s.T.Helper()
	resp, err := s.Server.ReadResource(s.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: s.object(typeName, state), Private: private,
	})
	s.hear("A refresh", resp.Diagnostics, err)
	return resp
}

func (s *scene) readsData(typeName string, config values) {
	s.T.Helper()
	resp, err := s.Server.ReadDataSource(s.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: typeName, Config: s.objectOf(s.Schema.DataSourceSchemas[typeName], config),
	})
	s.hear("A data source", resp.Diagnostics, err)
}

func (s *scene) imports(typeName, id string) {
	s.T.Helper()
	resp, err := s.Server.ImportResourceState(s.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: typeName, ID: id,
	})
	s.hear("An import", resp.Diagnostics, err)
}

func (s *scene) moves(target, source, state string) {
	s.T.Helper()
	resp, err := s.Server.MoveResourceState(s.Context(), &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: "registry.terraform.io/auth0/auth0", SourceTypeName: source,
		SourceState: &tfprotov6.RawState{JSON: []byte(state)}, TargetTypeName: target,
	})
	s.hear("A move", resp.Diagnostics, err)
}

// tokenFor are the arguments of a token of the machine client for the sample API.
func tokenFor() values {
	return values{
		"client_id": testserver.MachineClientID, "client_secret": testserver.MachineClientSecret,
		"audience": testserver.SampleAPIAudience,
	}
}

func (s *scene) opens(config values) *tfprotov6.OpenEphemeralResourceResponse {
	s.T.Helper()
	schema := s.Schema.EphemeralResourceSchemas["m2m_access_token"]
	resp, err := s.Server.OpenEphemeralResource(
		s.Context(), &tfprotov6.OpenEphemeralResourceRequest{
			TypeName: "m2m_access_token", Config: s.objectOf(schema, config),
		},
	)
	s.hear("A token", resp.Diagnostics, err)
	return resp
}
