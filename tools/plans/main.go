// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command plans makes the plans that the tests of reviews read. Each directory below -dir has a
// configuration before.tf, which is applied to a reference server of its own, and after.tf. The
// plan from one to the other is written beside them as plan.json.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/tools/process"
	"github.com/terraform-m2m/terraform-provider-m2m/tools/refserver"
)

type maker struct {
	cli, provider, server, auth0 string
}

func main() {
	var m maker
	flag.StringVar(&m.cli, "cli", "terraform", "the Terraform or OpenTofu to run")
	flag.StringVar(&m.provider, "provider", "", "the provider m2m")
	flag.StringVar(&m.server, "server", "", "the reference server")
	flag.StringVar(&m.auth0, "auth0", "", "the provider auth0/auth0; without it, its plans "+
		"stay as "+
		"they are")
	dir := flag.String("dir", "", "the directory with a directory for each plan")
	flag.Parse()
	soft, hard := process.Interruptible()
	if err := m.all(soft, hard, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "plans:", err)
		os.Exit(1)
	}
}

func (m *maker) all(soft, hard context.Context, dir string) error {
	for _, path := range []*string{&m.provider, &m.server, &m.auth0, &dir} {
		if *path == "" {
			continue
		}
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = absolute
	}
	found, err := filepath.Glob(filepath.Join(dir, "*", "after.tf"))
	if err != nil {
		return err
	}
	for _, after := range found {
		name := filepath.Base(filepath.Dir(after))
		if strings.HasPrefix(name, "auth0_") && m.auth0 == "" {
			continue
		}
		fmt.Println(name)
		if err := m.one(soft, hard, filepath.Dir(after)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// one makes the plan of one directory.
func (m *maker) one(soft, hard context.Context, dir string) (err error) {
	work, err := os.MkdirTemp("", "m2m-plans-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	// The auth0 provider speaks https only.
	server, err := refserver.Start(soft, hard, refserver.Options{
		Binary: m.server, Args: []string{"-tls", "-ca-out", filepath.Join(work, "ca.pem")},
		Log:       filepath.Join(work, "server.log"),
		Variables: []string{"AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"},
	})
	if err != nil {
		return err
	}
	defer func() { _ = server.Stop() }()
	settings := filepath.Join(work, "cli.tfrc")
	if err := os.WriteFile(settings, []byte(m.settings()), 0o600); err != nil {
		return err
	}
	env := append(
		cli.Env(os.Environ(), server.Variables, settings, false),
		"SSL_CERT_FILE="+filepath.Join(work, "ca.pem"),
		"TF_VAR_domain="+strings.TrimPrefix(server.Variables["AUTH0_DOMAIN"], "https://"),
	)
	run := func(arguments ...string) (string, error) {
		command := process.Command(hard, m.cli, arguments...)
		command.Dir, command.Env = work, env
		var output, errors strings.Builder
		command.Stdout, command.Stderr = &output, &errors
		if err := process.Run(hard, command); err != nil {
			return "", fmt.Errorf("%s: "+
				"%w\n%s%s", arguments[0], err, output.String(), errors.String())
		}
		return output.String(), nil
	}
	if err := m.configure(work, filepath.Join(dir, "before.tf")); err != nil {
		return err
	}
	if _, err := run("apply", "-auto-approve"); err != nil {
		return err
	}
	if err := m.configure(work, filepath.Join(dir, "after.tf")); err != nil {
		return err
	}
	if _, err := run("plan", "-out=plan.out"); err != nil {
		return err
	}
	plan, err := run("show", "-json", "plan.out")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "plan.json"), []byte(plan), 0o600)
}

// settings makes the CLI use the given binaries, without init.
func (m *maker) settings() string {
	overrides := fmt.Sprintf("    %q = %q\n", cli.Source, filepath.Dir(m.provider))
	if m.auth0 != "" {
		overrides += fmt.Sprintf("    \"auth0/auth0\" = %q\n", filepath.Dir(m.auth0))
	}
	return "provider_installation {\n  dev_overrides {\n" + overrides + "  }\n  direct {}\n}\n"
}

// configure copies a configuration, with the providers that it needs.
func (m *maker) configure(work, file string) error {
	config, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	providers := "    m2m = { source = \"terraform-m2m/m2m\" }\n"
	if m.auth0 != "" {
		providers += "    auth0 = { source = \"auth0/auth0\" }\n"
	}
	return os.WriteFile(filepath.Join(work, "main.tf"), []byte( //nolint:gosec // The directory is our own.
		"terraform {\n  required_providers {\n"+providers+"  }\n}\n\n"+string(config),
	), 0o600)
}
