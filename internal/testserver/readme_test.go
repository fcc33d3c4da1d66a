// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"os"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// exampleOf is the code block of the README that begins with this comment.
func exampleOf(t *testing.T, comment string) []byte {
	t.Helper()
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "```yaml\n# "+comment+"\n")
	block, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatalf("the README has no block %q", comment)
	}
	return []byte(block)
}

func TestReadme_tenantFile(t *testing.T) {
	t.Parallel()
	x := servertest.NewWith(t, testserver.Config{Tenant: exampleOf(t, "tenant.yaml")})
	const reports = "client_id=ReportsClient0000000000000000001&client_secret=not-a-secret"
	claims := x.Claims(
		x.AskToken(reports + "&audience=https://orders.example.com&organization=acme").Token(t),
	)
	for name, value := range map[string]any{
		"scope": "read:orders", "org_id": "org_Acme000000000001",
		"https://example.com/tier": "gold",
	} {
		if claims[name] != value {
			t.Errorf("%s is %v, want %v", name, claims[name], value)
		}
	}
	claims = x.Claims(x.AskToken(reports + "&audience=" + x.URL() + "/api/v2/").Token(t))
	if claims["scope"] != "read:client_grants" {
		t.Errorf("scope is %v", claims["scope"])
	}
}

func TestReadme_faultsFile(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	rules, err := testserver.ParseFaults(exampleOf(t, "faults.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Inject(rules...); err != nil || len(rules) != 3 {
		t.Errorf("%d rules, %v", len(rules), err)
	}
}
