// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/guide"
)

// applyServerGuide runs the programs of the guide that need no packages, and the Python program if
// its package is installed. The others need downloads, so they are run by hand after a change.
func applyServerGuide(t *testing.T, g *guide.Guide) {
	install := g.Text("shell", "go install "+
		"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/cmd/"+
		"m2m-testserver@latest")
	start := g.Text(
		"shell", `eval "$(m2m-testserver -tls -seed tenant.yaml -log server.log &)"`,
	)
	tenant := g.Text("yaml", "tenant.yaml")
	prints := g.Text("text",
		"ReferenceMachineClient0000000001 may call https://orders.example.com")
	g.NotApplied("javascript", "sdk.mjs", "api.mjs")
	g.NotApplied("go", "main.go")
	g.NotApplied("shell", "docker run -d --name m2m-testserver -p 127.0.0.1:4646:4646 "+
		`-v "$PWD/tenant.yaml:/tenant.yaml:ro" \`)
	node := g.Text("shell", `NODE_EXTRA_CA_CERTS="$SSL_CERT_FILE" node demo.mjs`)
	for _, job := range []string{".github/workflows/test.yml", ".gitlab-ci.yml"} {
		own := strings.Join(g.Job(job), "\n")
		own = strings.TrimPrefix(own, "apt-get update && apt-get install -y nodejs\n")
		if diff := cmp.Diff(install+start+node, own+"\n"); diff != "" {
			t.Errorf("%s has other commands (-want +got):\n%s", job, diff)
		}
	}
	server := buildServer(t)
	for _, program := range []struct {
		language, file, commands string
		needs                    string // A command that fails if the program cannot run.
	}{
		{"javascript", "demo.mjs", node, "node -e fetch"},
		{"python", "demo.py", g.Text("shell", "python3 demo.py"), "python3 -c 'import jwt'"},
		{"java", "Demo.java", g.Text("shell", `keytool -importcert -noprompt `+
			`-file "$SSL_CERT_FILE" -keystore trust.p12 -storepass not-a-secret`), "javac -version"},
	} {
		text := g.Text(program.language, program.file)
		t.Run(program.language, func(t *testing.T) {
			t.Parallel()
			needs := exec.CommandContext(t.Context(), "sh", "-c", program.needs)
			if output, err := needs.CombinedOutput(); err != nil {
				t.Skipf("the program needs %q; CI has it: %v\n%s", program.needs, err, output)
			}
			dir := t.TempDir()
			shell := newShell(t, server, dir, os.Environ())
			writeIn(t, dir, "tenant.yaml", tenant)
			writeIn(t, dir, program.file, text)
			if output := shell.run(start + program.commands); !strings.HasSuffix(output, prints) {
				t.Errorf("%s prints:\n%s\nwant:\n%s", program.file, output, prints)
			}
		})
	}
}
