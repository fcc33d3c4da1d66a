// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestPlan_refusalNamesAllMissingFeatures(t *testing.T) {
	t.Parallel()
	server, err := testserver.Listen(testserver.Config{
		SigningKeys: servertest.SigningKeys()[:2], WithoutFeatures: []string{
			"token_encryption", "consent_policy",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	const policy = `"consent_policy":"transactional-authorization-with-mfa"`
	refused := func(properties string) string {
		return `{"statusCode":403,"error":"Forbidden","message":"Please upgrade your subscription to use ` + properties +
			`.","errorCode":"feature_not_enabled"}`
	}
	const one = "/api/v2/resource-servers/urn:a"
	for _, test := range []struct {
		method, path, body string
		status             int
		answer             string // The beginning of the answer.
	}{
		{
			"POST", "/api/v2/resource-servers", `{"identifier":"urn:a",` + policy + `}`, 403,
			refused("consent_policy"),
		},
		{"GET", one, "", 404, ""},
		{
			"POST", "/api/v2/resource-servers",
			`{"identifier":"urn:a","consent_policy":null,"token_encryption":null,"proof_of_possession":{"mechanism":"mtls","required":true}}`,
			201, `{"id":"`,
		},
		{
			"PATCH", one,
			`{"name":"n","token_encryption":` + servertest.TokenEncryption(t, servertest.PublicPEM(t)) + `,` + policy +
				`}`,
			403, refused("consent_policy, token_encryption"),
		},
		{"PATCH", one, `{"consent_policy":"none","name":"n"}`, 400, `{"statusCode":400`},
		{"PATCH", "/api/v2/resource-servers/urn:b", `{` + policy + `}`, 404, `{"statusCode":404`},
		{"PATCH", one, `{"token_encryption":null}`, 200, `{"id":"`},
	} {
		status, body := server.Dashboard(test.method, test.path, test.body)
		if status != test.status || !strings.HasPrefix(string(body), test.answer) {
			t.Errorf(
				"%s %s: %d %s, want %d %s", test.method, test.body, status, body, test.status,
				test.answer,
			)
		}
		if strings.Contains(string(body), `"name"`) {
			t.Errorf("a refused change was partly applied: %s", body)
		}
	}
}
