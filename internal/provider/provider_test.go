// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tfconfig "github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/steps"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// accTestIn runs steps with a provider in the given environment, without a tenant.
func accTestIn(t *testing.T, env map[string]string, of ...resource.TestStep) {
	t.Helper()
	t.Parallel()
	steps.Run(t, resource.TestCase{
		ProtoV6ProviderFactories: protocol.ProviderWith(env),
		Steps:                    of,
	})
}

func TestAccProvider_wrongCredentials(t *testing.T) {
	n := acctest.NewTenant(t)
	n.TestIn(n.Env("AUTH0_CLIENT_SECRET", "wrong-secret"), resource.TestStep{
		Config: acctest.OrdersConfig(),
		ExpectError: text.Says(fmt.Sprintf(`Unable to log in to the Management API …
			The token endpoint answered: 401 Unauthorized (access_denied): Unauthorized …
			The client %q (client_id from the environment variable AUTH0_CLIENT_ID, client_secret
			from the environment variable AUTH0_CLIENT_SECRET) was refused. Check the id and the
			secret. Check also that the domain %s is the right tenant.`,
			testserver.ManagementClientID, n.URL())),
	})
}

func TestAccProvider_clientWithoutManagementAccess(t *testing.T) {
	n := acctest.NewTenant(t)
	n.TestIn(n.Env(
		"AUTH0_CLIENT_ID", testserver.MachineClientID, "AUTH0_CLIENT_SECRET",
		testserver.MachineClientSecret,
	), resource.TestStep{
		Config: acctest.OrdersConfig(),
		ExpectError: text.Says(`may not use the Management API. Authorize it for the API ` +
			n.URL() + `/api/v2/ in the tenant's dashboard`),
	})
}

func TestAccProvider_missingManagementScope(t *testing.T) {
	n := acctest.NewTenant(t)
	n.AtDashboard(
		http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001",
		`{"scope":["read:resource_servers"]}`, nil,
	)
	n.Test(resource.TestStep{
		Config: acctest.OrdersConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
			``,
		)))},
		ExpectError: text.Says(`The API answered for the API "https://orders.example.com": 403 Forbidden (insufficient_scope): Insufficient scope,
			expected any of: create:resource_servers … Grant the missing management scope to the client`),
	})
}

func TestAccProvider_unreachableDomain(t *testing.T) {
	n := acctest.NewTenant(t)
	domain := n.URL()
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	n.Test(resource.TestStep{
		Config: acctest.OrdersConfig(),
		ExpectError: text.Says("connection refused. No server is listening there. Check the domain " +
			domain + " (from the environment variable AUTH0_DOMAIN) and that the server is " +
			"running. The request was tried 5 times in "),
	})
}

func TestAccProvider_htmlInsteadOfJSON(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<html>Welcome</html>")
	}))
	t.Cleanup(page.Close)
	accTestIn(t, nil, resource.TestStep{
		Config: acctest.ProviderBlock(
			"domain = \""+page.URL+"\"", `client_id = "c"`, `client_secret = "s"`,
		) + acctest.OrdersConfig(),
		ExpectError: text.Says(`POST /oauth/token was answered with status 200 and text/html instead of JSON. This is not an answer from an Auth0 API.
			Check that the domain ` + page.URL +
			` (from the provider's domain) is the host of the tenant`),
	})
}

// The page is a lost reply, so the API is looked up. Because it is missing, the create is sent
// again.
func TestAccProvider_htmlInsteadOfAReply(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Next("POST /api/v2/resource-servers", testserver.HTMLPage(http.StatusOK))
	n.Next("GET /api/v2/resource-servers", testserver.HTMLPage(http.StatusOK))
	n.Test(resource.TestStep{
		Config: acctest.OrdersConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
			acctest.OrdersPost(``), acctest.OrdersPost(``),
		))},
	})
}

