// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
)

// servesProvider is the variable that makes this binary the provider's.
const servesProvider = "M2M_TEST_SERVES_PROVIDER"

func TestMain(m *testing.M) {
	if os.Getenv(servesProvider) == "" {
		os.Exit(m.Run())
	}
	opts := providerserver.ServeOpts{Address: "registry.terraform.io/terraform-m2m/m2m"}
	if err := providerserver.Serve(context.Background(), New(Options{Version: "test"}), opts); err != nil {
		log.Fatal(err)
	}
}

// cli runs Terraform as people do, with the provider in processes of its own, where
// what matters is how many there are or what they leave behind.
type cli struct {
	t   *testing.T
	dir string // Everything that Terraform writes is in here.
	env []string
}

// newCLI prepares a configuration that uses the provider of the source
// terraform-m2m/m2m in the environment env.
func newCLI(t *testing.T, config string, env map[string]string) *cli {
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
	c := &cli{t: t, dir: t.TempDir(), env: []string{
		servesProvider + "=1", "TF_CLI_CONFIG_FILE=" + settings, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"PATH=" + os.Getenv("PATH"), "HOME=" + plugins, "TMPDIR=" + plugins,
	}}
	for name, value := range env {
		c.env = append(c.env, name+"="+value)
	}
	c.write(settings, fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"terraform-m2m/m2m\" = %q\n  }\n  direct {}\n}\n", plugins))
	c.write(filepath.Join(c.dir, "main.tf"), "terraform {\n  required_providers {\n    m2m = {\n      source = \"terraform-m2m/m2m\"\n    }\n  }\n}\n"+config)
	return c
}

func (c *cli) write(file, content string) {
	c.t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// rewrite replaces a part of the configuration.
func (c *cli) rewrite(before, after string) {
	c.t.Helper()
	file := filepath.Join(c.dir, "main.tf")
	config, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	c.write(file, strings.Replace(string(config), before, after, 1))
}

// needsEphemeral leaves the test out where the CLI has no ephemeral resources, and
// needsWriteOnly where it has no write-only arguments.
func (c *cli) needsEphemeral() { c.needs(`Blocks of type "ephemeral" are not expected here`) }

func (c *cli) needsWriteOnly() {
	c.needsEphemeral()
	c.needs("Write-only attributes are only supported in")
}

func (c *cli) needs(refusal string) {
	c.t.Helper()
	if output, err := c.run("validate", "-no-color"); err != nil && says(refusal).MatchString(output) {
		c.t.Skipf("this Terraform is too old; one of 1.11 or later runs the test. It says: %s", refusal)
	}
}

// run runs one command and returns what it wrote.
func (c *cli) run(args ...string) (string, error) {
	c.t.Helper()
	command := exec.CommandContext(c.t.Context(), cmp.Or(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform"), args...)
	var output bytes.Buffer
	command.Dir, command.Env, command.Stdout, command.Stderr = c.dir, c.env, &output, &output
	err := command.Run()
	return output.String(), err
}

// must runs a command that has to succeed.
func (c *cli) must(args ...string) string {
	c.t.Helper()
	output, err := c.run(append(args, "-no-color")...)
	if err != nil {
		c.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, output)
	}
	return output
}

// written is what all files that Terraform has written contain; of an archive, as a
// plan is, each file in it by itself.
func (c *cli) written() map[string]string {
	c.t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(c.dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(file, c.dir+string(filepath.Separator))
		found[name] = string(raw)
		archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return nil //nolint:nilerr // It is no archive.
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
		c.t.Fatal(err)
	}
	return found
}
