// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const verifyAccess = "m2m_verify_access"

// accessValues are arguments of the action for the machine client and the sample API, with others.
func accessValues(further map[string]tftypes.Value) map[string]tftypes.Value {
	return protocol.TokenArguments(further)
}

// scopeSet is a set of scopes.
func scopeSet(scopes ...string) tftypes.Value {
	return scopesValue(tftypes.Set{ElementType: tftypes.String}, scopes)
}

// invoke is invoked with diagnostics as severity and text.
func invoke(
	t *testing.T, p *protocol.Protocol, given map[string]tftypes.Value,
) (progress, said []string) {
	t.Helper()
	progress, diags := invoked(t, p, given)
	for _, d := range diags {
		said = append(said, strings.ToLower(d.Severity.String())+": "+d.Summary+": "+d.Detail)
	}
	return progress, said
}

// invoked validates, plans and invokes the action as Terraform does.
func invoked(
	t *testing.T, p *protocol.Protocol, given map[string]tftypes.Value,
) (progress []string, diags []*tfprotov6.Diagnostic) {
	t.Helper()
	server, ok := p.Server.(tfprotov6.ProviderServerWithActions) //nolint:staticcheck // See framework.Server.
	if !ok {
		t.Fatal("the provider has no actions")
	}
	config := p.Value(p.Schema.ActionSchemas[verifyAccess].Schema, given)
	valid, err := server.ValidateActionConfig(p.Context(), &tfprotov6.ValidateActionConfigRequest{
		ActionType: verifyAccess, Config: config,
	})
	protocol.NoDiagnostics(t, valid.Diagnostics, err)
	planned, err := server.PlanAction(p.Context(), &tfprotov6.PlanActionRequest{
		ActionType: verifyAccess, Config: config,
	})
	protocol.NoDiagnostics(t, planned.Diagnostics, err)
	return events(t, p, config)
}

// events invokes the action. It returns what the action tells, and its diagnostics.
func events(
	t *testing.T, p *protocol.Protocol, config *tfprotov6.DynamicValue,
) (progress []string, diags []*tfprotov6.Diagnostic) {
	t.Helper()
	server, ok := p.Server.(tfprotov6.ActionServer)
	if !ok {
		t.Fatal("the provider has no actions")
	}
	stream, err := server.InvokeAction(p.Context(), &tfprotov6.InvokeActionRequest{
		ActionType: verifyAccess, Config: config,
	})
	if err != nil {
		t.Fatal(err)
	}
	completed := 0
	for event := range stream.Events {
		switch kind := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, kind.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			completed++
			diags = kind.Diagnostics
		}
	}
	if completed != 1 {
		t.Errorf("%d events about the end", completed)
	}
	return progress, diags
}

const (
	requestsMachine = `Requesting a token for the API "` + testserver.SampleAPIAudience +
		`" as the client "` + testserver.MachineClientID + `"`
	machineGot = `The client "` + testserver.MachineClientID + `" got a token for the API "` +
		testserver.SampleAPIAudience + `"`
)

