// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package guide

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Follow does what a reader of the guide does, from its first block to its last, except for the
// blocks that another method has taken: it writes a block of files into dir under the name of the
// block up to a comma, runs shell blocks one after the other in one shell there, and checks that
// the output since the previous text block has the lines of a text block, in their order. A line
// of only an ellipsis stands for any lines.
//
// A shell block must succeed. exits lists the exceptions, by name, with their exit codes.
func (g *Guide) Follow(dir string, env []string, exits map[string]int) {
	g.T.Helper()
	var script strings.Builder
	var done []codeBlock
	for i, block := range g.blocks {
		if g.taken[block.name] {
			continue
		}
		g.taken[block.name] = true
		done = append(done, block)
		switch block.language {
		case "shell":
			fmt.Fprintf(&script, "%s\necho \"%s $?\"\n", strings.TrimSpace(block.text), ended)
		case "text":
			fmt.Fprintf(&script, "echo \"%s 0\"\n", ended)
		default:
			name, _, _ := strings.Cut(block.name, ",")
			end := fmt.Sprintf("END_OF_BLOCK_%d", i)
			fmt.Fprintf(&script, "mkdir -p \"$(dirname '%[1]s')\"\ncat > '%[1]s' <<'%[2]s'\n%[3]s%[2]s\n"+
				"echo \"%[4]s $?\"\n", name, end, block.text, ended)
		}
	}
	output := g.runScript(dir, env, script.String())
	since := ""
	for i, part := range strings.SplitAfter(output, ended) {
		if i > 0 {
			code, rest, _ := strings.Cut(strings.TrimPrefix(part, " "), "\n")
			if block := done[i-1]; code != strconv.Itoa(exits[block.name]) {
				g.T.Errorf("%q exits with %s:\n%s", block.name, code, since)
			}
			part = rest
		}
		if i == len(done) {
			return
		}
		since += strings.TrimSuffix(part, ended)
		if done[i].language == "text" {
			g.says(since, done[i].text)
			since = ""
		}
	}
	g.T.Errorf("the shell ended too early:\n%s", since)
}

// ended is what the shell prints after each block.
const ended = "=== end of block:"

// runScript returns the output of a shell. It may leave a server behind, so the output goes to a
// file: the end of a pipe would be the end of the server.
func (g *Guide) runScript(dir string, env []string, script string) string {
	g.T.Helper()
	printed, err := os.Create(filepath.Join(g.T.TempDir(), "output"))
	if err != nil {
		g.T.Fatal(err)
	}
	defer func() { _ = printed.Close() }()
	shell := exec.CommandContext(g.T.Context(), "sh", "-c", script)
	shell.Dir, shell.Env, shell.Stdout, shell.Stderr = dir, env, printed, printed
	err = shell.Run()
	output, readErr := os.ReadFile(printed.Name())
	if err != nil || readErr != nil {
		g.T.Errorf("the shell: %v, %v", err, readErr)
	}
	return string(output)
}

func (g *Guide) says(output, want string) {
	g.T.Helper()
	rest := output
	for line := range strings.Lines(want) {
		line = strings.TrimSpace(line)
		_, after, found := strings.Cut(rest, line)
		if !found && line != "…" {
			g.T.Errorf("the guide shows %q, which is not next in:\n%s", line, output)
			return
		}
		rest = after
	}
}
