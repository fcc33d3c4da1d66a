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

// mirrorVersion is the version of the provider in the mirror. A configuration without a version
// constraint accepts any version.
const mirrorVersion = "0.0.1"

// serverVariables are the variables that the reference server prints and the demo needs.
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
				"the server printed %q instead of an export line", lines.Text(),
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

// parseExport parses one line as a shell would. A value is unquoted or entirely in quotes.
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

// cliEnv returns the environment for the CLI: the caller's environment without variables that
// configure Terraform or the provider, plus the variables from the reference server.
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
	// Settings are passed in variables rather than arguments, so that the commands run as shown.
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

// mirrorPaths returns the paths of the provider in a filesystem mirror. There are two, because
// Terraform and OpenTofu add different registries to the source address.
func mirrorPaths(dir string) []string {
	var paths []string
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		paths = append(paths, filepath.Join(dir, host, "terraform-m2m", "m2m", mirrorVersion,
			runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-m2m_v"+mirrorVersion))
	}
	return paths
}

// cliConfig makes init look for the provider only in the mirror, so that it contacts no registry.
func cliConfig(mirror string) string {
	return fmt.Sprintf(
		"provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror,
	)
}

// copyFile copies a file with its permissions.
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

// copyConfig copies only the *.tf files of a folder, not the state and the plugins of earlier runs
// there.
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