func TestVerifyAccess_granted(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	acme := n.AddOrganization("acme")
	grant := n.AddGrant(`,"scope":["write:orders","read:orders"],"organization_usage":"allow"`)
	n.Associate(acme, grant)
	p := protocol.ConfiguredProtocol(t, n.Env())
	management := n.URL() + "/api/v2/"
	inAcme := strings.Replace(requestsMachine, `" as the`, `" and the organization "acme" as the`, 1)
	for name, c := range map[string]struct {
		given map[string]tftypes.Value
		want  []string
	}{
		"any token": {
			accessValues(nil),
			[]string{requestsMachine, machineGot + " with the scopes read:orders, write:orders"},
		},
		"scopes": {
			accessValues(map[string]tftypes.Value{
				"scopes": scopeSet("read:orders"), "forbidden_scopes": scopeSet("delete:orders"),
			}),
			[]string{requestsMachine, machineGot + " with the scopes read:orders, write:orders"},
		},
		"organization": {
			accessValues(map[string]tftypes.Value{"organization": protocol.Text("acme")}),
			[]string{
				inAcme,
				machineGot + ` and the organization "acme" with the scopes read:orders, write:orders`,
			},
		},
		"the provider's own client": {
			map[string]tftypes.Value{
				"audience": protocol.Text(management), "scopes": scopeSet("read:clients"),
			},
			[]string{
				fmt.Sprintf(`Requesting a token for the API %q as the client %q`, management,
					testserver.ManagementClientID),
				fmt.Sprintf(`The client %q got a token for the API %q with the scopes …`,
					testserver.ManagementClientID, management),
			},
		},
	} {
		n.ForgetRequests()
		progress, said := invoke(t, p, c.given)
		if len(said) > 0 || len(progress) != len(c.want) {
			t.Errorf("%s: %q, %q", name, progress, said)
			continue
		}
		for i, want := range c.want {
			if !text.Says(want).MatchString(progress[i]) {
				t.Errorf("%s: %s\nwant %s", name, progress[i], want)
			}
		}
		n.Expect(acctest.Tokens(1)).Now() // A new token each time, and no login.
	}
}

func TestVerifyAccess_privateKey(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.AddGrant("")
	n.SetPublicKey(testserver.MachineClientID, "RS256", "", &testkeys.Signing()[0].PublicKey)
	progress, said := invoke(t, protocol.ConfiguredProtocol(t, n.Env()), accessValues(
		map[string]tftypes.Value{
			"client_secret":                tftypes.NewValue(tftypes.String, nil),
			"client_assertion_private_key": protocol.Text(testkeys.PrivatePEM()),
		},
	))
	if diff := cmp.Diff(
		[]string{requestsMachine, machineGot + " without scopes"}, progress,
	); diff != "" || len(said) > 0 {
		t.Errorf("%q (-want +got):\n%s", said, diff)
	}
}

// A token that a data source of the same run has says nothing about what the tenant allows now.
func TestVerifyAccess_newToken(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	grant := n.AddGrant(`,"scope":["read:orders","write:orders"]`)
	p := protocol.ConfiguredProtocol(t, n.Env())
	if read := p.ReadToken(nil); len(read.Diagnostics) > 0 {
		t.Fatal(read.Diagnostics[0])
	}
	n.AtDashboard(http.MethodPatch, "/api/v2/client-grants/"+grant, `{"scope":["read:orders"]}`, nil)
	progress, said := invoke(t, p, accessValues(nil))
	if diff := cmp.Diff(
		[]string{requestsMachine, machineGot + " with the scopes read:orders"}, progress,
	); diff != "" || len(said) > 0 {
		t.Errorf("%q (-want +got):\n%s", said, diff)
	}
}

