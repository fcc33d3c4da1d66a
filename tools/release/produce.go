// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// compiler builds a command in a folder into a file, with the arguments and the environment.
type compiler func(root, output string, env, args []string) error

func compile(root, output string, env, args []string) error {
	args = slices.Concat([]string{"build", "-o", output}, args)
	command := exec.Command("go", args...) //nolint:noctx // An interrupt also reaches the compiler.
	command.Dir, command.Env = root, append(os.Environ(), env...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	return command.Run()
}

// file is a file of an archive.
type file struct {
	name, path string
	mode       fs.FileMode
}

// produce makes the archives for one platform and their checksums.
func (c config) produce(root, dist string, v values, compile compiler) error {
	when, err := time.Parse(time.RFC3339, v.CommitDate)
	if err != nil {
		return err
	}
	binaries := map[string]file{}
	for _, b := range c.Builds {
		name, err := v.expand(b.Binary)
		if err != nil {
			return err
		}
		if v.Os == "windows" {
			name += ".exe"
		}
		ldflags, err := v.expand(strings.Join(b.Ldflags, " "))
		if err != nil {
			return err
		}
		binary := file{name, filepath.Join(dist, b.ID, name), 0o755}
		args := slices.Concat(b.Flags, []string{
			"-tags=" + strings.Join(b.Tags, ","), "-ldflags=" + ldflags, b.Main,
		})
		if err := os.MkdirAll(filepath.Dir(binary.path), 0o750); err != nil {
			return err
		}
		if err := compile(root, binary.path, b.Env, args); err != nil {
			return fmt.Errorf("build %s: %w", name, err)
		}
		binaries[b.ID] = binary
	}
	sums := map[string]string{}
	for _, a := range c.Archives {
		name, err := v.expand(a.NameTemplate)
		if err != nil {
			return err
		}
		format := a.format(v.Os)
		name += "." + format
		files := []file{binaries[a.IDs[0]]}
		for _, f := range a.Files {
			files = append(files, file{f.Src, filepath.Join(root, f.Src), 0o644})
		}
		sums[name] = filepath.Join(dist, name)
		if err := pack(sums[name], format, files, when); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, extra := range c.Checksum.ExtraFiles {
		name, err := v.expand(extra.NameTemplate)
		if err != nil {
			return err
		}
		sums[name] = filepath.Join(root, extra.Glob)
	}
	name, err := v.expand(c.Checksum.NameTemplate)
	if err != nil {
		return err
	}
	return writeSums(filepath.Join(dist, name), sums)
}

func pack(path, format string, files []file, when time.Time) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	switch format {
	case "zip":
		return packZip(out, files, when)
	case "tar.gz":
		return packTar(out, files, when)
	default:
		return fmt.Errorf("archives of the format %s are not known", format)
	}
}

func packZip(out io.Writer, files []file, when time.Time) error {
	archive := zip.NewWriter(out)
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: when}
		header.SetMode(f.mode)
		to, err := archive.CreateHeader(header)
		if err == nil {
			err = copyFile(to, f.path)
		}
		if err != nil {
			return err
		}
	}
	return archive.Close()
}

func packTar(out io.Writer, files []file, when time.Time) error {
	compressed := gzip.NewWriter(out)
	archive := tar.NewWriter(compressed)
	for _, f := range files {
		info, err := os.Stat(f.path)
		if err == nil {
			err = archive.WriteHeader(&tar.Header{
				Name: f.name, Mode: int64(f.mode), Size: info.Size(), ModTime: when,
			})
		}
		if err == nil {
			err = copyFile(archive, f.path)
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), compressed.Close())
}

func copyFile(to io.Writer, path string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	_, err = io.Copy(to, from)
	return err
}

// writeSums writes the checksums of files, given by name and path, in the form of sha256sum.
func writeSums(path string, files map[string]string) error {
	var lines []string
	for name, file := range files {
		sum, err := sumOf(file)
		if err != nil {
			return err
		}
		lines = append(lines, sum+"  "+name+"\n")
	}
	slices.Sort(lines)
	return os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600)
}

func sumOf(path string) (string, error) {
	hash := sha256.New()
	err := copyFile(hash, path)
	return fmt.Sprintf("%x", hash.Sum(nil)), err
}