func TestAccProvider_redirectIsNotFollowed(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		reached = true
	}))
	t.Cleanup(other.Close)
	redirect := httptest.NewServer(http.RedirectHandler(
		other.URL+"/login?token=zzz", http.StatusTemporaryRedirect,
	))
	t.Cleanup(redirect.Close)
	accTestIn(t, nil, resource.TestStep{
		Config: acctest.ProviderBlock(
			"domain = \""+redirect.URL+"\"", `client_id = "c"`, `client_secret = "s"`,
		) + acctest.OrdersConfig(),
		ExpectError: text.Says("was answered with status 307 and a redirect to " + other.URL +
			"/login. This is not an answer from an Auth0 API."),
	})
	if reached {
		t.Error("the redirect was followed")
	}
}

func TestAccProvider_tls(t *testing.T) {
	cert, file := selfSigned(t)
	n := acctest.StartTenant(t, testserver.Config{TLS: &tls.Config{
		Certificates: []tls.Certificate{cert},
		MinVersion:   tls.VersionTLS12,
	}})
	n.Test(
		resource.TestStep{
			Config: acctest.OrdersConfig(),
			ExpectError: text.Says(`Its certificate is not signed by an authority that this machine trusts. Check the domain ` + n.URL() +
				` (from the environment variable AUTH0_DOMAIN). If a proxy or a test server uses its own certificate authority, set ca_cert_file (or AUTH0_CA_CERT_FILE) to the certificate of that authority.`),
		},
		resource.TestStep{
			Config: acctest.ProviderBlock(fmt.Sprintf(
				"ca_cert_file = %q", os.DevNull,
			)) + acctest.OrdersConfig(),
			ExpectError: text.Says("/dev/null contains no PEM certificate."),
		},
		resource.TestStep{
			Config: acctest.ProviderBlock(fmt.Sprintf(
				"ca_cert_file = %q", file+".missing",
			)) + acctest.OrdersConfig(),
			ExpectError: text.Says("no such file or directory"),
		},
		resource.TestStep{
			Config: acctest.ProviderBlock(fmt.Sprintf(
				"ca_cert_file = %q", file,
			)) + acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				`POST resource-servers {"identifier":"https://orders.example.com"}`,
			))},
		},
	)
}

func TestAccProvider_caCertFileFromEnvironment(t *testing.T) {
	cert, file := selfSigned(t)
	n := acctest.StartTenant(t, testserver.Config{TLS: &tls.Config{
		Certificates: []tls.Certificate{cert},
		MinVersion:   tls.VersionTLS12,
	}})
	n.TestIn(n.Env("AUTH0_CA_CERT_FILE", file), resource.TestStep{
		Config: acctest.OrdersConfig(), ConfigStateChecks: []statecheck.StateCheck{n.Expect(
			acctest.Writes(acctest.OrdersPost(``)),
		)},
	})
}

// selfSigned creates a certificate for the loopback address, and a CA file to trust it.
func selfSigned(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key := testkeys.NewRSA()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour),
		NotAfter:    time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(
		file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600,
	); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