// Each refusal fails the run, says why and what to do, and shows no secret.
func TestVerifyAccess_refused(t *testing.T) {
	t.Parallel()
	const (
		unable = `error: Unable to fetch access token for the API "` + testserver.SampleAPIAudience +
			`": The token endpoint refused the client "` + testserver.MachineClientID +
			`" a token for the API "` + testserver.SampleAPIAudience + `": `
		secret = "a-secret-nobody-knows"
	)
	readOnly := func(n *acctest.Tenant) { n.AddGrant(`,"scope":["read:orders"]`) }
	for name, c := range map[string]struct {
		prepare func(*acctest.Tenant)
		further map[string]tftypes.Value
		said    string
		got     bool // A token.
	}{
		"a scope is missing": {
			readOnly,
			map[string]tftypes.Value{"scopes": scopeSet("read:orders", "write:orders")},
			`error: Access token for the API "` + testserver.SampleAPIAudience + `" lacks scopes: ` +
				`The token for the API "` + testserver.SampleAPIAudience + `" lacks requested ` +
				`scopes: write:orders. Check that the API defines these scopes and that the grant ` +
				`of the client "` + testserver.MachineClientID + `" lists them.`, true,
		},
		"a scope is forbidden": {
			readOnly,
			map[string]tftypes.Value{"forbidden_scopes": scopeSet("read:orders", "x")},
			`error: Access token for the API "` + testserver.SampleAPIAudience + `" has forbidden ` +
				`scopes: The token of the client "` + testserver.MachineClientID + `" for the API "` +
				testserver.SampleAPIAudience + `" has the scopes read:orders, which ` +
				`forbidden_scopes lists. Remove them from the grant of the client, or from ` +
				`forbidden_scopes.`, true,
		},
		"no grant": {
			func(*acctest.Tenant) {}, nil,
			unable + `403 Forbidden … Grant the client access: resource "m2m_client_grant" "NAME" {`,
			false,
		},
		"a wrong secret": {
			readOnly,
			map[string]tftypes.Value{"client_secret": protocol.Text(secret)},
			unable + `401 Unauthorized … Check the client id and its credentials (here ` +
				`client_secret)`, false,
		},
		"no API": {
			readOnly,
			map[string]tftypes.Value{"audience": protocol.Text("urn:none")},
			`error: Unable to fetch access token for the API "urn:none": … is the right tenant.`,
			false,
		},
		"an organization": {
			readOnly,
			map[string]tftypes.Value{"organization": protocol.Text("acme")},
			unable + `403 Forbidden … Set organization_usage = "allow" in the m2m_client_grant …, ` +
				`or remove organization from the configuration.`, false,
		},
		"another client": {
			readOnly,
			map[string]tftypes.Value{
				"client_id": protocol.Text("SomebodyElse"), "client_secret": tftypes.NewValue(
					tftypes.String, nil,
				),
			},
			`error: Missing client_secret: The client "SomebodyElse" is not the provider's own ` +
				`client, so its credentials are needed here.`, false,
		},
		"an unverifiable signature": {
			func(n *acctest.Tenant) {
				readOnly(n)
				n.ChangeSampleAPI(`{"signing_alg":"HS256","signing_secret":"` + secret + `"}`)
			}, nil,
			`error: Access token for the API "` + testserver.SampleAPIAudience + `" refused: … ` +
				`Set signing_secret to the signing secret of the API.`, false,
		},
		"an action of the tenant": {
			func(n *acctest.Tenant) {
				readOnly(n)
				n.Next("POST /oauth/token", testserver.Respond(http.StatusBadRequest,
					"application/json", `{"error":"invalid_request","error_description":"No \u001b[2J"}`))
			}, nil,
			unable + "400 Bad Request (invalid_request): No \ufffd[2J. Actions of the tenant", false,
		},
	} {
		n := acctest.NewTenant(t)
		n.AddOrganization("acme")
		c.prepare(n)
		p := protocol.ConfiguredProtocol(t, n.Env())
		progress, said := invoke(t, p, accessValues(c.further))
		if len(said) != 1 || !text.Says(c.said).MatchString(said[0]) {
			t.Errorf("%s: %q\nwant %s", name, said, c.said)
		}
		if want := map[bool]int{true: 2, false: 1}[c.got]; len(progress) != want {
			t.Errorf("%s: %q", name, progress)
		}
		all := strings.Join(append(progress, said...), "\n")
		for _, never := range []string{"\x1b", "-refresh=false", "client_grant_id", "verify = false"} {
			if strings.Contains(all, never) {
				t.Errorf("%s: %q in %s", name, never, all)
			}
		}
		for _, never := range []string{secret, testserver.MachineClientSecret, "eyJ"} {
			if strings.Contains(all+p.Log.String(), never) {
				t.Errorf("%s: %q in %s, or in the log", name, never, all)
			}
		}
	}
}

