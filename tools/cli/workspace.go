// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package cli prepares what a run of Terraform or OpenTofu needs: an environment, a mirror with the
// provider under test, and a folder with a configuration.
package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// LocalVersion is the version of a local build in a mirror. A configuration without a version
// constraint accepts it. It would not accept a prerelease.
const LocalVersion = "0.0.1"

// Env returns the environment for the CLI: the caller's environment without variables that
// configure Terraform or the provider, plus the variables from the reference server.
func Env(caller []string, server map[string]string, cliConfig string, color bool) []string {
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

// Source is the source address of this provider.
const Source = "terraform-m2m/m2m"

// MirrorPaths returns the paths of a version of a provider in a filesystem mirror. There are two,
// because Terraform and OpenTofu add different registries to the source address.
func MirrorPaths(dir, source, version string) []string {
	name := "terraform-provider-" + path.Base(source) + "_v" + version
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	var paths []string
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		paths = append(paths, filepath.Join(dir, host, filepath.FromSlash(source), version,
			runtime.GOOS+"_"+runtime.GOARCH, name))
	}
	return paths
}

// Config makes init look for the provider only in the mirror, so that it contacts no registry.
func Config(mirror string) string {
	return fmt.Sprintf(
		"provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror,
	)
}

// ConfigBeside makes init look for this provider only in the mirror, and for others where it looks
// by default.
func ConfigBeside(mirror string) string {
	return fmt.Sprintf(`provider_installation {
  filesystem_mirror {
    path    = %q
    include = [%q]
  }
  direct {
    exclude = [%[2]q]
  }
}
`, filepath.ToSlash(mirror), Source)
}

// CopyFile copies a file with its permissions.
func CopyFile(dst, src string) error {
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

// CopyConfig copies only the *.tf files of a folder, not the state and the plugins of earlier runs
// there.
func CopyConfig(dst, src string) error {
	files, err := fs.Glob(os.DirFS(src), "*.tf")
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("no *.tf files in %s", src)
	}
	for _, file := range files {
		if err := CopyFile(filepath.Join(dst, file), filepath.Join(src, file)); err != nil {
			return err
		}
	}
	return nil
}
