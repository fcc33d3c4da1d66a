// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
)

// crashes is the variable that makes a test crash in a process of its own. Its value says during
// which request.
const crashes = "M2M_TEST_CRASHES"

// crashing is a network that panics at a path.
type crashing struct {
	path string
}

func (c crashing) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, c.path) {
		// The whole request is in the memory of this goroutine.
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		crash(string(raw), r.Header)
	}
	body := fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":86400}`, canary("token"))
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

//go:noinline
func crash(body string, header http.Header) {
	var nothing map[string]string
	nothing[body] = header.Get("Authorization") //nolint:staticcheck // A bug as any other.
}

// TestSecrets_stayOutOfCrashOutput crashes the provider while it uses secrets, and searches the
// output, which Terraform prints: the stack traces of all goroutines with their arguments.
func TestSecrets_stayOutOfCrashOutput(t *testing.T) {
	if path := os.Getenv(crashes); path != "" {
		applyUntilCrash(t, crashing{path})
		return
	}
	t.Parallel()
	for _, path := range []string{"/oauth/token", "/resource-servers"} {
		for _, traceback := range []string{"single", "all", "system"} {
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
			command.Env = append(os.Environ(), crashes+"="+path, "GOTRACEBACK="+traceback)
			output, err := command.CombinedOutput()
			if err == nil || !bytes.Contains(output, []byte("assignment to entry in nil map")) ||
				!bytes.Contains(output, []byte("provider_test.crash(")) {
				t.Fatalf("%s: it did not crash as it should: %v\n%s", path, err, output)
			}
			for _, name := range []string{"secret", "header", "token", "signing", "write-only"} {
				for _, leak := range append(leaks(name), dumps(name)...) {
					if bytes.Contains(output, []byte(leak)) {
						t.Errorf("%s: the %s is in the output as %s:\n%s", path, name, leak, output)
					}
				}
			}
			keyLine := strings.Split(testkeys.PrivatePEM(), "\n")[3]
			if bytes.Contains(output, []byte(keyLine)) {
				t.Errorf("%s: the private key is in the output:\n%s", path, output)
			}
		}
	}
}

// dumps returns how a canary may look in a dump of memory: in hexadecimal, or as a word of a
// goroutine's arguments.
func dumps(name string) []string {
	text := []byte(canary(name))
	found := []string{hex.EncodeToString([]byte("core-of-the-" + name))}
	for at := range len(text) - 7 {
		found = append(found, fmt.Sprintf("%#x", binary.LittleEndian.Uint64(text[at:])))
	}
	return found
}

// applyUntilCrash creates an API with secrets of all kinds.
func applyUntilCrash(t *testing.T, network http.RoundTripper) {
	t.Helper()
	p := &protocol.Protocol{T: t, Transport: network}
	p.Start(nil)
	p.Configure(map[string]tftypes.Value{
		"domain": protocol.Text("tenant.example"), "client_id": protocol.Text("id"),
		"client_secret": protocol.Text(canary("secret")),
		"headers": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{
			"X-Pass": protocol.Text(canary("header")),
		}),
	})
	if p.Said.Len() > 0 {
		t.Fatal(&p.Said)
	}
	api := p.Schema.ResourceSchemas["m2m_resource_server"]
	none, err := tfprotov6.NewDynamicValue(api.ValueType(), tftypes.NewValue(api.ValueType(), nil))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan string)
	for _, secret := range []string{"signing_secret", "signing_secret_wo"} {
		planned := map[string]tftypes.Value{
			"identifier": protocol.Text("urn:orders"), "signing_alg": protocol.Text("HS256"),
		}
		if secret == "signing_secret" {
			planned[secret] = protocol.Text(canary("signing"))
		}
		config := map[string]tftypes.Value{secret: protocol.Text(canary("write-only"))}
		maps.Copy(config, planned)
		go func() {
			applied, err := p.Server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
				TypeName: "m2m_resource_server", PriorState: &none,
				PlannedState: p.Value(api, planned), Config: p.Value(api, config),
			})
			ended <- fmt.Sprint(applied.Diagnostics, err)
		}()
	}
	t.Error("it did not crash: " + <-ended)
}