// Whoever reads an opaque token is the API, so the action says that it could not verify it.
func TestVerifyAccess_unreadableToken(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t).Granted()
	n.Next("POST /oauth/token", testserver.Respond(http.StatusOK, "application/json",
		`{"access_token":"opaque-token","token_type":"Bearer","expires_in":60,"scope":"read:orders"}`))
	progress, said := invoke(t, protocol.ConfiguredProtocol(t, n.Env()), accessValues(nil))
	if len(said) != 1 || !strings.HasPrefix(said[0], `warning: Access token for the API "`) ||
		!strings.HasSuffix(said[0], "It is opaque, so only the API can read it. The action has "+
			"checked the scopes that the token endpoint named. If they suffice, nothing needs to "+
			"be done.") ||
		progress[len(progress)-1] != machineGot+" with the scopes read:orders" {
		t.Errorf("%q, %q", progress, said)
	}
}

// A scope can have any characters.
func TestVerifyAccess_controlCharacters(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.ChangeSampleAPI(`{"scopes":[{"value":"\u001b[2J"}]}`)
	n.AddGrant(`,"scope":["\u001b[2J"]`)
	progress, said := invoke(t, protocol.ConfiguredProtocol(t, n.Env()), accessValues(
		map[string]tftypes.Value{"forbidden_scopes": scopeSet("\x1b[2J")},
	))
	const safe = `\u001b[2J`
	if len(progress) != 2 || progress[1] != machineGot+" with the scopes "+safe ||
		len(said) != 1 || !strings.Contains(said[0], "has the scopes "+safe+", which") {
		t.Errorf("%q, %q", progress, said)
	}
}

func TestVerifyAccess_noTenant(t *testing.T) {
	t.Parallel()
	_, said := invoke(t, protocol.ConfiguredProtocol(t, nil), accessValues(nil))
	if len(said) != 1 || !strings.HasPrefix(said[0], "error: No tenant configured: ") {
		t.Errorf("%q", said)
	}
}

func TestVerifyAccess_badInput(t *testing.T) {
	t.Parallel()
	p := protocol.ConfiguredProtocol(t, nil)
	server, _ := p.Server.(tfprotov6.ActionServer)
	for name, c := range map[string]struct {
		further map[string]tftypes.Value
		want    string
	}{
		"a scope in both sets": {
			map[string]tftypes.Value{
				"scopes": scopeSet("a", "b"), "forbidden_scopes": scopeSet("b", "c"),
			},
			`Scope both required and forbidden: "b" is in scopes and in forbidden_scopes.`,
		},
		"two ways to authenticate": {
			map[string]tftypes.Value{
				"client_assertion_private_key": protocol.Text(testkeys.PrivatePEM()),
			},
			"Several ways to authenticate: client_secret and client_assertion_private_key are both set.",
		},
		"an empty set": {
			map[string]tftypes.Value{"scopes": scopeSet()}, "scopes set must contain at least 1",
		},
		"an empty audience": {
			map[string]tftypes.Value{"audience": protocol.Text("")}, "The audience must not be empty.",
		},
	} {
		valid, err := server.ValidateActionConfig(p.Context(), &tfprotov6.ValidateActionConfigRequest{
			ActionType: verifyAccess, Config: p.Value(
				p.Schema.ActionSchemas[verifyAccess].Schema, accessValues(c.further),
			),
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(valid.Diagnostics) != 1 || !strings.Contains(
			valid.Diagnostics[0].Summary+": "+valid.Diagnostics[0].Detail, c.want,
		) {
			t.Errorf("%s: %+v, want %s", name, valid.Diagnostics, c.want)
		}
	}
	unknown := maps.Clone(accessValues(nil))
	unknown["audience"], unknown["client_secret"] = unknownText, unknownText
	config := p.Value(p.Schema.ActionSchemas[verifyAccess].Schema, unknown)
	valid, err := server.ValidateActionConfig(p.Context(), &tfprotov6.ValidateActionConfigRequest{
		ActionType: verifyAccess, Config: config,
	})
	protocol.NoDiagnostics(t, valid.Diagnostics, err)
	planned, err := server.PlanAction(p.Context(), &tfprotov6.PlanActionRequest{
		ActionType: verifyAccess, Config: config,
	})
	protocol.NoDiagnostics(t, planned.Diagnostics, err)
}
