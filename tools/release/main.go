// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command release makes the files of a release for this platform, as .goreleaser.yaml describes
// them, and checks that they are what the registries and users need. With -dist, it checks the
// files that GoReleaser has made.
//
// It knows only the part of the configuration that decides names and bytes. It exists so that this
// part is checked on every machine, without GoReleaser.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	log.SetFlags(0)
	root := flag.String("root", ".", "`folder` of the repository")
	dist := flag.String("dist", "", "`folder` that GoReleaser has filled")
	version := flag.String("version", "0.0.1", "`version` of the release to make")
	flag.Parse()
	if err := run(*root, *dist, *version); err != nil {
		log.Fatal(err)
	}
}

func run(root, dist, version string) error {
	rules, err := readConfig(filepath.Join(root, ".goreleaser.yaml"))
	if err != nil {
		return err
	}
	head, err := git(root, "log", "-1", "--format=%H %cI")
	if err != nil {
		return err
	}
	commit, date, _ := strings.Cut(strings.TrimSpace(head), " ")
	here := platform{runtime.GOOS, runtime.GOARCH}
	if dist != "" {
		wanted := release{root: root, commit: commit, platforms: rules.platforms()}
		if wanted.version, err = versionIn(dist); err != nil {
			return err
		}
		return wanted.check(dist, here)
	}

	work, err := os.MkdirTemp("", "m2m-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	made := values{
		ProjectName: rules.ProjectName, Version: version, Os: here.os, Arch: here.arch,
		FullCommit: commit, CommitDate: date,
	}
	first, second := filepath.Join(work, "first"), filepath.Join(work, "second")
	if err := rules.produce(root, first, made, compile); err != nil {
		return err
	}
	wanted := release{root: root, version: version, commit: commit, platforms: []platform{here}}
	if err := wanted.check(first, here); err != nil {
		return err
	}
	// A build in another folder, without git, must give the same bytes.
	source := filepath.Join(work, "source")
	if err := copySource(source, root); err != nil {
		return err
	}
	if err := rules.produce(source, second, made, compile); err != nil {
		return err
	}
	if err := sameSums(first, second, wanted.sums()); err != nil {
		return err
	}
	log.Print("A second build in another folder gives the same bytes.")
	return nil
}

// sameSums compares the checksums of two releases.
func sameSums(first, second, name string) error {
	one, err := os.ReadFile(filepath.Join(first, name))
	if err != nil {
		return err
	}
	other, err := os.ReadFile(filepath.Join(second, name))
	if err != nil {
		return err
	}
	if !bytes.Equal(one, other) {
		return fmt.Errorf("the build is not reproducible, %s differs:\n%s\n%s", name, one, other)
	}
	return nil
}

// versionIn finds the version in the name of the file with the checksums.
func versionIn(dist string) (string, error) {
	files, err := filepath.Glob(filepath.Join(dist, provider+"_*_SHA256SUMS"))
	if err != nil {
		return "", err
	}
	if len(files) != 1 {
		return "", fmt.Errorf("%s has %d files with checksums, not one", dist, len(files))
	}
	name := strings.TrimPrefix(filepath.Base(files[0]), provider+"_")
	return strings.TrimSuffix(name, "_SHA256SUMS"), nil
}

// copySource copies what git knows of, or could.
func copySource(dst, root string) error {
	list, err := git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(list, "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if errors.Is(err, os.ErrNotExist) { // Deleted, but still in the index.
			continue
		}
		if err != nil {
			return err
		}
		to := filepath.Join(dst, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
			return err
		}
		//nolint:gosec // The names come from git.
		if err := os.WriteFile(to, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func git(root string, args ...string) (string, error) {
	command := exec.Command("git", args...) //nolint:noctx // It ends at once.
	command.Dir, command.Stderr = root, os.Stderr
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}
