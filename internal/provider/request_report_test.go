// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// The first process imports an API, and the second one another.
func TestRequestReport_sumsProcesses(t *testing.T) {
	t.Parallel()
	n := acctest.StartTenant(t, testserver.Config{Tenant: []byte("resource_servers:\n" +
		"  - {id: 68f0a1b2c3d4e5f607182931, identifier: urn:a}\n" +
		"  - {id: 68f0a1b2c3d4e5f607182932, identifier: urn:b}\n")})
	path := filepath.Join(t.TempDir(), "report.json")
	for _, id := range []string{"68f0a1b2c3d4e5f607182931", "68f0a1b2c3d4e5f607182932"} {
		p := protocol.ConfiguredProtocol(t, n.Env("M2M_REQUEST_REPORT_FILE", path))
		if _, diags := protocol.Imported(t, p.Server, "m2m_resource_server", id); len(diags) > 0 {
			t.Fatal(diags[0])
		}
	}
	want := map[string]int{}
	for _, request := range n.Requests() {
		want[request.Route]++
	}
	var (
		got  map[string]int
		text []byte
	)
	// The file follows the last request after a fifth of a second.
	for until := time.Now().Add(10 * time.Second); !cmp.Equal(got, want); {
		if time.Now().After(until) {
			t.Fatalf("the report says %v, want %v", got, want)
		}
		time.Sleep(20 * time.Millisecond)
		text, _ = os.ReadFile(path)
		var report struct {
			Total struct {
				Routes map[string]int `json:"requests_by_route"`
			}
		}
		_ = json.Unmarshal(text, &report)
		got = report.Total.Routes
	}
	for _, secret := range []string{"68f0a1b2", testserver.ManagementClientSecret, "eyJ"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the report contains %q", secret)
		}
	}
}

func TestAccProvider_retryTimeout(t *testing.T) {
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(down.Close)
	accTestIn(t, nil, resource.TestStep{
		Config: acctest.ProviderBlock(
			fmt.Sprintf("domain = %q", down.URL), `api_token = "t"`, `retry_timeout = "1.6s"`,
		) + `data "m2m_resource_server" "orders" { identifier = "urn:orders" }`,
		// A third wait would be over after 1.75 seconds or later.
		ExpectError: text.Says(`The request was tried 3 times in … It waited … between attempts. The
			provider's retry_timeout bounds this time.`),
	})
}
