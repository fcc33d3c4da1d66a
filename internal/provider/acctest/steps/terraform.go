// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package steps

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-version"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

const (
	planFile      = "tfplan"
	variablesFile = "terraform-plugin-testing.auto.tfvars.json" // The framework has this name.
)

// terraform runs commands in a directory. Each command has a provider of its own, as if it started
// one.
type terraform struct {
	t         *testing.T
	dir       string
	providers map[string]func() (tfprotov6.ProviderServer, error)
}

func newTerraform(
	t *testing.T, providers map[string]func() (tfprotov6.ProviderServer, error),
) *terraform {
	t.Helper()
	if os.Getenv("TF_ACC_PERSIST_WORKING_DIR") == "" {
		return &terraform{t, t.TempDir(), providers}
	}
	dir, err := os.MkdirTemp("", "steps") //nolint:usetesting // The files outlive the test.
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the files of this test remain in %s", dir)
	return &terraform{t, dir, providers}
}

var terraformBlock = regexp.MustCompile(`terraform\s*{`)

// configure replaces the configuration.
func (c *terraform) configure(text string, variables config.Variables) error {
	if !terraformBlock.MatchString(text) {
		// Terraform requires this block for calls of a provider's functions.
		var sources strings.Builder
		for _, name := range slices.Sorted(maps.Keys(c.providers)) {
			fmt.Fprintf(&sources, "    %s = {\n      source = %q\n    }\n", name, address(name))
		}
		text = "terraform {\n  required_providers {\n" + sources.String() + "  }\n}\n" + text
	}
	if err := os.RemoveAll(filepath.Join(c.dir, variablesFile)); err != nil {
		return err
	}
	if err := variables.Write(c.dir); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(c.dir, "main.tf"), []byte(text), 0o600)
}

func cli() string { return cmp.Or(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform") }

// cliVersion is asked once for all tests of a package.
var cliVersion = sync.OnceValues(func() (*version.Version, error) {
	output, err := exec.Command(cli(), "version", "-json").Output()
	if err != nil {
		return nil, err
	}
	var said struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(output, &said); err != nil {
		return nil, err
	}
	return version.NewVersion(said.Version)
})

// address is the full name of a provider that a configuration calls by its short name.
func address(provider string) string {
	return cmp.Or(os.Getenv(resource.EnvTfAccProviderHost), "registry.terraform.io") + "/" +
		cmp.Or(os.Getenv(resource.EnvTfAccProviderNamespace), "hashicorp") + "/" + provider
}

// plan writes the plan file and reports whether the plan has changes.
func (c *terraform) plan(destroy bool, args ...string) (bool, error) {
	args = append([]string{"-input=false", "-detailed-exitcode", "-out=" + planFile}, args...)
	if destroy {
		args = append(args, "-destroy")
	}
	_, err := c.command("plan", args...)
	if status, ok := errors.AsType[*exec.ExitError](err); ok && status.ExitCode() == 2 {
		return true, nil
	}
	return false, err
}

// refreshed returns the state in the plan file before and after the refresh.
func (c *terraform) refreshed() (before, after stateFile, err error) {
	plan, err := zip.OpenReader(filepath.Join(c.dir, planFile))
	if err != nil {
		return before, after, err
	}
	defer func() { _ = plan.Close() }()
	var states [2]stateFile
	for i, name := range []string{"tfstate-prev", "tfstate"} {
		raw, err := fs.ReadFile(plan, name)
		if err != nil {
			return before, after, err
		}
		if states[i], err = parseState(raw); err != nil {
			return before, after, err
		}
	}
	return states[0], states[1], nil
}

func (c *terraform) showPlan() (*tfjson.Plan, error) {
	plan := &tfjson.Plan{}
	plan.UseJSONNumber(true)
	return plan, c.show(plan, planFile)
}

func (c *terraform) showState() (*tfjson.State, error) {
	state := &tfjson.State{}
	state.UseJSONNumber(true)
	return state, c.show(state)
}

func (c *terraform) show(into any, args ...string) error {
	output, err := c.command("show", append([]string{"-json"}, args...)...)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(output), into)
}

// command runs a command and returns its output. An error contains what Terraform says.
func (c *terraform) command(name string, args ...string) (string, error) {
	ctx, stop := context.WithCancel(c.t.Context())
	attached := map[string]any{}
	for provider, factory := range c.providers {
		served, stopped, err := c.serve(ctx, address(provider), factory)
		if err != nil {
			stop()
			return "", err
		}
		defer func() { <-stopped }()
		attached[address(provider)] = served
	}
	defer stop() // Runs before the providers are waited for.
	reattach, err := json.Marshal(attached)
	if err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, cli(), append([]string{name, "-no-color"}, args...)...)
	command.Dir = c.dir
	command.Env = append(
		os.Environ(), "TF_REATTACH_PROVIDERS="+string(reattach), "TF_DISABLE_PLUGIN_TLS=1",
		"TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
	)
	var output, said bytes.Buffer
	command.Stdout, command.Stderr = &output, &said
	if err := command.Run(); err != nil {
		return output.String(), fmt.Errorf("terraform %s: %w\n%s", name, err, &said)
	}
	return output.String(), nil
}

// serve serves a provider until the context ends. It returns what Terraform must know of it, and a
// channel that is closed when the provider has stopped.
func (c *terraform) serve(
	ctx context.Context, name string, factory func() (tfprotov6.ProviderServer, error),
) (any, <-chan struct{}, error) {
	provider, err := factory()
	if err != nil {
		return nil, nil, err
	}
	configs, stopped := make(chan *plugin.ReattachConfig), make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		failed <- tf6server.Serve(
			name, func() tfprotov6.ProviderServer { return provider },
			tf6server.WithDebug(ctx, configs, stopped),
			tf6server.WithGoPluginLogger(hclog.NewNullLogger()),
			tf6server.WithLoggingSink(c.t), tf6server.WithoutLogStderrOverride(),
		)
	}()
	select {
	case err := <-failed:
		return nil, nil, fmt.Errorf("the provider stopped before Terraform ran: %w", err)
	case config := <-configs:
		return map[string]any{
			"Protocol": config.Protocol, "ProtocolVersion": config.ProtocolVersion,
			"Pid": config.Pid, "Test": config.Test,
			"Addr": map[string]string{
				"Network": config.Addr.Network(), "String": config.Addr.String(),
			},
		}, stopped, nil
	}
}