func TestAccProvider_badConfiguration(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		block string
		env   map[string]string
		want  string
	}{
		"plain http": {
			block: acctest.ProviderBlock(`domain = "http://acme.eu.auth0.com"`),
			want: `domain = "http://acme.eu.auth0.com" "http://acme.eu.auth0.com" uses plain http, which would send secrets and tokens unencrypted over
				the network; http:// is accepted for loopback addresses only, so use https://acme.eu.auth0.com.`,
		},
		"plain http in the environment": {
			env:  map[string]string{"AUTH0_DOMAIN": "http://acme.eu.auth0.com"},
			want: `The environment variable AUTH0_DOMAIN: "http://acme.eu.auth0.com" uses plain http`,
		},
		"a path": {
			block: acctest.ProviderBlock(`domain = "acme.eu.auth0.com/api/v2"`),
			want:  `contains more than a host; use only the host, such as acme.eu.auth0.com.`,
		},
		"no host": {
			block: acctest.ProviderBlock(`domain = ""`),
			want:  `"" contains no host; use a host such as acme.eu.auth0.com.`,
		},
		"timeout": {
			block: acctest.ProviderBlock(`request_timeout = "fast"`),
			want:  `"fast" is not a positive duration such as 10s or 1m30s.`,
		},
		"no timeout": {
			block: acctest.ProviderBlock(`request_timeout = "0s"`),
			want:  `"0s" is not a positive duration`,
		},
		"retry timeout": {
			block: acctest.ProviderBlock(`retry_timeout = "-1m"`),
			want:  `"-1m" is not a positive duration such as 10s or 1m30s.`,
		},
		"no capacity": {
			block: acctest.ProviderBlock(`max_api_capacity = 0`),
			want:  `Attribute max_api_capacity value must be between 1 and 100, got: 0`,
		},
		"a part of a percent": {
			block: acctest.ProviderBlock(`max_api_capacity = 0.5`),
			want:  `max_api_capacity is 0.5, but a whole number is needed.`,
		},
		"capacity in the environment": {
			env: map[string]string{
				"AUTH0_DOMAIN": "acme.eu.auth0.com", "AUTH0_API_TOKEN": "t",
				"M2M_MAX_API_CAPACITY": "all",
			},
			want: `The environment variable M2M_MAX_API_CAPACITY: "all" is not a whole number from 1 to 100.`,
		},
		"report in no folder": {
			block: acctest.ProviderBlock(
				`request_report_file = "/no/such/folder/report.json"`,
			),
			want: `Unable to write the request report … The provider's request_report_file: open /no/such/folder/report.json.lock: no such file or directory.`,
		},
		"empty secret": {
			block: acctest.ProviderBlock(`client_secret = ""`),
			want:  `Attribute client_secret string length must be at least 1`,
		},
		"two in a block": {
			block: acctest.ProviderBlock(`api_token = "t"`, `client_secret = "s"`),
			want:  `The provider's api_token and the provider's client_secret are both set, but only one can be used.`,
		},
		"invalid key": {
			block: acctest.ProviderBlock(`client_assertion_private_key = "key.pem"`),
			want:  `Invalid private key … The provider's client_assertion_private_key: this is not PEM. It must be the text of an RSA private key in PEM, with its line breaks, from -----BEGIN to -----END. A public key or the name of a file is not accepted.`,
		},
		"invalid key in the environment": {
			env: map[string]string{
				"AUTH0_DOMAIN":                       "acme.eu.auth0.com",
				"AUTH0_CLIENT_ASSERTION_PRIVATE_KEY": testkeys.PublicPEM(),
			},
			want: `The environment variable AUTH0_CLIENT_ASSERTION_PRIVATE_KEY: the PEM block "PUBLIC KEY" contains no private key in PKCS #1 or PKCS #8.`,
		},
		"assertion algorithm": {
			block: acctest.ProviderBlock(`client_assertion_signing_alg = "HS256"`),
			want:  `"HS256" is not known; use RS256, RS384 or PS256.`,
		},
		"empty token file": {
			block: acctest.ProviderBlock(`api_token_file = ""`),
			want:  `Attribute api_token_file string length must be at least 1`,
		},
		"own header": {
			block: acctest.ProviderBlock(`headers = { authorization = "Bearer t" }`),
			want:  `The provider's headers: the header Authorization is already set for each request and cannot be replaced.`,
		},
		"line break in a header": {
			block: acctest.ProviderBlock(`headers = { X-Pass = "secret\nX-Other: 1" }`),
			want:  `The provider's headers: the value of the header X-Pass contains a line break.`,
		},
		"same header twice": {
			block: acctest.ProviderBlock(`headers = { X-Pass = "1", x-pass = "2" }`),
			want:  `X-Pass and x-pass are the same header, because header names are not case-sensitive.`,
		},
		"two in the environment": {
			env: map[string]string{
				"AUTH0_DOMAIN":        "acme.eu.auth0.com",
				"AUTH0_API_TOKEN":     "t",
				"AUTH0_CLIENT_SECRET": "s",
			},
			want: `The environment variable AUTH0_API_TOKEN and the environment variable AUTH0_CLIENT_SECRET are both set, but only one can be used.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			accTestIn(t, c.env, resource.TestStep{
				Config:      c.block + acctest.OrdersConfig(),
				PlanOnly:    true,
				ExpectError: text.Says(c.want),
			})
		})
	}
}

// During validation, every variable is unknown, even if it will be null.
func TestAccProvider_authenticationByVariable(t *testing.T) {
	n := acctest.NewTenant(t)
	config := "variable \"token\" {\n  type    = string\n  default = null\n}\nvariable \"id\" " +
		"{\n  type = string\n}\n" +
		acctest.ProviderBlock("api_token = var.token", "client_id = var.id") +
		acctest.OrdersConfig()
	n.TestIn(n.Env("AUTH0_CLIENT_ID", ""), resource.TestStep{
		Config: config, ConfigVariables: tfconfig.Variables{"id": tfconfig.StringVariable(
			testserver.ManagementClientID,
		)},
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
			``,
		)))},
	})
}

func TestAccProvider_planNeedsNoCredentials(t *testing.T) {
	n := acctest.NewTenant(t)
	without := n.Env("AUTH0_CLIENT_ID", "", "AUTH0_CLIENT_SECRET", "")
	n.TestIn(without,
		resource.TestStep{Config: acctest.OrdersConfig(), PlanOnly: true, ExpectNonEmptyPlan: true},
		resource.TestStep{Config: acctest.OrdersConfig(), ExpectError: text.Says(`No credentials configured … Set one of these, in the provider block or in the
			environment: client_id and client_secret (AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET),`)},
		resource.TestStep{
			Config: acctest.ProviderBlock(`client_id = "c"`) + acctest.OrdersConfig(),
			ExpectError: text.Says(
				`There is a client_id, from the provider's client_id, but no client_secret and no client_assertion_private_key.`,
			),
		},
	)
	if sent := n.Server.Requests(); len(sent) > 0 {
		t.Errorf("%d requests were sent", len(sent))
	}
}

