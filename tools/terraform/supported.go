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

// banner is the line of `version` that names product and version. With -json, OpenTofu calls its
// own version terraform_version, so that the two could not be told apart.
var banner = regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v(\S+)`)

// versionTimeout bounds how long a command that is something else may take.
const versionTimeout = 30 * time.Second

// supported says what is wrong with a command that is to be Terraform or OpenTofu.
func supported(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "version") //nolint:gosec // The command is the choice of whoever runs this.
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
			"%s is neither Terraform nor OpenTofu: `version` names none of them", path,
		)
	}
	product := string(found[1])
	v, err := version.NewVersion(string(found[2]))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	// Without Core, a prerelease of the oldest version would be older than it.
	if v.Core().LessThan(oldest[product]) {
		return fmt.Errorf(
			"%s is %s %s, but the oldest supported version is %s", path, product, v,
			oldest[product],
		)
	}
	return nil
}
