// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

var here = platform{runtime.GOOS, runtime.GOARCH}

// fake writes a script that says its version as the linker would have set it.
func fake(_, output string, _, args []string) error {
	command := filepath.Base(filepath.Dir(output))
	if command == "provider" {
		command = provider
	}
	flags := strings.Fields(args[len(args)-2])
	_, version, _ := strings.Cut(flags[3], "main.version=")
	_, commit, _ := strings.Cut(flags[5], "main.commit=")
	script := fmt.Sprintf("#!/bin/sh\necho '%s %s (commit %s, go, here)'\n", command, version, commit)
	return os.WriteFile(output, []byte(script), 0o600)
}

func produced(t *testing.T) (dist string, r release) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("The commands in this test are shell scripts.")
	}
	rules, err := readConfig(filepath.Join(root, ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dist = t.TempDir()
	err = rules.produce(root, dist, values{
		ProjectName: rules.ProjectName, Version: "1.2.3", Os: here.os, Arch: here.arch,
		FullCommit: "8c1d", CommitDate: "2030-01-02T03:04:05Z",
	}, fake)
	if err != nil {
		t.Fatal(err)
	}
	return dist, release{root: root, version: "1.2.3", commit: "8c1d", platforms: []platform{here}}
}

// The configuration of GoReleaser makes the files that a registry asks for.
func TestConfig_makesARelease(t *testing.T) {
	dist, r := produced(t)
	if err := r.check(dist, here); err != nil {
		t.Error(err)
	}
	if version, err := versionIn(dist); err != nil || version != "1.2.3" {
		t.Errorf("found version %q, %v", version, err)
	}
}

func TestConfig_platforms(t *testing.T) {
	rules, err := readConfig(filepath.Join(root, ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	want := []platform{
		{"darwin", "amd64"},
		{"darwin", "arm64"},
		{"freebsd", "amd64"},
		{"linux", "amd64"},
		{"linux", "arm64"},
		{"windows", "amd64"},
		{"windows", "arm64"},
	}
	if got := rules.platforms(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCheck_findsFaults(t *testing.T) {
	zip := "terraform-provider-m2m_1.2.3_" + here.os + "_" + here.arch + ".zip"
	for name, tc := range map[string]struct {
		damage func(dist string, r *release) error
		want   string
	}{
		"a missing archive": {
			func(dist string, _ *release) error { return os.Remove(filepath.Join(dist, zip)) },
			zip + ": no such file",
		},
		"a changed archive": {
			func(dist string, _ *release) error {
				return os.Rename(
					filepath.Join(dist, "m2m-review", "m2m-review"), filepath.Join(dist, zip),
				)
			},
			zip + " has another checksum than terraform-provider-m2m_1.2.3_SHA256SUMS says",
		},
		"no checksum of the manifest": {
			func(dist string, _ *release) error {
				return writeSums(filepath.Join(dist, "terraform-provider-m2m_1.2.3_SHA256SUMS"), nil)
			},
			"terraform-provider-m2m_1.2.3_SHA256SUMS lacks terraform-provider-m2m_1.2.3_manifest.json",
		},
		"another commit": {
			func(_ string, r *release) error { r.commit = "4f2a"; return nil },
			`not "m2m-testserver 1.2.3 (commit 4f2a, "`,
		},
		"a missing platform": {
			func(_ string, r *release) error {
				r.platforms = append(r.platforms, platform{"plan9", "amd64"})
				return nil
			},
			"SHA256SUMS lacks terraform-provider-m2m_1.2.3_plan9_amd64.zip",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dist, r := produced(t)
			if err := tc.damage(dist, &r); err != nil {
				t.Fatal(err)
			}
			if err := r.check(dist, here); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got error %v, want %q", err, tc.want)
			}
		})
	}
}
