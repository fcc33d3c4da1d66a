// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// mirrorVersion is what the provider under test is called in the mirror. A configuration without a
// version constraint takes any.
const mirrorVersion = "0.0.1"

// serverVariables are what the reference server prints and the demo needs.
var serverVariables = []string{
	"AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET",
	"M2M_CLIENT_ID", "M2M_CLIENT_SECRET", "M2M_SAMPLE_API_URL",
}

// readExports reads lines of the form `export NAME=VALUE` until all names have a value.
func readExports(r io.Reader, names []string) (map[string]string, error) {
	found := map[string]string{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		name, value, ok := parseExport(lines.Text())
		if !ok {
			return nil, fmt.Errorf(
				"the server printed %q where an export line was expected", lines.Text(),
			)
		}
		found[name] = value
		if len(missing(found, names)) == 0 {
			return found, nil
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("the server ended its output without %s", strings.Join(
		missing(found, names), ", ",
	))
}

// parseExport takes one line apart as a shell would. Values are bare words or quoted as a whole.
func parseExport(line string) (name, value string, ok bool) {
	assignment, ok := strings.CutPrefix(strings.TrimSpace(line), "export ")
	if !ok {
		return "", "", false
	}
	name, value, ok = strings.Cut(strings.TrimSpace(assignment), "=")
	if !ok || name == "" {
		return "", "", false
	}
	if n := len(value); n >= 2 && (value[0] == '\'' || value[0] == '"') && value[n-1] == value[0] {
		if quote := value[0]; quote == '\'' {
			return name, strings.ReplaceAll(value[1:n-1], `'\''`, "'"), true
		}
		value, err := strconv.Unquote(value)
		return name, value, err == nil
	}
	return name, value, true
}

func missing(found map[string]string, names []string) []string {
	var out []string
	for _, name := range names {
		if found[name] == "" {
			out = append(out, name)
		}
	}
	return out
}

// cliEnv is the environment for the CLI: the caller's without anything that would reach Terraform
// or the provider, and what the reference server said.
func cliEnv(caller []string, server map[string]string, cliConfig string, color bool) []string {
	var env []string
	for _, kv := range caller {
		if !strings.HasPrefix(kv, "TF_") && !strings.HasPrefix(kv, "AUTH0_") &&
			!strings.HasPrefix(kv, "M2M_") {
			env = append(env, kv)
		}
	}
	for _, name := range []string{"AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"} {
		env = append(env, name+"="+server[name])
	}
	// Settings that have a variable are set by it, so that the commands shown are the commands run.
	if !color {
		env = append(env, "TF_CLI_ARGS=-no-color")
	}
	return append(env,
		"TF_VAR_client_id="+server["M2M_CLIENT_ID"],
		"TF_VAR_client_secret="+server["M2M_CLIENT_SECRET"],
		"TF_CLI_CONFIG_FILE="+cliConfig,
		"TF_IN_AUTOMATION=1",
		"TF_INPUT=0",
		"CHECKPOINT_DISABLE=1",
	)
}

// mirrorPaths are the places of the provider in a filesystem mirror. Terraform and OpenTofu
// complete the source address of a provider with registries of their own.
func mirrorPaths(dir string) []string {
	var paths []string
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		paths = append(paths, filepath.Join(dir, host, "terraform-m2m", "m2m", mirrorVersion,
			runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-m2m_v"+mirrorVersion))
	}
	return paths
}

// cliConfig makes init find the provider in the mirror and nowhere else, so that it asks no
// registry.
func cliConfig(mirror string) string {
	return fmt.Sprintf(
		"provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror,
	)
}

// copyFile keeps the permissions of the file it copies.
func copyFile(dst, src string) error {
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dst), 0o750); err != nil {
		return err
	}
	out, err := os.OpenFile(dst, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}

// copyConfig copies the *.tf files of a folder and nothing else: state and plugins that a person's
// own run left beside them stay behind.
func copyConfig(dst, src string) error {
	files, err := fs.Glob(os.DirFS(src), "*.tf")
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("no *.tf files in %s", src)
	}
	for _, file := range files {
		if err := copyFile(filepath.Join(dst, file), filepath.Join(src, file)); err != nil {
			return err
		}
	}
	return nil
}
