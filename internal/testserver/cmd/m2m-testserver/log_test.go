// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A shell starts the server as the README says. Its terminal shows the summary and no requests, an
// interrupt at the prompt does not end the server, and the command in the summary does.
func TestCommand_inTheBackgroundOfAShell(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no sh on PATH, as on Windows; it runs on Linux and macOS")
	}
	log := filepath.Join(t.TempDir(), "log")
	terminal, end, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(t.Context(), "sh", "-c",
		`eval "$("$0" -addr :0 -log "$1" &)"; printf %s "$AUTH0_DOMAIN"`, os.Args[0], log)
	shell.Env = append(os.Environ(), "M2M_TESTSERVER_AS_COMMAND=1")
	shell.Stderr = end
	domain, err := shell.Output()
	_ = end.Close() // So that the last read ends with the server.
	if err != nil {
		t.Fatal(err)
	}
	shown := bufio.NewReader(terminal)
	var summary, stop string
	for found := false; !found; {
		line, err := shown.ReadString('\n')
		if err != nil {
			t.Fatalf("%v after %s", err, summary)
		}
		summary += line
		stop, found = strings.CutPrefix(line, "To stop the server: ")
	}
	inShell(t, strings.Replace(stop, "kill ", "kill -INT ", 1))
	if status, body := send(
		http.MethodGet, string(domain)+"/.well-known/jwks.json", "", "",
	); status != http.StatusOK {
		t.Errorf("after an interrupt, the server answers %d %s", status, body)
	}
	inShell(t, stop)
	rest, err := io.ReadAll(shown)
	if err != nil || string(rest) != "Stopping.\n" {
		t.Errorf("after the summary, the terminal shows %q, %v", rest, err)
	}
	if !strings.Contains(summary, "  log                      "+log+"\n") {
		t.Errorf("the summary does not name the log:\n%s", summary)
	}
	logged, err := os.ReadFile(log)
	if err != nil || !strings.Contains(string(logged),
		"method=GET route=/.well-known/jwks.json status=200") {
		t.Errorf("the log is %q, %v", logged, err)
	}
}

func inShell(t *testing.T, command string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", command).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// Warnings reach standard error in any case, and a file gets them too.
func TestLogger(t *testing.T) {
	t.Parallel()
	const (
		request = "level=INFO msg=request\n"
		warning = "level=WARN msg=careful\n"
	)
	file := filepath.Join(t.TempDir(), "log")
	for name, want := range map[string]struct{ stderr, file string }{
		"":   {stderr: warning},
		"-":  {stderr: request + warning},
		file: {stderr: warning, file: request + warning},
	} {
		var stderr bytes.Buffer
		log, err := options{log: name}.logger(&stderr)
		if err != nil {
			t.Fatal(err)
		}
		log.Info("request")
		log.Warn("careful")
		if got := withoutTimes(stderr.String()); got != want.stderr {
			t.Errorf("-log %q: standard error has %q, want %q", name, got, want.stderr)
		}
		if want.file == "" {
			continue
		}
		text, err := os.ReadFile(file)
		if got := withoutTimes(string(text)); err != nil || got != want.file {
			t.Errorf("-log %q: the file has %q (%v), want %q", name, got, err, want.file)
		}
	}
}

func withoutTimes(text string) string {
	return regexp.MustCompile(`(?m)^time=\S+ `).ReplaceAllString(text, "")
}

func TestHowToStop(t *testing.T) {
	t.Parallel()
	if got := howToStop(1); got != "stop its container" {
		t.Errorf("in a container: %q", got)
	}
	if got := howToStop(4711); got != "kill 4711" {
		t.Errorf("elsewhere: %q", got)
	}
}
