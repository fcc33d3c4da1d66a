// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/chromium"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

var pictures = flag.String("pictures", "", "write the pictures of the README to this directory")

const pictured = `
resource_servers:
  - {identifier: https://orders.example.com, name: Orders,
     scopes: [{value: "read:orders"}, {value: "write:orders"}]}
  - {identifier: https://billing.example.com, name: Billing,
     scopes: [{value: "read:invoices"}, {value: "refund:invoices"}]}
  - {identifier: https://legacy.example.com, name: Legacy, scopes: [{value: "read:all"}],
     subject_type_authorization: {client: {policy: deny_all}}}
clients:
  - {client_id: Reports0000000000000001, client_secret: not-a-secret, name: Reports,
     grant_types: [client_credentials]}
  - {client_id: NightlyExport00000000001, client_secret: not-a-secret, name: Nightly export,
     grant_types: [client_credentials]}
  - {client_id: PartnerPortal00000000001, client_secret: not-a-secret, name: Partner portal,
     is_first_party: false, grant_types: [client_credentials]}
organizations: [{id: org_Acme000000000001, name: acme}, {id: org_Globex0000000001, name: globex}]
client_grants:
  - {id: cgr_Reports00000001, client_id: Reports0000000000000001, scope: ["read:orders"],
     audience: "https://orders.example.com", organization_usage: allow, organizations: [acme, globex]}
  - {client_id: Reports0000000000000001, audience: "https://legacy.example.com", scope: ["read:all"]}
  - {client_id: NightlyExport00000000001, audience: "https://orders.example.com",
     allow_all_scopes: true}
  - {client_id: NightlyExport00000000001, audience: "https://billing.example.com",
     scope: ["read:invoices"], organization_usage: require, allow_any_organization: true}
  - {client_id: ReferenceWebClient00000000000001, audience: "https://billing.example.com",
     scope: ["read:invoices"], subject_type: user}
  - {default_for: third_party_clients, audience: "https://orders.example.com",
     scope: ["read:orders"]}
`

// TestPage_pictures renews the pictures of the README, if asked: `make page-pictures`.
func TestPage_pictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("make page-pictures runs it, with -pictures")
	}
	b := newBrowser(t)
	x := servertest.NewWith(t, testserver.Config{
		ControlAddr: ":0", Tenant: []byte(pictured), Issuer: "https://acme.example.com",
	})
	for name, path := range map[string]string{
		"access": "/?granted=1",
		"why": "/page/why?client_id=Reports0000000000000001&audience=https://orders.example.com" +
			"&scope=write:orders",
	} {
		chromium.Do(
			t,
			b.Tab,
			chromedp.EmulateViewport(1260, 740),
			chromedp.Navigate(x.ControlURL()+path),
		)
		for _, scheme := range []string{"light", "dark"} {
			chromium.Call(t, b.Tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			picture, err := chromedp.Run(b, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if len(picture) > 150_000 {
				t.Errorf("the picture %s has %d bytes", name, len(picture))
			}
			file := filepath.Join(*pictures, "page-"+name+"-"+scheme+".png")
			if err := os.WriteFile(file, picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	b.Leave(t)
}
