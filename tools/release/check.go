// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const provider = "terraform-provider-m2m"

type platform struct{ os, arch string }

// release is what the files must be. It does not come from the configuration of GoReleaser, but
// from what the registries ask for and the documentation says.
type release struct {
	root, version, commit string
	platforms             []platform
}

func (r release) sums() string     { return provider + "_" + r.version + "_SHA256SUMS" }
func (r release) manifest() string { return provider + "_" + r.version + "_manifest.json" }

// binary is the name of a command in its archive for a platform.
func (r release) binary(command string, on platform) string {
	if command == provider {
		command += "_v" + r.version
	}
	if on.os == "windows" {
		command += ".exe"
	}
	return command
}

// archive is the name of the archive of a command. Registries take only zip.
func (r release) archive(command string, on platform) string {
	format := "tar.gz"
	if command == provider || on.os == "windows" {
		format = "zip"
	}
	return fmt.Sprintf("%s_%s_%s_%s.%s", command, r.version, on.os, on.arch, format)
}

// check reports everything that is wrong with the files in the folder.
func (r release) check(dist string, here platform) error {
	errs := []error{r.checkManifest(), r.checkSums(dist)}
	for _, on := range r.platforms {
		for _, command := range []string{provider, "m2m-testserver", "m2m-review"} {
			name := r.archive(command, on)
			files, err := unpack(filepath.Join(dist, name))
			if err == nil {
				err = r.checkArchive(files, r.binary(command, on))
			}
			if err == nil && on == here {
				err = r.checkVersion(files[r.binary(command, on)], command)
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	log.Printf("The release %s has all files for %d platforms.", r.version, len(r.platforms))
	return nil
}

// checkManifest checks the protocol that the registries tell the CLI. The provider speaks only 6.
func (r release) checkManifest() error {
	text, err := os.ReadFile(filepath.Join(r.root, "terraform-registry-manifest.json"))
	if err != nil {
		return err
	}
	var manifest struct {
		Version  int `json:"version"`
		Metadata struct {
			ProtocolVersions []string `json:"protocol_versions"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return fmt.Errorf("terraform-registry-manifest.json: %w", err)
	}
	protocols := manifest.Metadata.ProtocolVersions
	if manifest.Version != 1 || !slices.Equal(protocols, []string{"6.0"}) {
		return fmt.Errorf("terraform-registry-manifest.json has version %d and protocols %q",
			manifest.Version, protocols)
	}
	return nil
}

// checkSums checks that each file has a checksum, and that each checksum is right.
func (r release) checkSums(dist string) error {
	text, err := os.ReadFile(filepath.Join(dist, r.sums()))
	if err != nil {
		return err
	}
	missing := map[string]bool{r.manifest(): true}
	for _, on := range r.platforms {
		for _, command := range []string{provider, "m2m-testserver", "m2m-review"} {
			missing[r.archive(command, on)] = true
		}
	}
	var errs []error
	for line := range strings.Lines(string(text)) {
		sum, name, found := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !found {
			errs = append(errs, fmt.Errorf("%s has the line %q", r.sums(), line))
			continue
		}
		path := filepath.Join(dist, name)
		if name == r.manifest() { // It gets this name when it is uploaded.
			path = filepath.Join(r.root, "terraform-registry-manifest.json")
		}
		got, err := sumOf(path)
		if err == nil && got != sum {
			err = fmt.Errorf("%s has another checksum than %s says", name, r.sums())
		}
		errs = append(errs, err)
		delete(missing, name)
	}
	for name := range missing {
		errs = append(errs, fmt.Errorf("%s lacks %s", r.sums(), name))
	}
	return errors.Join(errs...)
}

type content struct {
	data       []byte
	executable bool
}

// checkArchive checks the files of an archive.
func (r release) checkArchive(files map[string]content, binary string) error {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	want := []string{"CHANGELOG.md", "LICENSE", binary}
	if !slices.Equal(names, want) {
		return fmt.Errorf("it has the files %q, not %q", names, want)
	}
	if !files[binary].executable {
		return fmt.Errorf("%s is not executable", binary)
	}
	return nil
}

// checkVersion runs the command, which must know its version and commit.
func (r release) checkVersion(binary content, command string) error {
	dir, err := os.MkdirTemp("", "m2m-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	// Only Windows needs the extension.
	path := filepath.Join(dir, command+".exe")
	if err := os.WriteFile(path, binary.data, 0o700); err != nil { //nolint:gosec // To run it.
		return err
	}
	out, err := exec.Command(path, "-version").Output() //nolint:noctx // It ends at once.
	if err != nil {
		return fmt.Errorf("-version: %w", err)
	}
	want := fmt.Sprintf("%s %s (commit %s, ", command, r.version, r.commit)
	if !strings.HasPrefix(string(out), want) {
		return fmt.Errorf("-version says %q, not %q", out, want)
	}
	return nil
}

// unpack reads an archive.
func unpack(path string) (map[string]content, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(path, ".zip") {
		return unpackZip(text)
	}
	return unpackTar(text)
}

func unpackZip(text []byte) (map[string]content, error) {
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, err
	}
	files := map[string]content{}
	for _, entry := range archive.File {
		opened, err := entry.Open()
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(opened)
		if err := errors.Join(err, opened.Close()); err != nil {
			return nil, err
		}
		files[entry.Name] = content{data, entry.Mode().Perm()&0o111 != 0}
	}
	return files, nil
}

func unpackTar(text []byte) (map[string]content, error) {
	compressed, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	files := map[string]content{}
	for archive := tar.NewReader(compressed); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			return nil, err
		}
		files[header.Name] = content{data, header.FileInfo().Mode().Perm()&0o111 != 0}
	}
}
