// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command mirror installs a build of the provider into a filesystem mirror, and prints the CLI
// configuration that makes Terraform and OpenTofu install it from there.
//
// Unlike with development overrides, `terraform init` works as it does with a registry, also in
// configurations with modules and with other providers.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/hashicorp/go-version"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/cli"
)

func main() {
	log.SetFlags(0)
	provider := flag.String("provider", "", "`path` of the provider binary")
	dir := flag.String("dir", "", "`folder` of the mirror (default ~/.terraform.d/plugins)")
	release := flag.String("version", cli.LocalVersion, "`version` to install it as")
	flag.Parse()
	if *provider == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := install(*provider, *dir, *release, os.Stdout, os.Stderr); err != nil {
		log.Fatal(err)
	}
}

// install prints only the configuration to stdout, so that a shell can write it to a file.
func install(provider, dir, release string, stdout, stderr io.Writer) error {
	// The registries accept no other form, and the CLI would ignore the folder without a word.
	if v, err := version.NewSemver(release); err != nil || v.String() != release {
		return fmt.Errorf("%q is not a version such as 1.2.3: set VERSION without a v", release)
	}
	dir, err := absolute(dir)
	if err != nil {
		return err
	}
	for _, path := range cli.MirrorPaths(dir, cli.Source, release) {
		// Copying over the file would fail while a provider runs from it.
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := cli.CopyFile(path, provider); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(stderr, `Installed %s %s into %s.
Add these lines to ~/.terraformrc (OpenTofu: ~/.tofurc), or to the file that TF_CLI_CONFIG_FILE
names, and run init. If a lock file has this version of an earlier build, delete the provider's
block from .terraform.lock.hcl first.

`, cli.Source, release, dir)
	if err != nil {
		return err
	}
	_, err = io.WriteString(stdout, cli.ConfigBeside(dir))
	return err
}

// absolute returns the folder as Terraform needs it in its configuration. By default, it is the
// folder where Terraform and OpenTofu look even without a configuration.
func absolute(dir string) (string, error) {
	if dir != "" {
		return filepath.Abs(dir)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".terraform.d", "plugins"), nil
}
