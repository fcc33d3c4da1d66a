// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import "github.com/terraform-m2m/terraform-provider-m2m/internal/release"

// version and commit are set by the linker in releases.
var version, commit string

func build() release.Build { return release.Of(version, commit) }