func TestAccProvider_planNeedsNoTenant(t *testing.T) {
	accTestIn(t, nil,
		resource.TestStep{Config: acctest.OrdersConfig(), PlanOnly: true, ExpectNonEmptyPlan: true},
		resource.TestStep{
			Config: acctest.OrdersConfig(),
			ExpectError: text.Says(
				`No tenant configured … or the environment variable AUTH0_DOMAIN, to the host of the tenant`,
			),
		},
	)
}

func TestAccProvider_configurationUnknownAtPlan(t *testing.T) {
	n := acctest.NewTenant(t)
	later := fmt.Sprintf("resource \"terraform_data\" \"domain\" {\n  input = %q\n}\n", n.URL()) +
		acctest.ProviderBlock("domain = terraform_data.domain.output")
	n.TestIn(n.Env("AUTH0_DOMAIN", ""),
		resource.TestStep{
			Config:           later + acctest.OrdersConfig(),
			ConfigPlanChecks: acctest.Planned(acctest.OrdersName, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					`POST resource-servers {"identifier":"https://orders.example.com"}`,
				)),
			},
		},
	)
}

func TestAccProvider_destroyUnknownConfiguration(t *testing.T) {
	n := acctest.NewTenant(t)
	later := "resource \"terraform_data\" \"domain\" {\n  input = \"x\"\n}\n" +
		acctest.ProviderBlock(fmt.Sprintf(
			"domain = terraform_data.domain.output == \"\" ? \"\" : %q", n.URL(),
		))
	n.Test(
		resource.TestStep{
			Config: acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				``,
			)))},
		},
		resource.TestStep{
			Config: later + acctest.OrdersConfig(), Destroy: true,
			ExpectError: text.Says("Provider configuration not known yet … the provider's " +
				"domain will be known only after apply."),
		},
		resource.TestStep{Config: acctest.OrdersConfig()},
	)
}

