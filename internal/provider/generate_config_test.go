// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// cliRun is a directory with a configuration, for what the test framework has no
// step for. The CLI calls the provider of this process.
type cliRun struct {
	t           *testing.T
	dir         string
	environment []string
}

const servedAddress = "registry.terraform.io/terraform-m2m/m2m"

func (n *tenant) cliRun(config string) *cliRun {
	n.t.Helper()
	if os.Getenv("TF_ACC") == "" {
		n.t.Skip("Acceptance tests skipped unless env 'TF_ACC' set")
	}
	environment := append(os.Environ(), "TF_REATTACH_PROVIDERS="+serve(n.t, providerWith(n.env())),
		"TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
	run := &cliRun{n.t, n.t.TempDir(), environment}
	source := fmt.Sprintf("terraform {\n  required_providers {\n    m2m = { source = %q }\n  }\n}\n", servedAddress)
	if err := os.WriteFile(filepath.Join(run.dir, "main.tf"), []byte(source+config), 0o600); err != nil {
		n.t.Fatal(err)
	}
	return run
}

// serve serves a provider until the test ends, and returns how the CLI finds it.
func serve(t *testing.T, provider factories) string {
	t.Helper()
	server, err := provider["m2m"]()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	attach, closed := make(chan *plugin.ReattachConfig), make(chan struct{})
	go func() {
		err := tf6server.Serve(servedAddress, func() tfprotov6.ProviderServer { return server },
			tf6server.WithDebug(ctx, attach, closed), tf6server.WithGoPluginLogger(hclog.NewNullLogger()),
			tf6server.WithLoggingSink(t), tf6server.WithoutLogStderrOverride())
		if err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		stop()
		<-closed
	})
	at := <-attach
	text, err := json.Marshal(map[string]any{servedAddress: map[string]any{
		"Protocol": at.Protocol, "ProtocolVersion": at.ProtocolVersion, "Pid": at.Pid, "Test": at.Test,
		"Addr": map[string]string{"Network": at.Addr.Network(), "String": at.Addr.String()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// cli runs a command of the CLI and returns what it prints.
func (r *cliRun) cli(arguments ...string) string {
	r.t.Helper()
	command := exec.CommandContext(r.t.Context(), cmp.Or(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform"), append(arguments, "-no-color")...)
	command.Dir, command.Env = r.dir, r.environment
	out, err := command.CombinedOutput()
	if err != nil {
		r.t.Fatalf("%s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

// TestAccImport_generatedConfigurationPlansNothing imports whole tenants with the
// configuration that Terraform writes for them.
func TestAccImport_generatedConfigurationPlansNothing(t *testing.T) {
	t.Parallel()
	for seed := range 3 {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			n := newTenant(t)
			blocks := ""
			imports := n.imports(someTenant.Example(seed))
			for _, imported := range imports {
				blocks += imported.block()
			}
			run := n.cliRun(blocks)
			run.cli("plan", "-generate-config-out=generated.tf")
			want := fmt.Sprintf("Plan: %d to import, 0 to add, 0 to change, 0 to destroy.", len(imports))
			run.cli("plan", "-out=planned")
			if out := run.cli("show", "planned"); !strings.Contains(out, want) {
				t.Fatalf("no %q in:\n%s", want, out)
			}
			run.cli("apply", "planned")
			run.cli("plan", "-detailed-exitcode") // An error unless it is empty.
			n.wrote()
		})
	}
}
