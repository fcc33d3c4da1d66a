// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package cli runs Terraform as people do, with the provider in processes of its own. It starts no
// tenant: a test gives it the environment.
package cli

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
)

// CLI runs Terraform in a directory. It is for tests that depend on the number of processes or on
// the files that they write.
type CLI struct {
	T   *testing.T
	Dir string // Terraform writes all its files here.
	Env []string
}

// New prepares a configuration that uses the provider with the source terraform-m2m/m2m in the
// environment env.
func New(t *testing.T, config string, env map[string]string) *CLI {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set; make test sets it, as this runs a Terraform")
	}
	plugins := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(plugins, "terraform-provider-m2m")); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(plugins, "cli.tfrc")
	c := &CLI{T: t, Dir: t.TempDir(), Env: []string{
		servesProvider + "=1", "TF_CLI_CONFIG_FILE=" + settings, "CHECKPOINT_DISABLE=1",
		"TF_IN_AUTOMATION=1",
		"PATH=" + os.Getenv("PATH"), "HOME=" + plugins, "TMPDIR=" + plugins,
		// Each command starts the provider several times, and TLS is most of a start.
		"TF_DISABLE_PLUGIN_TLS=1", "GOGC=" + os.Getenv("GOGC"),
	}}
	for name, value := range env {
		c.Env = append(c.Env, name+"="+value)
	}
	c.write(settings, fmt.Sprintf(
		"provider_installation {\n  dev_overrides {\n    \"terraform-m2m/m2m\" = %q\n  }\n  "+
			"direct {}\n}\n",
		plugins,
	))
	c.write(
		filepath.Join(c.Dir, "main.tf"),
		"terraform {\n  required_providers {\n    m2m = {\n      source = "+
			"\"terraform-m2m/m2m\"\n    }\n  }\n}\n"+config,
	)
	return c
}

// With returns the same configuration with more variables in its environment.
func (c *CLI) With(env map[string]string) *CLI {
	changed := *c
	changed.Env = slices.Clone(c.Env)
	for name, value := range env {
		changed.Env = append(changed.Env, name+"="+value) // The last one of a name counts.
	}
	return &changed
}

func (c *CLI) write(file, content string) {
	c.T.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		c.T.Fatal(err)
	}
}

// Rewrite replaces part of the configuration.
func (c *CLI) Rewrite(before, after string) {
	c.T.Helper()
	file := filepath.Join(c.Dir, "main.tf")
	config, err := os.ReadFile(file)
	if err != nil {
		c.T.Fatal(err)
	}
	c.write(file, strings.Replace(string(config), before, after, 1))
}

// NeedsEphemeral skips the test if the CLI has no ephemeral resources.
func (c *CLI) NeedsEphemeral() {
	c.needs(`Blocks of type "ephemeral" are not expected here`)
	c.needs(`An argument named "ephemeral" is not expected here`)
}

// NeedsWriteOnly skips the test if the CLI has no write-only arguments.
func (c *CLI) NeedsWriteOnly() {
	c.NeedsEphemeral()
	c.needs("Write-only attributes are only supported in")
}

func (c *CLI) needs(refusal string) {
	c.T.Helper()
	if output, err := c.Run("validate", "-no-color"); err != nil &&
		text.Says(refusal).MatchString(output) {
		c.T.Skipf(
			"this Terraform is too old; one of 1.11 or later runs the test. It says: %s", refusal,
		)
	}
}

// Run runs one command and returns its output.
func (c *CLI) Run(args ...string) (string, error) {
	c.T.Helper()
	command := exec.CommandContext(
		c.T.Context(), cmp.Or(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform"), args...,
	)
	var output bytes.Buffer
	command.Dir, command.Env, command.Stdout, command.Stderr = c.Dir, c.Env, &output, &output
	err := command.Run()
	return output.String(), err
}

// Must runs a command and fails the test if the command fails.
func (c *CLI) Must(args ...string) string {
	c.T.Helper()
	output, err := c.Run(append(args, "-no-color")...)
	if err != nil {
		c.T.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, output)
	}
	return output
}

// Written returns the contents of all files that Terraform has written. The files in an archive,
// such as a plan, are listed separately.
func (c *CLI) Written() map[string]string {
	c.T.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(c.Dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(file, c.Dir+string(filepath.Separator))
		found[name] = string(raw)
		archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return nil //nolint:nilerr // It is not an archive.
		}
		for _, part := range archive.File {
			content, err := fs.ReadFile(archive, part.Name)
			if err != nil {
				return err
			}
			found[name+"/"+part.Name] = string(content)
		}
		return nil
	})
	if err != nil {
		c.T.Fatal(err)
	}
	return found
}
