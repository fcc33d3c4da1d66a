// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package release says which release a command is. All commands of this module answer -version with
// the same line.
package release

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Build identifies the source that a command was built from.
type Build struct {
	Version string // Without the v of the tag, or dev.
	Commit  string // Ends with -dirty if files were changed, or is unknown.
}

// Of returns the version and the commit that the linker set. If it set none, the go command has
// recorded what it knows: the version with `go install MODULE@VERSION`, the version and the commit
// with `go build` in a clone.
func Of(version, commit string) Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return of(version, commit, info)
}

func of(version, commit string, info *debug.BuildInfo) Build {
	build := Build{Version: version, Commit: commit}
	if build.Version == "" {
		build.Version = strings.TrimPrefix(info.Main.Version, "v")
	}
	if build.Version == "" || build.Version == "(devel)" {
		build.Version = "dev"
	}
	if build.Commit == "" {
		build.Commit = recorded(info)
	}
	return build
}

func recorded(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	commit := settings["vcs.revision"]
	switch {
	case commit == "":
		return "unknown"
	case settings["vcs.modified"] == "true":
		return commit + "-dirty"
	default:
		return commit
	}
}

// Line is what a command prints for -version.
func (b Build) Line(command string) string {
	return fmt.Sprintf("%s %s (commit %s, %s, %s/%s)\n",
		command, b.Version, b.Commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
