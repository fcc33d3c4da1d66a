// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

var anyJWT = regexp.MustCompile(`eyJ[\w-]+\.(eyJ[\w-]+)`)

// TestAccGuides_secretsInPlanAndState compares the guide of that name with a run of Terraform:
// where each secret is stored, and where it is not.
func TestAccGuides_secretsInPlanAndState(t *testing.T) {
	t.Parallel()
	var serverLog protocol.Log
	n := acctest.StartTenant(t, testserver.Config{
		Log: slog.New(slog.NewTextHandler(&serverLog, nil)),
	}).Granted()
	n.AtDashboard(
		http.MethodPost, "/api/v2/resource-servers",
		`{"identifier":"urn:read","signing_alg":"HS256","signing_secret":`+
			jsonOf(canary("data-source"))+`}`,
		nil,
	)
	config := fmt.Sprintf(`
variable "header" {
  sensitive = true
}
variable "client_secret" {
  sensitive = true
}
variable "signing_secret" {
  sensitive = true
}
variable "signing_secret_wo" {
  ephemeral = true
}
variable "verifying_secret" {
  sensitive = true
}
provider "m2m" {
  headers = { X-Proxy = var.header }
}
resource "m2m_resource_server" "kept" {
  identifier     = "urn:kept"
  signing_alg    = "HS256"
  signing_secret = var.signing_secret
}
resource "m2m_resource_server" "write_only" {
  identifier                = "urn:write-only"
  signing_alg               = "HS256"
  signing_secret_wo         = var.signing_secret_wo
  signing_secret_wo_version = 1
}
data "m2m_resource_server" "read" {
  identifier          = "urn:read"
  with_signing_secret = true
}
data "m2m_client" "web" {
  client_id   = %q
  with_secret = true
}
data "m2m_access_token" "stored" {
  client_id     = %q
  client_secret = var.client_secret
  audience      = %q

  signing_secret = var.verifying_secret
}
`, testserver.WebClientID, testserver.MachineClientID, testserver.SampleAPIAudience)
	terraform := cli.New(t, config, n.Env(
		"TF_LOG", "TRACE", "TF_LOG_PATH", "trace.log", "TF_VAR_header", canary("header"),
		"TF_VAR_client_secret", testserver.MachineClientSecret,
		"TF_VAR_signing_secret", canary("signing-secret"),
		"TF_VAR_signing_secret_wo", canary("write-only-secret"),
		"TF_VAR_verifying_secret", canary("verifying-secret"),
		"M2M_REQUEST_REPORT_FILE", "report.json",
	))
	terraform.NeedsWriteOnly()
	output := terraform.Must("plan", "-out=plan") + terraform.Must("apply", "plan")
	terraform = terraform.With(map[string]string{"TF_LOG": "JSON", "TF_LOG_PATH": "json.log"})
	output += terraform.Must("plan", "-out=plan")
	shown := terraform.Must("show", "-json", "plan")
	n.Expect(
		acctest.Writes(
			"POST resource-servers", "POST resource-servers",
		).InAnyOrder().WithoutBodies(),
	).Now()
	state, err := os.ReadFile(filepath.Join(terraform.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	token := anyJWT.FindStringSubmatch(string(state))
	if token == nil {
		t.Fatal("the state has no token")
	}
	places := map[string]string{"output": output, "plan": shown, "server": serverLog.String()}
	for file, content := range terraform.Written() {
		switch {
		case strings.HasSuffix(file, ".log"):
			places["log"] += content
		case file == "report.json":
			places["report"] = content
		case strings.HasPrefix(file, "terraform.tfstate"):
			places["state"] += content
		case strings.HasPrefix(file, "plan/"):
			places["plan"] += content
		}
	}
	if !strings.Contains(places["log"], "[TRACE]") ||
		!strings.Contains(places["log"], `"@level":"trace"`) ||
		!strings.Contains(places["server"], "resource-servers") ||
		!strings.Contains(places["report"], "requests_by_route") {
		t.Error("the log does not tell all")
	}
	// The provider's own Management API token is stored nowhere.
	for place, content := range places {
		for _, jwt := range anyJWT.FindAllStringSubmatch(content, -1) {
			claims, err := base64.RawURLEncoding.DecodeString(jwt[1])
			if err != nil || !strings.Contains(string(claims), testserver.SampleAPIAudience) {
				t.Errorf("the %s has a token with the claims %s (%v)", place, claims, err)
			}
		}
	}
	for secret, want := range map[string]string{
		token[1]:                          "plan state",
		testserver.MachineClientSecret:    "plan state",
		"core-of-the-signing-secret":      "plan state",
		"core-of-the-verifying-secret":    "plan state",
		"core-of-the-data-source":         "plan state",
		testserver.WebClientSecret:        "plan state",
		"core-of-the-write-only-secret":   "",
		"core-of-the-header":              "plan", // As a variable.
		testserver.ManagementClientSecret: "",
	} {
		var found []string
		for _, place := range []string{"log", "output", "plan", "report", "server", "state"} {
			if strings.Contains(places[place], secret) {
				found = append(found, place)
			}
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%.30s is in %q, want %q", secret, got, want)
		}
	}
}
