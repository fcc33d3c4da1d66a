// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

// FuzzMoveState moves states of the auth0 provider. A state is either moved with an id, or refused
// with one error. No message contains a secret.
func FuzzMoveState(f *testing.F) {
	types := []string{
		"resource_server", "resource_server_scope", "client_grant", "organization_client_grant",
	}
	for kind := range types {
		for _, seed := range []string{
			`{"id":"68f0a1b2c3d4e5f60718293a","identifier":"urn:a","name":"A","signing_alg":"HS256",` +
				`"signing_secret":"hush-hush-hush","scopes":[{"value":"a","description":"b"}]}`,
			`{"id":"urn:a::b","resource_server_identifier":"urn:a","scope":"b","description":"c"}`,
			`{"id":"cgr_Ab12Cd34Ef56Gh78","client_id":"a","audience":"b","scopes":["c"],` +
				`"subject_type":"user","organization_usage":"ALLOW"}`,
			`{"id":"org_Ab12Cd34Ef56Gh78::cgr_Ab12Cd34Ef56Gh78"}`,
			`{"id":"","signing_secret":7}`, `{"id":null}`, `{}`, `[]`, `null`, ``, `{"id":"a"`,
			`{"id":"a","token_encryption":[{"encryption_key":[{"pem":"hush-hush-hush"}]}]}`,
			`{"id":"a","token_encryption":[{"format":"x","encryption_key":[{"algorithm":"y","pem":"z"}]}]}`,
			`{"id":"a","subject_type_authorization":[{"user":[{"policy":"deny_all"}]}]}`,
			`{"id":"a","proof_of_possession":[{"mechanism":"mtls","required":true}]}`,
			`{"id":"a","authorization_details":[{"type":"b"},{"disable":true}],"consent_policy":"null"}`,
		} {
			f.Add(uint8(kind), int64(0), seed)
		}
	}
	server := provider.NewServer(protocol.Options(nil))()
	schemas, err := server.GetProviderSchema(f.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, kind uint8, version int64, state string) {
		name := types[int(kind)%len(types)]
		resp, err := server.MoveResourceState(t.Context(), &tfprotov6.MoveResourceStateRequest{
			SourceProviderAddress: "registry.terraform.io/auth0/auth0",
			SourceTypeName:        "auth0_" + name, SourceSchemaVersion: version,
			SourceState:    &tfprotov6.RawState{JSON: []byte(state)},
			TargetTypeName: "m2m_" + name,
		})
		if err != nil {
			t.Fatal(err)
		}
		failed := false
		for _, d := range resp.Diagnostics {
			failed = failed || d.Severity == tfprotov6.DiagnosticSeverityError
			if strings.Contains(d.Summary+d.Detail, "hush-hush") || strings.Contains(d.Detail, "bug") {
				t.Fatalf("%s: %s", d.Summary, d.Detail)
			}
		}
		if failed {
			if len(resp.Diagnostics) > 1 {
				t.Fatalf("%d diagnostics: %+v", len(resp.Diagnostics), resp.Diagnostics[1])
			}
			return
		}
		moved, err := resp.TargetState.Unmarshal(schemas.ResourceSchemas["m2m_"+name].ValueType())
		if err != nil {
			t.Fatal(err)
		}
		if id, _ := protocol.PlainValue(t, moved).(map[string]any)["id"].(string); id == "" {
			t.Fatalf("%s has no id: %s", name, state)
		}
	})
}
