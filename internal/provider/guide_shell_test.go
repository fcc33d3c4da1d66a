// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// shell runs the commands of a guide. On its PATH, m2m-testserver is the reference server on a free
// port.
type shell struct {
	t       *testing.T
	dir     string
	tools   string // The first folder on the PATH.
	env     []string
	address string // Of the reference server.
}

// build returns the path of a command of this repository.
func build(t *testing.T, source string) string {
	t.Helper()
	command := filepath.Join(t.TempDir(), filepath.Base(source))
	building := exec.CommandContext(t.Context(), "go", "build", "-o", command, source)
	if output, err := building.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return command
}

func buildServer(t *testing.T) string { return build(t, "../testserver/cmd/m2m-testserver") }

func newShell(t *testing.T, server, dir string, env []string) *shell {
	t.Helper()
	tools := t.TempDir()
	s := &shell{t: t, dir: dir, tools: tools, address: freeAddress(t)}
	pid := filepath.Join(tools, "pid")
	s.tool("m2m-testserver", fmt.Sprintf(
		"echo $$ > '%s'\nexec '%s' -addr %s \"$@\"", pid, server, s.address,
	))
	s.env = append(env, "PATH="+tools+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Cleanup(func() {
		text, err := os.ReadFile(pid)
		if err != nil {
			return // The server was never started.
		}
		if id, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			if process, err := os.FindProcess(id); err == nil {
				_ = process.Signal(syscall.SIGTERM) // It removes its certificate.
			}
		}
	})
	return s
}

// tool puts a script on the PATH.
func (s *shell) tool(name, script string) {
	s.t.Helper()
	if err := os.WriteFile(
		filepath.Join(s.tools, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700,
	); err != nil {
		s.t.Fatal(err)
	}
}

// terraform puts the CLI of the tests on the PATH. The provider is in place, so `terraform init`
// only has to find modules.
func (s *shell) terraform() {
	s.t.Helper()
	path, err := exec.LookPath(cmp.Or(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.tool("terraform", fmt.Sprintf(
		"[ \"$1\" = init ] && set -- get\nexec '%s' \"$@\" -no-color", path,
	))
}

// run runs commands and returns what they printed. They may leave a server behind, so the output
// goes to a file: the end of a pipe would be the end of the server.
func (s *shell) run(commands string) string {
	s.t.Helper()
	printed, err := os.Create(filepath.Join(s.t.TempDir(), "output"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = printed.Close() }()
	command := exec.CommandContext(s.t.Context(), "sh", "-e", "-c", commands)
	command.Dir, command.Env, command.Stdout, command.Stderr = s.dir, s.env, printed, printed
	err = command.Run()
	output, readErr := os.ReadFile(printed.Name())
	if err != nil || readErr != nil {
		s.t.Fatalf("%s\n%v, %v\n%s", commands, err, readErr, output)
	}
	return string(output)
}

// freeAddress returns an address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
