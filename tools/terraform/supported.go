// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"time"

	"github.com/hashicorp/go-version"
)

// oldest are the oldest versions that the provider supports.
var oldest = map[string]*version.Version{
	"Terraform": version.Must(version.NewVersion("1.8.0")),
	"OpenTofu":  version.Must(version.NewVersion("1.10.0")),
}

// banner matches the line of `version` that names product and version. The output of `version
// -json` does not distinguish the products: OpenTofu calls its version terraform_version too.
var banner = regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v(\S+)`)

// versionTimeout limits the run of a command that may be neither Terraform nor OpenTofu.
const versionTimeout = 30 * time.Second

// supported returns an error unless a command is a supported version of Terraform or OpenTofu.
func supported(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "version") //nolint:gosec // The user chooses the command.
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1")
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf(
			"%s is neither Terraform nor OpenTofu, or broken: `version` fails: %w", path, err,
		)
	}
	found := banner.FindSubmatch(out)
	if found == nil {
		return fmt.Errorf(
			"%s is neither Terraform nor OpenTofu: `version` names neither", path,
		)
	}
	product := string(found[1])
	v, err := version.NewVersion(string(found[2]))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	// Without Core, a prerelease of the oldest version would count as older.
	if v.Core().LessThan(oldest[product]) {
		return fmt.Errorf(
			"%s is %s %s, but the oldest supported version is %s", path, product, v,
			oldest[product],
		)
	}
	return nil
}
