// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/guide"
)

// applyCIGuide applies a configuration in each way of the guide, to a tenant that knows only the
// public key of the client. OpenSSL signs in place of the KMS.
func applyCIGuide(t *testing.T, g *guide.Guide) {
	scripts := []string{"token.sh", "exchange.sh", "keep-token.sh"}
	texts := map[string]string{}
	for _, name := range scripts {
		texts[name] = g.Text("shell", name)
	}
	makeKey := g.Text(
		"shell", "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem",
	)
	g.NotApplied("shell", "sh keep-token.sh &")
	job := strings.Join(g.Job(".github/workflows/apply.yml"), "\n")
	gitLab := slices.DeleteFunc(g.Job(".gitlab-ci.yml"), func(command string) bool {
		return installs.MatchString(command) || strings.HasPrefix(command, "printenv JOB_TOKEN >")
	})
	if diff := cmp.Diff(job, strings.Join(gitLab, "\n")); diff != "" {
		t.Errorf("the jobs have different commands (-GitHub +GitLab):\n%s", diff)
	}
	t.Run("run", func(t *testing.T) {
		for _, needed := range []string{"curl", "jq", "openssl"} {
			if _, err := exec.LookPath(needed); err != nil {
				t.Skipf("the job needs %s; CI has it: %v", needed, err)
			}
		}
		c := cli.New(t, `
resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
}
`, nil)
		shell := newShell(t, buildServer(t), c.Dir, c.Env)
		shell.terraform()
		// The first sleep of the loop ends at once, and the second one ends the loop.
		shell.tool("sleep", "mkdir slept")
		shell.tool("aws", `[ "$*" = "kms sign --key-id alias/terraform --message `+
			`fileb:///dev/stdin --message-type RAW --signing-algorithm `+
			`RSASSA_PKCS1_V1_5_SHA_256 --query Signature --output text" ] || exit 64
openssl dgst -sha256 -sign key.pem | openssl base64 -A`)
		for name, text := range texts {
			writeIn(t, c.Dir, name, text)
		}
		shell.run(makeKey)
		public, err := os.ReadFile(filepath.Join(c.Dir, "public.pem"))
		if err != nil {
			t.Fatal(err)
		}
		writeIn(t, c.Dir, "seed.yaml", keyTenant(string(public)))
		service := tokenService(t, filepath.Join(c.Dir, "issued"))

		output := shell.run(`eval "$(m2m-testserver -tls -seed seed.yaml &)"
unset AUTH0_CLIENT_SECRET
export CURL_CA_BUNDLE="$SSL_CERT_FILE" KMS_KEY=alias/terraform
export AUTH0_CLIENT_ID=` + keyClient + ` AUTH0_API_TOKEN_FILE="$PWD/token"
` + job + `
cp token issued
echo old > token
sh keep-token.sh
cmp -s token issued || [ "$(head -c 3 token)" = eyJ ]
export ACTIONS_ID_TOKEN_REQUEST_TOKEN=request ACTIONS_ID_TOKEN_REQUEST_URL='` + service +
			`/oidc?v=1' TOKEN_SERVICE=` + service + `
sh exchange.sh > token
terraform plan -input=false -detailed-exitcode
unset AUTH0_API_TOKEN_FILE
AUTH0_CLIENT_ASSERTION_PRIVATE_KEY="$(cat key.pem)" terraform plan -input=false -detailed-exitcode
`)
		if applied := strings.Count(output, "Apply complete! Resources: 1 added"); applied != 1 ||
			strings.Count(output, "No changes.") != 2 {
			t.Errorf("the commands print:\n%s", output)
		}
		for _, name := range []string{"issued", "token"} { // The former has the mode of the first token.
			file, err := os.Stat(filepath.Join(c.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if mode := file.Mode().Perm(); mode != 0o600 {
				t.Errorf("the file %s has the mode %o", name, mode)
			}
		}
	})
}

// installs matches the commands that install what a job needs.
var installs = regexp.MustCompile(`^(apt-get|curl|unzip) `)

const keyClient = "AbCdEfGhIjKlMnOpQrStUvWxYz012345"

// keyTenant has a client with a public key as its credential, and a grant for the Management API.
func keyTenant(public string) string {
	return fmt.Sprintf(`clients:
  - client_id: %[1]s
    name: Terraform
    grant_types: [client_credentials]
    client_authentication_methods:
      private_key_jwt:
        credentials: [{credential_type: public_key, pem: %[2]q}]
client_grants:
  - client_id: %[1]s
    audience: $ISSUER/api/v2/
    scope: ["create:resource_servers", "read:resource_servers"]
`, keyClient, public)
}

// tokenService plays the service that gives jobs their OIDC tokens, and the one that exchanges them
// for the token in a file. It returns their URL.
func tokenService(t *testing.T, file string) string {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := r.Header.Get("Authorization")
		switch {
		case r.Method == http.MethodGet && r.URL.Path == "/oidc" && given == "bearer request" &&
			r.URL.Query().Get("audience") == server.URL:
			_, _ = fmt.Fprint(w, `{"value":"job"}`)
		case r.Method == http.MethodPost && r.URL.Path == "/token" && given == "Bearer job":
			token, err := os.ReadFile(file)
			if err != nil {
				t.Error(err)
			}
			_, _ = fmt.Fprintf(w, `{"access_token":%q}`, strings.TrimSpace(string(token)))
		default:
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}
