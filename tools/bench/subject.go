// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/bench/usage"
	"github.com/terraform-m2m/terraform-provider-m2m/tools/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/tools/process"
)

// Names of subjects in results.
const (
	ours      = "m2m"
	floor     = "floor"
	incumbent = "compared"
)

// subject is what is measured: a provider, or terraform_data for the floor.
type subject struct {
	name   string
	config string // The folder of its configuration; folders says what is in it.
	source string // Its source address; empty if it is built into Terraform.
	binary string
	https  bool // Whether it accepts only HTTPS and a bare domain.

	dir      string // Everything it writes.
	address  string // Of its server. States contain it, so all servers of the subject share it.
	fixtures map[Scenario]fixture
	prepared bool
}

// prepare fills the subject's folder: a mirror with metered in the place of the provider, and a CLI
// configuration that points to the mirror.
func (s *subject) prepare(dir, metered string) error {
	s.dir = filepath.Join(dir, s.name)
	s.fixtures = map[Scenario]fixture{}
	if err := os.MkdirAll(s.work(), 0o750); err != nil {
		return err
	}
	mirror := filepath.Join(s.dir, "mirror")
	if err := os.MkdirAll(mirror, 0o750); err != nil {
		return err
	}
	if s.source != "" {
		for _, path := range cli.MirrorPaths(mirror, s.source, cli.LocalVersion) {
			if err := cli.CopyFile(path, metered); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(s.cliConfig(), []byte(cli.Config(mirror)), 0o600)
}

func (s *subject) work() string      { return filepath.Join(s.dir, "work") }
func (s *subject) state() string     { return filepath.Join(s.work(), "terraform.tfstate") }
func (s *subject) usage() string     { return filepath.Join(s.dir, "usage.jsonl") }
func (s *subject) cliConfig() string { return filepath.Join(s.dir, "cli.tfrc") }

// supports reports whether the subject has a configuration for the scenario.
func (s *subject) supports(x Scenario) bool {
	for _, folder := range folders(x) {
		if files, _ := filepath.Glob(filepath.Join(s.config, folder, "*.tf")); len(files) == 0 {
			return false
		}
	}
	return true
}

// folders are the parts of a configuration that a scenario needs, besides the files that all
// scenarios share. variablesFor and commandsOf set the variables.
func folders(x Scenario) []string {
	switch {
	case x.Scopes > 0:
		return []string{"scopes"}
	case x.References:
		return []string{"objects", "references"}
	default:
		return []string{"objects", "literals"}
	}
}

// configure writes the configuration of the scenario and the state to start with, which may be
// empty.
func (s *subject) configure(x Scenario, state []byte) error {
	old, err := filepath.Glob(filepath.Join(s.work(), "*.tf*"))
	if err != nil {
		return err
	}
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	for _, folder := range append([]string{"."}, folders(x)...) {
		files, err := filepath.Glob(filepath.Join(s.config, folder, "*.tf"))
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := cli.CopyFile(
				filepath.Join(s.work(), filepath.Base(file)), file,
			); err != nil {
				return err
			}
		}
	}
	variables, err := variablesFor(x)
	if err != nil {
		return err
	}
	if err := s.write("bench.auto.tfvars.json", variables); err != nil {
		return err
	}
	if x.Capacity > 0 && s.source != "" {
		if err := s.write("capacity_override.tf", fmt.Appendf(
			nil, "provider %q {\n  max_api_capacity = %d\n}\n", s.name, x.Capacity,
		)); err != nil {
			return err
		}
	}
	if len(state) == 0 {
		return nil
	}
	return os.WriteFile(s.state(), state, 0o600)
}

func (s *subject) write(name string, text []byte) error {
	return os.WriteFile(filepath.Join(s.work(), name), text, 0o600)
}

// environment is the environment of the CLI. The collector of the provider and of Terraform must
// run as it does for users, so a setting for the benchmark itself does not reach them.
func (s *subject) environment(server map[string]string) []string {
	var env []string
	for _, kv := range cli.Env(os.Environ(), server, s.cliConfig(), false) {
		switch name, _, _ := strings.Cut(kv, "="); name {
		case "GOGC", "GOMEMLIMIT", "GODEBUG", "GOMAXPROCS":
		default:
			env = append(env, kv)
		}
	}
	if file := server["SSL_CERT_FILE"]; file != "" {
		env = append(env, "SSL_CERT_FILE="+file)
	}
	return append(env,
		usage.ProviderVariable+"="+s.binary,
		usage.FileVariable+"="+s.usage(),
	)
}

// terraform runs the CLI in the subject's folder and returns its output.
func (b *bench) terraform(
	s *subject, server map[string]string, args ...string,
) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(b.soft, b.timeout, fmt.Errorf(
		"still running after %s", b.timeout,
	))
	defer cancel()
	cmd := process.Command(ctx, b.cli, args...)
	cmd.Dir, cmd.Env = s.work(), s.environment(server)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	cmd.WaitDelay = time.Minute
	if err := process.Run(b.hard, cmd); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, fmt.Errorf("%s %s: %s: %w\n%s",
			s.name, filepath.Base(b.cli), strings.Join(args, " "), err,
			firstError(out.String()+problems.String()))
	}
	return out.Bytes(), nil
}

// firstError returns the beginning of the first error in the output of the CLI.
func firstError(output string) string {
	const most = 12
	if i := strings.Index(output, "Error:"); i >= 0 {
		output = output[i:]
	}
	lines := strings.SplitN(strings.TrimSpace(output), "\n", most+1)
	return strings.Join(lines[:min(most, len(lines))], "\n")
}

// initialize runs init once. The configurations of a subject differ only in their resources.
func (b *bench) initialize(s *subject) error {
	if s.prepared {
		return nil
	}
	_, err := b.terraform(s, nil, "init")
	s.prepared = err == nil
	return err
}

// hasArgument reports whether the subject's provider block has the argument.
func (b *bench) hasArgument(s *subject, name string) (bool, error) {
	if err := s.configure(Scenario{Objects: 1}, nil); err != nil {
		return false, err
	}
	if err := b.initialize(s); err != nil {
		return false, err
	}
	out, err := b.terraform(s, nil, "providers", "schema", "-json")
	if err != nil {
		return false, err
	}
	return schemaHasArgument(out, s.source, name)
}

func schemaHasArgument(schemas []byte, source, name string) (bool, error) {
	var in struct {
		Providers map[string]struct {
			Provider struct {
				Block struct {
					Attributes map[string]json.RawMessage `json:"attributes"`
				} `json:"block"`
			} `json:"provider"`
		} `json:"provider_schemas"`
	}
	if err := json.Unmarshal(schemas, &in); err != nil {
		return false, err
	}
	for address, p := range in.Providers {
		if strings.HasSuffix(address, "/"+source) {
			_, has := p.Provider.Block.Attributes[name]
			return has, nil
		}
	}
	return false, fmt.Errorf("no schema of %s", source)
}

// readState returns the state, or nothing if there is none.
func (s *subject) readState() ([]byte, error) {
	state, err := os.ReadFile(s.state())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return state, err
}
