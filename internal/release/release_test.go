// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package release

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestOf(t *testing.T) {
	t.Parallel()
	clone := func(version, modified string) *debug.BuildInfo {
		return &debug.BuildInfo{
			Main: debug.Module{Version: version},
			Settings: []debug.BuildSetting{
				{Key: "vcs.revision", Value: "4f2a"}, {Key: "vcs.modified", Value: modified},
			},
		}
	}
	installed := &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}
	for name, tc := range map[string]struct {
		version, commit string
		info            *debug.BuildInfo
		want            Build
	}{
		"the linker's values":        {"1.2.3", "8c1d", clone("v9.9.9", "true"), Build{"1.2.3", "8c1d"}},
		"go install of a version":    {"", "", installed, Build{"1.2.3", "unknown"}},
		"go build in a clone":        {"", "", clone("v1.2.4-0.2026-4f2a", "false"), Build{"1.2.4-0.2026-4f2a", "4f2a"}},
		"go build with changes":      {"", "", clone("v1.2.3+dirty", "true"), Build{"1.2.3+dirty", "4f2a-dirty"}},
		"go build without a version": {"", "", clone("(devel)", "false"), Build{"dev", "4f2a"}},
		"go run":                     {"", "", &debug.BuildInfo{}, Build{"dev", "unknown"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := of(tc.version, tc.commit, tc.info); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestBuild_line(t *testing.T) {
	t.Parallel()
	want := "m2m-review 1.2.3 (commit 8c1d, " + runtime.Version() + ", " +
		runtime.GOOS + "/" + runtime.GOARCH + ")\n"
	if got := (Build{"1.2.3", "8c1d"}).Line("m2m-review"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
