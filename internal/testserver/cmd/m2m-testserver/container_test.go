// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const repository = "../../../.."

// An instruction of a Containerfile, such as COPY, and its arguments.
type instruction struct {
	name string
	args []string
	text string // Everything after the name.
}

func containerfile(t *testing.T) []instruction {
	t.Helper()
	file, err := os.ReadFile("Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	var all []instruction
	text := regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(string(file), "")
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		if name, rest, _ := strings.Cut(strings.TrimSpace(line), " "); name != "" {
			all = append(all, instruction{name, strings.Fields(rest), rest})
		}
	}
	return all
}

func named(all []instruction, name string) []instruction {
	return slices.DeleteFunc(slices.Clone(all), func(i instruction) bool { return i.name != name })
}

// The first image has the Go version of the module, and each image has a fixed tag.
func TestContainer_images(t *testing.T) {
	t.Parallel()
	module, err := os.ReadFile(filepath.Join(repository, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)
	var images []string
	for _, from := range named(containerfile(t), "FROM") {
		images = append(images, from.args[0])
	}
	want := []string{
		"docker.io/library/golang:" + string(version[1]) + "-alpine",
		"gcr.io/distroless/static-debian13:nonroot",
	}
	if !slices.Equal(images, want) {
		t.Errorf("got %q, want %q", images, want)
	}
}

// What is copied into the image that builds is enough to build the command.
func TestContainer_copiesAllThatTheBuildNeeds(t *testing.T) {
	t.Parallel()
	context, all := t.TempDir(), containerfile(t)
	ignore, err := os.ReadFile(filepath.Join(repository, ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	var binary string
	for _, run := range named(all, "RUN") {
		if _, output, found := strings.Cut(run.text, " -o "); found {
			binary = strings.Fields(output)[0]
		}
	}
	for _, from := range named(all, "COPY") {
		if from.args[0] == "--from=build" {
			if from.args[1] != binary {
				t.Errorf("%s is copied, but the build writes %s", from.args[1], binary)
			}
			continue
		}
		for _, source := range from.args[:len(from.args)-1] {
			if !strings.Contains(string(ignore), "\n!"+source+"\n") {
				t.Errorf(".dockerignore keeps %s out of the context", source)
			}
			copyInto(t, context, source)
		}
	}
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{.ImportPath}}",
		"./internal/testserver/cmd/m2m-testserver")
	list.Dir = context
	if out, err := list.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func copyInto(t *testing.T, context, source string) {
	t.Helper()
	from, to := filepath.Join(repository, source), filepath.Join(context, source)
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		err = os.CopyFS(to, os.DirFS(from))
	} else {
		var text []byte
		if text, err = os.ReadFile(from); err == nil {
			err = os.WriteFile(to, text, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The server is not root, listens where the image exposes it, and takes further flags.
func TestContainer_entrypoint(t *testing.T) {
	t.Parallel()
	all := containerfile(t)
	entrypoint, user := named(all, "ENTRYPOINT"), named(all, "USER")
	expose, copies := named(all, "EXPOSE"), named(all, "COPY")
	var command []string
	if err := json.Unmarshal([]byte(entrypoint[0].text), &command); err != nil {
		t.Fatal(err)
	}
	if installed := copies[len(copies)-1].args[2]; path.Clean(command[0]) != installed {
		t.Errorf("the entrypoint is %s, but the command is %s", command[0], installed)
	}
	chosen, err := parseFlags(append(command[1:], "-rate-limit", "2,10"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if want := "0.0.0.0:" + expose[0].text; chosen.server.Addr != want {
		t.Errorf("listens on %s, want %s", chosen.server.Addr, want)
	}
	if chosen.server.RateLimit.Burst != 10 || chosen.log != "-" {
		t.Errorf("the flags are %+v", chosen)
	}
	if user[0].text != "nonroot:nonroot" {
		t.Errorf("runs as %s", user[0].text)
	}
}
