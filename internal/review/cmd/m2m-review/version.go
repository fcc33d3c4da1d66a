// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"runtime"
)

// version and commit are set by the linker in releases.
var (
	version = "dev"
	commit  = "unknown"
)

func release() string { return version }

func versionText() string {
	return fmt.Sprintf("m2m-review %s (commit %s, %s, %s/%s)\n",
		version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