func TestAccProvider_configurationWinsOverEnvironment(t *testing.T) {
	n := acctest.NewTenant(t)
	token := n.TokenFor(n.URL() + "/api/v2/")
	env := map[string]string{
		"AUTH0_DOMAIN": "nowhere.invalid", "AUTH0_CLIENT_ID": "c", "AUTH0_CLIENT_SECRET": "s",
		"AUTH0_AUDIENCE": "urn:wrong",
	}
	domain := fmt.Sprintf("domain = %q", n.URL())
	n.TestIn(env,
		// The whole block takes precedence.
		resource.TestStep{
			Config: acctest.ProviderBlock(domain,
				fmt.Sprintf("client_id = %q", testserver.ManagementClientID),
				fmt.Sprintf("client_secret = %q", testserver.ManagementClientSecret),
				fmt.Sprintf("audience = %q", n.URL()+"/api/v2/")) + acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				``,
			)))},
		},
		// A token in the block makes the environment's client ignored.
		resource.TestStep{
			Config: acctest.ProviderBlock(
				domain, fmt.Sprintf("api_token = %q", token),
			) + acctest.OrdersConfig(),
		},
	)
}

func TestAccProvider_blockClientBeatsEnvToken(t *testing.T) {
	n := acctest.NewTenant(t)
	env := n.Env("AUTH0_API_TOKEN", "wrong", "AUTH0_CLIENT_ID", "")
	n.TestIn(env, resource.TestStep{
		// The secret of the client may still come from the environment.
		Config: acctest.ProviderBlock(fmt.Sprintf(
			"client_id = %q", testserver.ManagementClientID,
		)) + acctest.OrdersConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
			``,
		)))},
	})
}

func TestAccProvider_apiToken(t *testing.T) {
	n := acctest.NewTenant(t)
	token := n.TokenFor(n.URL() + "/api/v2/")
	n.TestIn(n.Env("AUTH0_CLIENT_ID", "", "AUTH0_CLIENT_SECRET", "", "AUTH0_API_TOKEN", token),
		resource.TestStep{
			Config: acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				``,
			)))},
		},
		resource.TestStep{
			Config: acctest.ProviderBlock(`api_token = "opaque"`) + acctest.OrdersConfig(),
			ExpectError: text.Says(
				`Bad HTTP authentication header format … The request did not carry a Management API token. Check the token from the provider's api_token.`,
			),
		},
		resource.TestStep{
			Config: acctest.OrdersConfig() + acctest.BareTokenConfig(),
			ExpectError: text.Says(
				`The provider is not configured with a client. Set client_id here`,
			),
		},
	)
	if asked := len(acctest.TokenRequests(n.Server.Requests())); asked != 1 { // By this test.
		t.Errorf("%d tokens were requested, but one was given", asked-1)
	}
}

// With another host name for the tenant, such as a custom domain, the Management API keeps the
// tenant's own identifier.
func TestAccProvider_audience(t *testing.T) {
	n := acctest.NewTenant(t)
	alias := strings.Replace(n.URL(), "127.0.0.1", "localhost", 1)
	n.TestIn(n.Env("AUTH0_DOMAIN", alias),
		resource.TestStep{
			Config: acctest.OrdersConfig(),
			ExpectError: text.Says(`Service not enabled within domain: ` + alias +
				`/api/v2/ … If it is a custom domain, set the provider's audience (or AUTH0_AUDIENCE) to https://TENANT/api/v2/`),
		},
		resource.TestStep{
			Config: acctest.ProviderBlock(fmt.Sprintf(
				"audience = %q", n.URL()+"/api/v2/",
			)) + acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				``,
			)))},
		},
	)
}

func TestAccProvider_requestTimeout(t *testing.T) {
	stuck := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		// Only then does the server notice that the client has disconnected.
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	t.Cleanup(stuck.Close)
	accTestIn(t, nil, resource.TestStep{
		Config: acctest.ProviderBlock(
			fmt.Sprintf("domain = %q", stuck.URL), `api_token = "t"`, `request_timeout = "50ms"`,
			`retry_timeout = "300ms"`,
		) + acctest.OrdersConfig(),
		ExpectError: text.Says(`The request to create the API "https://orders.example.com" was sent, but no usable answer arrived …
			no answer within 50ms. Looking it up failed too … It may exist by now.`),
	})
}
